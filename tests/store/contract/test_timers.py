"""Each kind of a cart's timers is set and ended by itself, however far ahead it lies: on all stores."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.ports.store import KEEP, Store, TaskType, TimerKind
from ordering.process.leases import SharedLeases
from tests.builders import NOW
from tests.conftest import Rules

STEP, REMINDER = TimerKind.STEP, TimerKind.REMINDER
DAY = timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def rules(store) -> Rules:
    return Rules(store)


def opened(store: Store, channel: str = "C1"):
    with store.begin() as carts:
        return carts.open(channel, by="U0ADA", at=NOW)


def timers(store: Store, cart_id: CartId):
    with store.read() as carts:
        return carts.timers(cart_id)


def test_a_save_erases_no_timer(store):
    """Whatever a cart becomes, its timers stay until a user ends them."""
    cart = opened(store)
    with store.begin() as carts:
        carts.set_timer(cart.id, STEP, NOW + DAY)
        carts.set_timer(cart.id, REMINDER, NOW + 2 * DAY)
    for state in CartState:
        with store.begin() as carts:
            cart = carts.save(replace(cart, state=state), happened(cart, NOW, EventKind.ORDER_CHANGED))
        assert timers(store, cart.id) == {STEP: NOW + DAY, REMINDER: NOW + 2 * DAY}, state


@pytest.mark.parametrize(("due_at", "step"), [(KEEP, NOW), (NOW + DAY, NOW + DAY), (None, None)])
def test_a_save_changes_the_step_timer_alone(store, due_at, step):
    """A poll that is set, moved or ended leaves the reminder where it is."""
    cart = opened(store)
    with store.begin() as carts:
        carts.set_timer(cart.id, STEP, NOW)
        carts.set_timer(cart.id, REMINDER, NOW + DAY)
        carts.save(cart, due_at=due_at)
    assert timers(store, cart.id) == {REMINDER: NOW + DAY} | ({STEP: step} if step else {})


@pytest.mark.parametrize("due_at", [NOW + DAY, None])
def test_a_reminder_leaves_the_step_timer(store, due_at):
    """A reminder that is set or ended does not move the next poll."""
    cart = opened(store)
    with store.begin() as carts:
        carts.save(cart, due_at=NOW)
        carts.set_timer(cart.id, REMINDER, NOW + 3 * DAY)
        carts.set_timer(cart.id, REMINDER, due_at)
    assert timers(store, cart.id) == {STEP: NOW} | ({REMINDER: due_at} if due_at else {})


@pytest.mark.parametrize("ahead", [timedelta(hours=8), 50 * YEAR])
@pytest.mark.parametrize("task_type", [TaskType.ADVANCE, TaskType.WATCH])
def test_a_timer_far_ahead_is_not_due(rules, ahead, task_type):
    """It was counted as due from seven hours on, so a first "remind tomorrow" would spin."""
    cart = rules.approved() if task_type is TaskType.ADVANCE else rules.ordered()
    due_at = rules.clock.now + ahead
    with rules.store.begin() as carts:
        carts.postpone(carts.cart(cart.id), due_at=due_at)
    assert rules.fulfilment.due(task_type) == []
    assert rules.fulfilment.next_due(task_type) == due_at
    rules.clock.pass_by(ahead.total_seconds())
    assert rules.fulfilment.due(task_type) == [cart.id]


def test_a_reminder_is_no_step(rules):
    """A reminder that is due starts no step of the worker."""
    cart = rules.requested()
    with rules.store.begin() as carts:
        carts.set_timer(cart.id, REMINDER, rules.clock.now - DAY)
    assert rules.fulfilment.due() == []
    assert rules.fulfilment.next_due() is None


@pytest.mark.parametrize("wrong", [timedelta(minutes=2), 10 * YEAR])
def test_a_timer_of_a_clock_put_back_is_due(rules, wrong):
    """A machine that started with a wrong clock must not leave a cart alone for years."""
    rules.clock.pass_by(wrong.total_seconds())
    cart = rules.approved()
    with rules.store.begin() as carts:
        carts.postpone(carts.cart(cart.id), due_at=rules.clock.now + timedelta(minutes=5))
    rules.clock.pass_by(-wrong.total_seconds())
    assert rules.fulfilment.due() == [cart.id]
    assert rules.fulfilment.due(TaskType.ADVANCE) == [cart.id]
    with rules.store.begin() as carts:  # once it is set again, it waits for its moment
        carts.postpone(carts.cart(cart.id), due_at=rules.clock.now + DAY)
    assert rules.fulfilment.due() == []


@pytest.mark.parametrize("due_at", [NOW + DAY, None])
def test_a_step_that_was_overtaken_moves_no_timer(rules, due_at):
    """A worker that thought of an older version neither postpones nor ends the newer one's timer."""
    cart = rules.approved()
    before = timers(rules.store, cart.id)
    with rules.store.begin() as carts:
        carts.postpone(replace(cart, version=cart.version - 1), due_at=due_at)
    assert timers(rules.store, cart.id) == before


@pytest.mark.parametrize("state", [CartState.SUBMITTED, CartState.REJECTED, CartState.CANCELLED])
def test_a_step_without_work_ends_its_timer(rules, state):
    """A timer that a decision left behind costs one step, and no more."""
    cart = rules.requested()
    with rules.store.begin() as carts:
        carts.save(replace(cart, state=state), due_at=rules.clock.now)
    assert rules.fulfilment.due() == [cart.id]
    rules.advance(cart.id)
    assert timers(rules.store, cart.id) == {}


def test_a_leased_cart_is_due_at_the_end_of_its_lease(rules):
    """Among claimed and free carts the earliest moment is returned, for each task type."""
    first, second = rules.approved("a.ovh", "C1"), rules.approved("b.ovh", "C2")
    with rules.store.begin() as carts:
        carts.postpone(second, due_at=NOW + timedelta(seconds=50))
    SharedLeases(rules.store, clock=rules.clock, lease=timedelta(seconds=20)).acquire(TaskType.ADVANCE, [first.id])
    assert rules.fulfilment.next_due(TaskType.ADVANCE) == NOW + timedelta(seconds=20)
    assert rules.fulfilment.next_due(TaskType.ADVANCE, without=[first.id]) == NOW + timedelta(seconds=50)
    assert rules.fulfilment.next_due(TaskType.ADVANCE, without=[first.id, second.id]) is None
