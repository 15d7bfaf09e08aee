"""Which form an event of the audit log has is beyond doubt, and the second form covers kind and data."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ordering.model.facts import EventKind
from ordering.record.hash_chain import sealed
from store.audit_log import entries
from tests.conftest import Rules
from tests.store.tampering import EVENTS, found, later, tampering, victim


@pytest.fixture
def url(url_with_carts):
    return url_with_carts


@pytest.fixture
def rules(store) -> Rules:
    return later(store)


@pytest.mark.parametrize(
    "change",
    [
        "kind = NULL",
        "data = NULL",
        "kind = NULL, data = NULL",
        "kind = 'unheard_of'",
        "kind = ''",
        "data = '{}'",
        "data = replace(data, '3.59', '0.59')",
        "data = replace(data, ':', ': ')",
        "data = 'no JSON'",
        "note = kind, kind = note",
    ],
)
def test_a_changed_kind_or_data_is_found(rules, engines, change):
    """Every change of an event's kind or data is found and named, also one that only looks the same."""
    with Session(engines.read) as session:
        number = next(e.id for e in entries(session) if e.kind == EventKind.ORDER_CREATED)
    assert "3.59" in (victim(engines, number).data or "")
    with tampering(engines) as session:
        session.execute(text(f"UPDATE events SET {change} WHERE id = {number}"))
        (fault,) = found(session)
    assert (fault.event, fault.what) == (number, "was changed after it was written")


@pytest.mark.parametrize("number", [2, 6, EVENTS])
def test_no_new_event_passes_for_an_old_form(rules, engines, number):
    """An event that was rewritten in the first form, digest and all, is found: only the oldest ones have it."""
    old = victim(engines, number)
    with tampering(engines) as session:
        rewritten = sealed(replace(old, kind=None, data=None, note="forged"))
        values = {"id": number, "note": rewritten.note, "digest": rewritten.digest}
        changed = "kind = NULL, data = NULL, note = :note, digest = :digest"
        session.execute(text(f"UPDATE events SET {changed} WHERE id = :id"), values)
        for row in ("events SET previous_in_cart", "events SET previous", "chain SET digest"):
            session.execute(text(f"UPDATE {row} = :new WHERE {row.split()[-1]} = :old"), {
                "new": rewritten.digest, "old": old.digest,
            })  # fmt: skip
        faults = found(session)
    assert (number, "lost its kind, or was inserted: all events since 1 have one") in [
        (f.event, f.what) for f in faults
    ]


def test_data_that_the_old_form_does_not_cover_is_found(rules, engines):
    """The first form covers no data, so data next to it is a change."""
    with tampering(engines) as session:
        first = sealed(replace(victim(engines, 1), kind=None, data=None))
        session.execute(text(f"UPDATE events SET kind = NULL, digest = '{first.digest}' WHERE id = 1"))
        assert (1, "was changed after it was written") in [(f.event, f.what) for f in found(session)]


def test_the_database_takes_no_event_of_an_old_process(rules, engines):
    """After the first event with a kind, the database itself refuses one without: a process of an older version."""
    columns = "id, cart_id, number, state, at, digest"
    insert = f"INSERT INTO events ({columns}) SELECT 99, cart_id, 99, state, at, digest FROM events WHERE id = 1"
    with pytest.raises(DBAPIError, match="comes from an older version"), engines.write.begin() as connection:
        connection.execute(text(insert))
