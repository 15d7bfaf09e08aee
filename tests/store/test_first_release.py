"""A database of the first released schema, with carts in every state, is upgraded and verified.

`release_0013.sql` is SQLite's dump of a database that the code of commit e4475df wrote. It is never made again.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.export import write_json
from handlers.messages import blocked, happened, remark
from ordering.model.cart import CartState
from ordering.model.facts import EARLIER_TEXT, EventKind, Fact
from ordering.model.ids import CartId
from ordering.model.policy import Membership, Person
from ordering.record.hash_chain import Entry, sealed
from ordering.record.verification import Audit
from store.audit_log import entries
from store.engine import Engines, open_engines
from store.migrate import migrate, newest
from store.transactions import SqlStore
from tests.builders import NOW, POLICY
from tests.conftest import Rules
from tests.store.released import put_release, released
from tests.store.tampering import found, tampering

HEAD = "e8bad4ff880900d2a33739dbf04ecfa4be244afa49df3e57baeb9ec040f6bdc3"
EVENTS, CARTS = 73, 16
LATE, REFUSED, TERMS_CHANGED, SUBMITTED = map(CartId, (1, 2, 11, 15))  # numbers of carts
K = EventKind


@pytest.fixture
def engines(empty_url: str, tmp_path: Path) -> Iterator[Engines]:
    """The database as the release left it, on both kinds of database."""
    opened = open_engines(empty_url)
    put_release(opened, released("0013"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def rules(engines: Engines) -> Rules:
    """The rules over the upgraded database, a few days after its last event; OVH still knows its orders."""
    migrate(engines)
    rules = Rules(SqlStore(engines))
    rules.clock.now = NOW.replace(day=30)
    with rules.store.read() as carts:
        rules.registrar.orders = {cart.order.id: cart.order for cart in carts.every_cart() if cart.order}
    return rules


def audited(engines: Engines) -> tuple[list[str], Audit]:
    with SqlStore(engines).read() as carts:
        audit = Audit(carts.record(), known_head=HEAD)
        return [str(fault) for fault in audit.faults()], audit


def test_the_first_release_verifies_after_upgrade(engines: Engines) -> None:
    """No event changes in an upgrade: the head that an auditor noted before is still the head."""
    assert migrate(engines) == newest() != "0013"
    faults, audit = audited(engines)
    assert (faults, audit.events, audit.carts) == ([], EVENTS, CARTS)
    assert audit.record.head is not None
    assert audit.record.head.digest == HEAD
    with SqlStore(engines).read() as carts:
        found_states = {cart.state for cart in carts.every_cart()}
        assert {(e.kind, e.data) for cart in carts.every_cart() for e in carts.events(cart.id)} == {(None, None)}
    assert found_states == set(CartState) - {CartState.RETURNED}  # which that release did not have


def test_an_upgraded_record_goes_on_in_the_second_form(rules: Rules, engines: Engines) -> None:
    """New events continue the old chain, and old and new ones verify together."""
    rules.workflow.approval_requests.withdraw(SUBMITTED, by=rules.ada)
    faults, audit = audited(engines)
    assert (faults, audit.events) == ([], EVENTS + 1)
    with Session(engines.read) as session:
        kinds = [entry.kind for entry in entries(session)]
    assert kinds == [None] * EVENTS + [K.REQUEST_WITHDRAWN]


def test_export_shows_old_events_without_a_kind(rules: Rules) -> None:
    """The export of old events has null for kind and data, that of new ones has both."""
    rules.workflow.approval_requests.withdraw(SUBMITTED, by=rules.ada)
    out = io.StringIO()
    with rules.store.read() as carts:
        write_json([(carts.cart(SUBMITTED), carts.events(SUBMITTED))], out)
    ((old, new),) = (cart["history"] for cart in json.loads(out.getvalue()))
    assert (old["kind"], old["data"]) == (None, None)
    assert (new["state"], new["by"], new["note"], new["kind"], new["data"]) == (
        "cancelled", "U0ADA", "withdrawn", "request_withdrawn", {},
    )  # fmt: skip


@pytest.mark.parametrize("change", ["kind = 'closed'", "data = '{}'", "kind = 'closed', data = '{}'"])
def test_a_kind_put_on_an_old_event_is_found(rules: Rules, engines: Engines, change: str) -> None:
    """Nobody can add a kind or data to an event of before."""
    with tampering(engines) as session:
        session.execute(text(f"UPDATE events SET {change} WHERE id = 5"))
        faults = found(session)
    assert (5, "was changed after it was written") in [(fault.event, fault.what) for fault in faults]


def test_an_old_event_in_the_new_form_is_found(rules: Rules, engines: Engines) -> None:
    """An old event that is rewritten in the second form, digest and all, makes the ones after it stand out."""
    with tampering(engines) as session:
        old = next(entry for entry in entries(session) if entry.id == EVENTS - 1)
        forged: Entry = sealed(replace(old, kind=K.CLOSED.value, data="{}"))
        values = {"kind": forged.kind, "data": forged.data, "digest": forged.digest, "id": forged.id}
        session.execute(text("UPDATE events SET kind = :kind, data = :data, digest = :digest WHERE id = :id"), values)
        faults = found(session)
    said = f"lost its kind, or was inserted: all events since {EVENTS - 1} have one"
    assert (EVENTS, said) in [(fault.event, fault.what) for fault in faults]


def test_a_late_delivery_stays_late_after_an_upgrade(rules: Rules) -> None:
    """A paid order that waits for days is not taken for arrived, since its sentence is no longer read."""
    with rules.store.read() as carts:
        cart = carts.cart(LATE)
    assert cart.fact is not None
    assert (cart.state, cart.fact.kind) == (CartState.NEEDS_ATTENTION, K.DELIVERY_LATE)
    for _ in range(3):
        rules.advance(LATE)
        rules.clock.pass_by(3600)
    with rules.store.read() as carts:
        kinds = [event.kind for event in carts.events(LATE)]
        assert carts.cart(LATE).state is CartState.NEEDS_ATTENTION
    assert [kind for kind in kinds if kind] == [K.DELIVERY_LATE]
    rules.registrar.deliver()
    rules.advance(LATE)
    assert rules.workflow.queries.cart(LATE).state is CartState.DELIVERED


def test_sentences_of_the_release_are_shown_as_they_are_stored(rules: Rules) -> None:
    """A cart's note and an event's, from before facts, and a note next to the kind that the upgrade gave it."""
    with rules.store.read() as carts:
        refused, late = carts.cart(REFUSED), carts.cart(LATE)
        assert (refused.fact, remark(refused)) == (None, "The name is gone. Nothing was ordered.")
        assert [happened(event) for event in carts.events(REFUSED)] == ["", "For the launch", "", remark(refused)]
        assert carts.events(REFUSED)[-1].fact is None
    assert remark(late) == (
        "Order 3 was paid more than 3 days ago, and OVH has not delivered it. Open the order at OVH or ask OVH's "
        "support. The desk keeps looking."
    )


def test_a_note_of_the_release_stays_on_a_card_that_says_more(rules: Rules) -> None:
    """A first approval that is void by the second one is reported below what the release had noted."""
    with rules.store.read() as carts:
        noted = carts.cart(TERMS_CHANGED)
    assert noted.note is not None
    rules.restart(replace(POLICY, second_approval_over=Decimal(1)))
    rules.workflow.approvals.approve(noted.id, approver=rules.cleo, mark=noted.request_mark)
    left = [Person(rules.cleo.id, Membership.DEACTIVATED)]
    half = rules.workflow.approvals.approve(noted.id, approver=rules.dan, mark=noted.request_mark, earlier=left)
    assert half.note is None
    (first, second) = remark(half).rsplit("\n", 1)
    assert (first, second) == (noted.note, remark(replace(half, fact=Fact(K.PARTLY_APPROVED, {"void": 1}))))


def test_a_trouble_of_the_release_is_shown_as_it_is_stored(rules: Rules, engines: Engines) -> None:
    """It has a sentence and no code; the next trouble has a code."""
    with engines.write.begin() as connection:
        row = "trouble = 'OVH is away <now>.', trouble_since = since, trouble_code = NULL, trouble_data = NULL"
        connection.execute(text(f"UPDATE carts SET {row} WHERE id = {LATE}"))
    with rules.store.read() as carts:
        reason = carts.cart(LATE).blocked
    assert reason is not None
    assert blocked(reason) == "OVH is away <now>."
    assert reason.code == EARLIER_TEXT
    assert audited(engines)[0] == []


def test_only_a_late_delivery_gets_its_kind(rules: Rules) -> None:
    """The upgrade reads no other sentence."""
    with rules.store.read() as carts:
        assert [cart.id for cart in carts.every_cart() if cart.fact] == [LATE]
