"""A user who changes the record behind the bot's back is found out, and the event is named: on both databases."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ordering.model.cart import Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.question import Question
from ordering.model.seal import SealForm, seal
from ordering.record.hash_chain import Entry, Link, chained
from ordering.record.verification import Fault
from store import audit_log as evidence
from store.audit_log import entries
from tests.builders import NOW
from tests.conftest import Rules
from tests.store.tampering import EVENTS, found, later, tampering, victim

COLUMNS = {
    "cart_id": "cart_id + 50",
    "number": "number + 50",
    "state": "'rejected'",
    "at": "'2020-01-01 00:00:00.000000'",
    "by": "'U0EVE'",
    "note": "'never mind'",
    "kind": "'closed'",
    "data": "'[7]'",
    "facts": "'{}'",
    "previous_in_cart": f"'{'0' * 64}'",
    "previous": f"'{'0' * 64}'",
    "digest": f"'{'0' * 64}'",
}


@pytest.fixture
def url(url_with_carts):
    return url_with_carts


@pytest.fixture
def rules(store) -> Rules:
    return later(store)


@pytest.fixture
def attack(rules, engines) -> Callable[..., list[Fault]]:
    """Change what is stored as a user with the file can, audit it, and undo all."""

    def attack(*statements: str, known_head: str | None = None) -> list[Fault]:
        with tampering(engines) as session:
            for statement in statements:
                session.execute(text(statement))
            return found(session, known_head)

    return attack


def head(session: Session) -> Link:
    end = evidence.head(session)
    assert end is not None
    return end


def write(session: Session, entry: Entry) -> None:
    names = Entry.__slots__
    values = {name: getattr(entry, name) for name in names}
    columns = ", ".join(f'"{name}"' for name in names)
    session.execute(text(f"INSERT INTO events ({columns}) VALUES ({', '.join(':' + n for n in names)})"), values)


def forged(cart_id: int, state: CartState) -> Event:
    return Event(CartId(cart_id), state, NOW, "U0EVE", "forged", kind=EventKind.DELIVERED, data={})


def test_an_untouched_record_is_whole(rules, attack):
    assert attack() == []


@given(column=st.sampled_from(sorted(COLUMNS)), number=st.integers(1, EVENTS))
def test_a_changed_column_of_any_event_is_found_and_named(rules, attack, engines, column, number):
    before = victim(engines, number)
    faults = attack(f'UPDATE events SET "{column}" = {COLUMNS[column]} WHERE id = {number}')
    assert [fault.event for fault in faults] == [number]
    assert "was changed" in faults[0].what
    assert faults[0].cart == before.cart_id + (50 if column == "cart_id" else 0)


@given(number=st.integers(1, EVENTS))
def test_a_removed_event_is_found_and_named(rules, attack, engines, number):
    gone = victim(engines, number)
    faults = attack(f"DELETE FROM untold WHERE event_id = {number}", f"DELETE FROM events WHERE id = {number}")
    assert [(fault.cart, fault.event) for fault in faults] == [(gone.cart_id, number)]
    assert faults[0].what == "was removed"


@given(first=st.integers(1, EVENTS))
def test_a_removed_tail_is_found_in_every_cart_of_it(rules, attack, engines, first):
    """A removed tail is found in every cart that had a part of it."""
    with Session(engines.read) as session:
        carts = {entry.cart_id for entry in entries(session) if entry.id >= first}
    faults = attack("DELETE FROM untold", f"DELETE FROM events WHERE id >= {first}")
    assert {fault.cart for fault in faults} == carts
    assert all("removed" in fault.what for fault in faults)


def test_a_tail_removed_with_counts_is_found_by_the_cart(attack, engines):
    """A tail that is removed with its counts and the head is found by the cart."""
    last = victim(engines, EVENTS)
    faults = attack(
        f"DELETE FROM untold WHERE event_id = {EVENTS}",
        f"DELETE FROM events WHERE id = {EVENTS}",
        f"UPDATE carts SET events = events - 1 WHERE id = {last.cart_id}",
        f"UPDATE chain SET number = {EVENTS - 1}, digest = '{last.previous}'",
    )
    assert [fault.cart for fault in faults] == [last.cart_id]
    assert "its row was changed after that: state" in faults[0].what


def test_a_whole_cart_that_is_gone_leaves_its_numbers(attack):
    tables = ("lines", "messages", "sales_orders", "untold", "events")
    faults = attack(*(f"DELETE FROM {t} WHERE cart_id = 2" for t in tables), "DELETE FROM carts WHERE id = 2")
    assert {fault.cart for fault in faults} == {None}
    assert all(fault.event for fault in faults)


def test_a_cart_without_its_row_is_found(attack):
    assert [str(f) for f in attack("DELETE FROM carts WHERE id = 3")] == [
        "cart #3: is gone, but 2 of its events are on record"
    ]


def test_two_events_that_changed_places_are_both_named(attack):
    faults = attack(
        "UPDATE events SET id = 99 WHERE id = 4",
        "UPDATE events SET id = 4 WHERE id = 5",
        "UPDATE events SET id = 5 WHERE id = 99",
    )
    assert [fault.event for fault in faults] == [4, 5]


@pytest.mark.parametrize("place", [0, EVENTS + 1])
def test_a_copy_of_another_carts_event_is_named(rules, engines, place):
    copied = victim(engines, 4)
    with tampering(engines) as session:
        write(session, Entry(*[place, 3, 3, *[getattr(copied, n) for n in Entry.__slots__[3:]]]))
        assert [(f.cart, f.event) for f in found(session)] == [(3, place)]


def test_an_inserted_event_stands_after_the_head(rules, engines):
    """An event that is inserted with a right digest stands after the head."""
    with tampering(engines) as session:
        end = head(session)
        newest = [entry for entry in entries(session) if entry.cart_id == 3][-1]
        event = forged(3, CartState.DELIVERED)
        write(session, chained(event, None, over_all=end, in_cart=Link(newest.number, newest.digest)))
        assert [(f.cart, f.event) for f in found(session)] == [(3, EVENTS + 1)]


def test_a_rewritten_event_is_named_by_the_next(rules, engines):
    """An event that was rewritten with its digest is named by the next."""
    old = victim(engines, 6)
    with tampering(engines) as session:
        session.execute(text("DELETE FROM untold WHERE event_id = 6"))
        session.execute(text("DELETE FROM events WHERE id = 6"))
        event = forged(old.cart_id, CartState.DELIVERED)
        before = Link(old.number - 1, old.previous_in_cart)
        write(session, chained(event, old.facts, over_all=Link(5, old.previous), in_cart=before))
        faults = found(session)
    assert [(fault.cart, fault.event) for fault in faults] == [(old.cart_id, 6)]
    assert "event 7 remembers another digest" in faults[0].what


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE carts SET approved_by = '[\"U0EVE\"]' WHERE id = 2", "approved_by"),
        ("UPDATE carts SET state = 'checked_out' WHERE id = 2", "state"),
        ("UPDATE carts SET requester = 'U0EVE', purpose = 'x' WHERE id = 1", "purpose, requester"),
        ("UPDATE carts SET payment_by = 'U0EVE' WHERE id = 2", "payment"),
        ("UPDATE carts SET note_kind = 'delivery_late' WHERE id = 2", "fact"),
        ("UPDATE carts SET note_kind = NULL WHERE id = 2", "fact"),
        ("UPDATE carts SET note_data = '{\"order\": 77}' WHERE id = 2", "fact"),
        ("UPDATE carts SET note_kind = 'closed', note_data = '{\"order\": null}' WHERE id = 3", "fact"),
        ("UPDATE carts SET note = 'OVH cancelled it.' WHERE id = 2", "note"),
        ('UPDATE lines SET answers = \'[["REASON", "x", "U0EVE"]]\' WHERE cart_id = 2', "lines"),
        ("UPDATE sales_orders SET total_minor = 1", "sales_order"),
        ("UPDATE sales_orders SET id = 77", "sales_order"),
        ("DELETE FROM lines WHERE cart_id = 2", "lines"),
        ("UPDATE carts SET state = 'nonsense' WHERE id = 2", "cannot be read"),
        ("UPDATE carts SET events = 1 WHERE id = 1", "counts 1 events"),
        ("UPDATE carts SET state = 'submitted' WHERE id = 3", "state"),
    ],
)
def test_a_cart_that_contradicts_its_record_is_named(attack, change, named):
    """A cart that contradicts its record is named with what differs."""
    (fault,) = attack(change)
    assert named in fault.what
    assert fault.event


def an_answered_cart(rules: Rules) -> Cart:
    """A cart that waits for approval, with an answer that is nobody's business."""
    rules.registrar.asks["ovh"] = (Question("BIRTH"), Question("REASON"))
    cart = rules.workflow.cart_editing.add("C9", DomainName.parse("answered.ovh"), by=rules.ada)
    rules.workflow.questions.learn(cart.id)
    given = {"BIRTH": "1970-01-01", "REASON": "Ours"}
    rules.workflow.questions.answer(cart.id, {DomainName.parse("answered.ovh"): given}, by=rules.ada)
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")


