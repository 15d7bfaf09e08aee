"""What a process read before a restore changes nothing after it, though numbers and versions are the same again."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged
from ordering.model.events import happened
from ordering.model.facts import EventKind as K
from ordering.model.money_call import CallState, RecordedCall
from ordering.ports.store import MessageRole, TimerKind
from tests.builders import NOW, in_state
from tests.store.contract.test_carts import opened, saved, submitted

S = CartState
LATER = NOW + timedelta(hours=1)


def read(store, cart):
    with store.read() as carts:
        return carts.cart(cart.id)


def writes(store, act):
    with store.begin() as carts:
        return act(carts)


def messages(store, cart):
    with store.read() as carts:
        return carts.messages(cart.id)


def outdated(store):
    with store.read() as carts:
        return carts.outdated()


def all_told(store, cart):
    """Record every event of a cart as reported."""
    with store.begin() as carts:
        for event in carts.undelivered(cart.id):
            carts.record_delivered(event)


@pytest.fixture
def twice(stores):
    """A cart as saved in the time that a restore took back, and as saved since: both have the same version."""
    before = submitted(stores.store)
    put_back = stores.backup()
    lost = saved(stores.store, replace(before, purpose="lost"))
    put_back()
    now = saved(stores.store, replace(before, purpose="now"))
    assert (lost.id, lost.version) == (now.id, now.version)
    return lost, now


# Carts


def test_each_save_has_its_own_id(store):
    """It is new with each save, read back as it was written, and no difference between two carts."""
    first = opened(store)
    second = saved(store, first)
    assert first.save_id
    assert first.save_id != second.save_id == read(store, first).save_id
    assert second == replace(second, save_id="another")


def test_a_version_of_the_lost_time_is_not_saved(store, twice):
    """A process slept through the restore: what was decided since stays as it is."""
    lost, now = twice
    with pytest.raises(CartChanged):
        saved(store, replace(lost, purpose="overwritten"))
    assert read(store, now) == now
    assert saved(store, now).version == now.version + 1


def test_a_step_of_the_lost_time_moves_no_timer(store, twice):
    """Nor does it end one: nobody would come back to the cart."""
    lost, now = twice
    writes(store, lambda carts: carts.set_timer(now.id, TimerKind.STEP, NOW))
    for due_at in (None, LATER):
        writes(store, lambda carts, at=due_at: carts.postpone(lost, due_at=at))
        with store.read() as carts:
            assert carts.timers(now.id) == {TimerKind.STEP: NOW}
    writes(store, lambda carts: carts.postpone(now, due_at=LATER))
    with store.read() as carts:
        assert carts.timers(now.id) == {TimerKind.STEP: LATER}


def test_what_was_read_before_a_renewal_saves_nothing(store):
    """At the end of recover mode: each cart that can still change has another save id and the same content."""
    live = [opened(store), submitted(store, "C2", "b.ovh")]
    ended = saved(store, in_state(submitted(store, "C3", "c.ovh"), S.CANCELLED, at=NOW))
    writes(store, lambda carts: carts.renew_live())
    for cart in live:
        with pytest.raises(CartChanged):
            saved(store, cart)
        assert (read(store, cart), read(store, cart).version) == (cart, cart.version)
        assert saved(store, read(store, cart)).version == cart.version + 1
    assert read(store, ended).save_id == ended.save_id


# Messages


@pytest.fixture
def posted(store, twice):
    """Both carts, and a message that shows neither yet."""
    lost, now = twice
    message = writes(store, lambda carts: carts.show_in(now.id, MessageRole.APPROVAL, "C9"))
    all_told(store, now)
    return lost, now, message


def test_a_message_of_the_lost_time_stays_outdated(store, posted):
    """It shows the version that is wanted, with what the lost save held."""
    lost, now, message = posted
    writes(store, lambda carts: carts.record_rendered(message, lost, ts="1.2"))
    assert outdated(store) == [now.id]
    assert [each.ts for each in messages(store, now)] == ["1.2"]
    writes(store, lambda carts: carts.record_rendered(message, now, ts="1.2"))
    assert outdated(store) == []


def test_a_later_version_of_the_lost_time_hides_no_change(stores):
    """The message shows version 9, the cart is at version 2: it has to show that, and each later one."""
    store = stores.store
    before = submitted(store)
    message = writes(store, lambda carts: carts.show_in(before.id, MessageRole.APPROVAL, "C9"))
    all_told(store, before)
    put_back = stores.backup()
    lost = saved(store, saved(store, saved(store, before)))
    put_back()
    writes(store, lambda carts: carts.record_rendered(message, lost, ts="1.2"))
    assert outdated(store) == [before.id]
    writes(store, lambda carts: carts.record_rendered(message, before, ts="1.2"))
    assert outdated(store) == []
    saved(store, before)
    assert outdated(store) == [before.id]


def test_a_lost_version_that_slack_refused_is_not_given_up(store, posted):
    """Slack refused what the lost save held; it may accept what the cart holds now."""
    lost, now, message = posted
    writes(store, lambda carts: carts.give_up(message, lost))
    assert outdated(store) == [now.id]


@pytest.mark.parametrize("other", [{"channel": "C8"}, {"role": MessageRole.CART}, {"cart": 1}])
def test_a_message_that_got_a_lost_ones_number_is_left_alone(stores, other):
    """It is another cart's, or another place's: it is not forgotten, given up or taken for shown."""
    store = stores.store
    carts_of = [submitted(store), submitted(store, "C2", "b.ovh")]
    for cart in carts_of:
        all_told(store, cart)
    put_back = stores.backup()
    lost = writes(store, lambda carts: carts.show_in(carts_of[0].id, MessageRole.APPROVAL, "C9"))
    put_back()
    cart = carts_of[other.get("cart", 0)]
    role, channel = other.get("role", MessageRole.APPROVAL), other.get("channel", "C9")
    now = writes(store, lambda carts: carts.show_in(cart.id, role, channel))
    assert now.id == lost.id
    writes(store, lambda carts: carts.record_rendered(lost, carts_of[0], ts="1.2"))
    writes(store, lambda carts: carts.give_up(lost, carts_of[0]))
    writes(store, lambda carts: carts.forget(lost))
    assert messages(store, cart) == [now]
    assert outdated(store) == [cart.id]


# Events, money calls, and the calls that announce this bot


@pytest.mark.parametrize("other", [{"at": LATER}, {"kind": K.REQUEST_WITHDRAWN}, {"by": "U0BEN"}, {"data": {"n": 1}}])
def test_an_event_that_got_a_lost_ones_number_is_reported(stores, other):
    """The thread has reported the lost one; the one that has its number is news."""
    store = stores.store
    cart = opened(store)
    all_told(store, cart)
    put_back = stores.backup()
    about: dict[str, Any] = {"at": NOW, "kind": K.CART_OPENED, "by": "U0ADA", "data": {"n": 0}}
    saved(store, cart, happened(cart, **about))
    with store.read() as carts:
        (lost,) = carts.undelivered(cart.id)
    put_back()
    saved(store, cart, happened(cart, **about | other))
    with store.read() as carts:
        (now,) = carts.undelivered(cart.id)
    assert now.id == lost.id
    writes(store, lambda carts: carts.record_delivered(lost))
    with store.read() as carts:
        assert carts.undelivered(cart.id) == [now]
    writes(store, lambda carts: carts.record_delivered(now))
    assert outdated(store) == []


def test_an_event_that_is_gone_is_no_error(stores):
    """A thread may report what the database has lost since."""
    store = stores.store
    put_back = stores.backup()
    cart = opened(store)
    with store.read() as carts:
        (lost,) = carts.undelivered(cart.id)
    put_back()
    writes(store, lambda carts: carts.record_delivered(lost))
    assert outdated(store) == []


@pytest.mark.parametrize(
    "other", [{"subject": "pays 8"}, {"attempt": 2}, {"registrar_cart": "cart-2"}, {"started_at": LATER}]
)
def test_an_attempt_that_got_a_lost_ones_number_stays(stores, other):
    """The lost one ended unsent; the one that has its number may be sent."""
    store = stores.store
    cart = opened(store)
    about = {"subject": "pays 7", "cart_id": cart.id, "attempt": 1, "started_at": NOW, "registrar_cart": "cart-1"}
    put_back = stores.backup()
    lost = writes(store, lambda carts: carts.announce_call(RecordedCall(**about)))
    put_back()
    now = writes(store, lambda carts: carts.announce_call(RecordedCall(**about | other)))
    assert now.id == lost.id
    writes(store, lambda carts: carts.update_call(replace(lost, marker="m-1", state=CallState.UNSENT)))
    with suppress(CartChanged):
        writes(store, lambda carts: carts.mark_intended(lost))
        pytest.fail("another attempt was marked")
    with store.read() as carts:
        assert carts.money_calls(now.subject) == [now]


def test_a_presence_call_that_got_a_lost_ones_number_stays(stores):
    """Both began in the same second: the expiry that they ask for differs."""
    store = stores.store
    put_back = stores.backup()
    lost = writes(store, lambda carts: carts.announce_presence(NOW, LATER))
    put_back()
    now = writes(store, lambda carts: carts.announce_presence(NOW, LATER + timedelta(seconds=1)))
    assert now.id == lost.id
    writes(store, lambda carts: carts.end_presence(lost))
    with store.read() as carts:
        assert carts.presence_calls() == [now]
