"""What a transaction promises, whichever store keeps it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import EventKind as K
from ordering.model.ids import OrderId
from ordering.ports.store import NOTHING_RENDERED, MessageRole, TaskType
from ordering.record.verification import Audit
from tests.builders import NOW, a_line, in_state
from tests.conftest import Rules
from tests.store.contract.test_carts import ORDER, opened, saved

S = CartState


def test_a_look_does_not_see_uncommitted_changes(store):
    """A reader sees a change once it is committed, and never a part of one."""
    cart = opened(store)
    with store.begin() as writing:
        writing.save(replace(cart, purpose="new"))
        with store.read() as reading:
            assert reading.cart(cart.id) == cart
    with store.read() as reading:
        assert reading.cart(cart.id).purpose == "new"


def test_a_look_keeps_its_moment(store):
    """All queries of one look see the same moment, whatever is committed in between."""
    cart = opened(store)
    with store.read() as reading:
        assert reading.cart(cart.id) == cart
        saved(store, replace(cart, purpose="new"), happened(cart, NOW, K.CLOSED))
        assert len(reading.events(cart.id)) == 1
        assert reading.carts() == [cart]


def test_a_transaction_sees_its_own_changes(store):
    """What was saved in a transaction is read in it, also as events, due times and messages."""
    cart = opened(store)
    with store.begin() as writing:
        moved = writing.save(replace(cart, purpose="new"), happened(cart, NOW, K.CLOSED), due_at=NOW)
        message = writing.show_in(cart.id, MessageRole.CART, "C1")
        assert writing.cart(cart.id) == moved
        assert writing.due(NOW) == [cart.id]
        assert len(writing.events(cart.id)) == 2
        assert writing.messages(cart.id) == [message]


def test_a_rollback_takes_everything_back(store):
    """Events, due times, messages and leases of a failed transaction are gone."""
    cart = opened(store)

    def fails_at_last() -> None:
        with store.begin() as writing:
            writing.save(cart, happened(cart, NOW, K.CLOSED), due_at=NOW)
            writing.show_in(cart.id, MessageRole.CART, "C1")
            writing.acquire_leases(TaskType.SHOW, [cart.id], holder="a", now=NOW, until=NOW + timedelta(seconds=20))
            raise KeyError

    with pytest.raises(KeyError):
        fails_at_last()
    with store.begin() as writing:
        assert (writing.due(NOW), writing.messages(cart.id), len(writing.events(cart.id))) == ([], [], 1)
        assert writing.acquire_leases(TaskType.SHOW, [cart.id], holder="b", now=NOW, until=NOW) == {cart.id}


def test_a_channel_has_room_for_one_open_cart(store):
    """A second open cart of a channel is refused; once the first one is cancelled, there is room again."""
    cart = opened(store)
    with pytest.raises(NotPossible), store.begin() as writing:
        writing.open("C1", by="U0BEN", at=NOW)
    saved(store, in_state(cart, S.CANCELLED, at=NOW))
    with store.begin() as writing:
        assert writing.open("C1", by="U0BEN", at=NOW).id > cart.id


def test_a_cart_keeps_its_order(store):
    """A cart that is saved without its order has it all the same when it is read again."""
    cart = saved(store, replace(opened(store), order=ORDER))
    saved(store, replace(cart, order=None, purpose="x"))
    with store.read() as reading:
        assert reading.cart(cart.id).order == ORDER
        assert reading.known_orders([ORDER.id, ORDER.id + 1]) == {ORDER.id}


def test_a_cart_has_one_order(store):
    """A second order of one cart is an error, and the first one stays."""
    cart = saved(store, replace(opened(store), order=ORDER))
    with pytest.raises(Exception, match=r"(?i)unique"):
        saved(store, replace(cart, order=replace(ORDER, id=OrderId(ORDER.id + 1))))
    with store.read() as reading:
        assert reading.known_orders([ORDER.id, ORDER.id + 1]) == {ORDER.id}


def test_a_message_that_was_given_up_waits_for_a_change(store):
    """What the chat refuses for good is not tried again until the cart changes, at any request."""
    cart = opened(store)
    with store.begin() as writing:
        message = writing.show_in(cart.id, MessageRole.CART, "C1")
        for event in writing.undelivered(cart.id):
            writing.record_delivered(event)
        assert writing.outdated() == [cart.id]
        writing.give_up(message, cart)
        writing.show_again([cart.id])
        assert writing.outdated() == []
        assert [m.is_settled for m in writing.messages(cart.id)] == [True]
        writing.save(cart)
        assert writing.outdated() == [cart.id]


def test_all_messages_of_a_cart_can_be_shown_again(store):
    """Only the messages of the carts that are named count as outdated."""
    carts = [opened(store, f"C{n}", a_line(f"n{n}.ovh")) for n in range(2)]
    with store.begin() as writing:
        for cart in carts:
            message = writing.show_in(cart.id, MessageRole.CART, cart.channel)
            writing.record_rendered(message, cart, ts="1.2")
            for event in writing.undelivered(cart.id):
                writing.record_delivered(event)
        assert writing.outdated() == []
        writing.show_again([carts[1].id])
        assert writing.outdated() == [carts[1].id]
        assert [m.rendered_version for m in writing.messages(carts[1].id)] == [NOTHING_RENDERED]


def test_a_message_that_was_only_posted_is_outdated(store):
    """It is known where it is, so the next process edits it and posts no second one."""
    cart = opened(store)
    with store.begin() as writing:
        message = writing.show_in(cart.id, MessageRole.STATUS, "C1")
        for event in writing.undelivered(cart.id):
            writing.record_delivered(event)
        writing.record_posted(message, ts="1.2")
        (posted,) = writing.messages(cart.id)
        assert (posted.ts, posted.rendered_version, writing.outdated()) == ("1.2", NOTHING_RENDERED, [cart.id])
        writing.record_posted(replace(message, channel="C2"), ts="9.9")
        assert [each.ts for each in writing.messages(cart.id)] == ["1.2"], "its number belongs to another message"


def test_names_of_live_carts_are_known(store):
    """Names of open and waiting carts count, those of cancelled ones do not."""
    first, second = opened(store, "C1", a_line("a.ovh")), opened(store, "C2", a_line("b.ovh"))
    saved(store, in_state(second, S.CANCELLED, at=NOW))
    with store.read() as reading:
        assert reading.names_in_carts(seen_in="C1") == {line.domain for line in first.lines}


def test_the_record_verifies(store):
    """Every event of a whole life is chained, and an audit finds no fault."""
    rules = Rules(store)
    paid = rules.paid()
    rules.registrar.deliver()
    assert rules.run_worker(paid.id, steps=4, seconds=400).state is S.DELIVERED
    with store.read() as reading:
        states = [event.state for event in reading.events(paid.id)]
        entries = list(reading.record().entries)
        assert [entry.state for entry in entries] == [state.value for state in states]
        assert list(Audit(reading.record()).faults()) == []