def test_a_private_answer_is_proven_without_being_stored(rules, attack, engines):
    """An answer that not all may read is in no event and yet proven."""
    cart = an_answered_cart(rules)
    with Session(engines.read) as session:
        told = "".join(entry.facts or "" for entry in entries(session))
    assert "1970" not in told
    assert "Ours" in told
    assert attack() == []
    (fault,) = attack(changed(engines, cart))
    assert (fault.cart, fault.what) == (cart.id, "its row was changed after that: lines")


def test_an_older_record_still_proves_answers(rules, attack, engines, monkeypatch):
    """A record from before answers were digests still proves them."""
    monkeypatch.setattr("ordering.record.hash_chain.is_private", lambda _label: False)
    earlier = partial(seal, form=SealForm.WITH_RENEWALS)
    monkeypatch.setattr("ordering.workflow.approval_requests.seal", earlier)
    cart = an_answered_cart(rules)
    monkeypatch.undo()
    with Session(engines.read) as session:
        assert '"1970-01-01"' in (list(entries(session))[-1].facts or "")
    assert attack() == []
    (fault,) = attack(changed(engines, cart))
    assert (fault.cart, fault.what) == (cart.id, "its row was changed after that: lines")


def changed(engines, cart: Cart) -> str:
    other = "replace(CAST(answers AS TEXT), '1970', '1971')"
    other = f"CAST({other} AS JSON)" if engines.write_queue is None else other
    return f"UPDATE lines SET answers = {other} WHERE cart_id = {cart.id}"


def test_terms_that_the_seal_does_not_cover_are_named(attack, engines):
    other = "replace(CAST(quote AS TEXT), 'terms.pdf', 'other.pdf')"
    other = f"CAST({other} AS JSON)" if engines.write_queue is None else other
    (fault,) = attack(f"UPDATE carts SET quote = {other} WHERE id = 2")
    assert "sealed" in fault.what


def test_a_cart_that_nobody_opened_is_named(attack):
    columns = "channel, created_by, state, since, version, approved_by"
    (fault,) = attack(f"INSERT INTO carts (id, {columns}) SELECT 9, 'C9', {columns[9:]} FROM carts WHERE id = 3")
    assert (fault.cart, fault.what) == (9, "was inserted: nothing is on record of it")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DELETE FROM chain", "head is gone"),
        (f"UPDATE chain SET digest = '{'0' * 64}'", "remembers another digest"),
        ("UPDATE chain SET number = number - 1", "stands after the head"),
    ],
)
def test_a_head_that_was_changed_is_found(attack, change, said):
    (fault,) = attack(change)
    assert said in fault.what


def test_a_rewritten_chain_lacks_the_noted_head(rules, engines):
    """A rewritten chain is whole but lacks the head that was noted."""
    with tampering(engines) as session:
        noted, old = head(session), list(entries(session))
        session.execute(text("DELETE FROM untold"))
        session.execute(text("DELETE FROM events"))
        over_all = Link()
        in_cart: dict[int, Link] = {}
        for entry in old:
            event = forged(entry.cart_id, CartState(entry.state))
            again = chained(event, entry.facts, over_all=over_all, in_cart=in_cart.get(entry.cart_id, Link()))
            write(session, again)
            over_all, in_cart[entry.cart_id] = Link(again.id, again.digest), Link(again.number, again.digest)
        session.execute(text(f"UPDATE chain SET digest = '{over_all.digest}'"))
        assert found(session) == []
        session.info.clear()
        (fault,) = found(session, known_head=noted.digest)
    assert "was rewritten or cut after that was noted" in fault.what


def test_a_head_that_was_noted_earlier_is_still_there(attack, engines):
    assert attack(known_head=victim(engines, 5).digest) == []


@pytest.mark.parametrize("change", ["UPDATE events SET note = 'x'", "DELETE FROM events WHERE id = 2"])
def test_the_database_refuses_to_change_or_remove_an_event(rules, engines, change):
    with pytest.raises(DBAPIError, match="kept as they are"), engines.write.begin() as connection:
        connection.execute(text(change))


def test_the_database_refuses_to_replace_or_truncate_events(rules, engines):
    change = "TRUNCATE events CASCADE" if engines.write_queue is None else "REPLACE INTO events SELECT * FROM events"
    with pytest.raises(DBAPIError, match="kept as they are"), engines.write.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize("name", ["events_keep", "events_keep_form"])
def test_triggers_that_are_gone_are_told(rules, engines, name):
    if engines.write_queue is not None and name == "events_keep":
        name = "events_keep_delete"
    with Session(engines.write) as session:
        session.execute(text(f"DROP TRIGGER {name}{' ON events' if engines.write_queue is None else ''}"))
        (fault,) = found(session)
        session.rollback()
    assert "triggers are gone" in fault.what
