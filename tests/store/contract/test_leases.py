"""A process that works on a cart has it to itself, for as long as it lives."""

from datetime import timedelta

import pytest

from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from ordering.process.leases import LocalLeases, SharedLeases
from tests.builders import NOW
from tests.conftest import Rules
from tests.store.contract.test_races import all_at_once

LEASE = timedelta(seconds=20)
ADVANCE, SHOW, WATCH = TaskType.ADVANCE, TaskType.SHOW, TaskType.WATCH


@pytest.fixture
def rules(store) -> Rules:
    return Rules(store)


def process(rules: Rules) -> SharedLeases:
    return SharedLeases(rules.store, clock=rules.clock, lease=LEASE)


def test_eight_processes_share_the_carts_and_none_has_two_owners(rules):
    carts = [rules.approved(f"n{n}.ovh", channel=f"C{n}").id for n in range(5)]
    taken: list[int] = []
    all_at_once(lambda _: taken.extend(process(rules).acquire(ADVANCE, carts)))
    assert sorted(taken) == carts


def test_what_somebody_works_on_is_not_due_for_others(rules):
    cart = rules.approved()
    assert process(rules).acquire(ADVANCE, rules.fulfilment.due()) == [cart.id]
    assert rules.fulfilment.due() == []
    assert rules.fulfilment.next_due() == NOW + LEASE


def test_a_dead_process_is_followed_when_its_lease_ends(rules):
    cart = rules.approved()
    process(rules).acquire(ADVANCE, [cart.id])
    rules.clock.pass_by(19)
    assert process(rules).acquire(ADVANCE, [cart.id]) == []
    rules.clock.pass_by(1)
    assert rules.fulfilment.due() == [cart.id]
    assert process(rules).acquire(ADVANCE, [cart.id]) == [cart.id]


def test_a_claim_of_a_clock_that_was_put_back_holds_nobody_up(rules):
    cart = rules.approved()
    process(rules).acquire(ADVANCE, [cart.id])
    rules.clock.pass_by(-3600)
    assert rules.fulfilment.due() == [cart.id]  # its timer was set by the same clock
    with rules.store.begin() as carts:
        carts.postpone(carts.cart(cart.id), due_at=rules.clock())
    assert rules.fulfilment.due() == [cart.id]
    assert process(rules).acquire(ADVANCE, [cart.id]) == [cart.id]


def test_a_living_process_keeps_its_lease_during_a_long_job(rules):
    """A living process keeps its cart however long the job takes."""
    cart, living = rules.approved(), process(rules)
    living.acquire(ADVANCE, [cart.id])
    for _ in range(5):
        rules.clock.pass_by(15)
        living.renew(ADVANCE, [cart.id])
    assert process(rules).acquire(ADVANCE, [cart.id]) == []


def test_a_process_presumed_dead_cannot_change_the_new_lease(rules):
    """Who was thought dead cannot renew or release the follower's lease."""
    cart, late, follower = rules.approved(), process(rules), process(rules)
    late.acquire(ADVANCE, [cart.id])
    rules.clock.pass_by(20)
    follower.acquire(ADVANCE, [cart.id])
    late.renew(ADVANCE, [cart.id])
    late.release(ADVANCE, cart.id)
    assert process(rules).acquire(ADVANCE, [cart.id]) == []


def test_a_cart_that_was_given_back_is_free_at_once(rules):
    cart, first = rules.approved(), process(rules)
    first.acquire(ADVANCE, [cart.id])
    first.release(ADVANCE, cart.id)
    assert process(rules).acquire(ADVANCE, [cart.id]) == [cart.id]


def test_one_process_may_show_what_another_advances(rules):
    cart = rules.approved()
    process(rules).acquire(ADVANCE, [cart.id])
    assert process(rules).acquire(SHOW, [cart.id]) == [cart.id]


def test_local_leases_lease_each_cart_once():
    """Alone a process takes each cart once until it releases it."""
    alone = LocalLeases()
    assert alone.acquire(ADVANCE, [CartId(1), CartId(2)]) == [1, 2]
    assert alone.acquire(ADVANCE, [CartId(2), CartId(3)]) == [3]
    assert alone.acquire(SHOW, [CartId(1)]) == [1]
    alone.release(ADVANCE, CartId(2))
    assert alone.acquire(ADVANCE, [CartId(1), CartId(2)]) == [2]


def test_what_was_decided_and_what_is_only_watched_are_due_apart(rules):
    ordered, approved = rules.ordered(), rules.approved("b.ovh", channel="C2")
    rules.clock.pass_by(60)
    assert rules.fulfilment.due(ADVANCE) == [approved.id]
    assert rules.fulfilment.due(WATCH) == [ordered.id]
    assert rules.fulfilment.next_due(WATCH, without=[ordered.id]) is None
    assert rules.fulfilment.next_due(ADVANCE, without=[approved.id]) is None


def test_a_payment_waits_for_nobody_who_only_looks_at_its_order(rules):
    cart = rules.ordered()
    process(rules).acquire(WATCH, [cart.id])
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.fulfilment.due(ADVANCE) == [cart.id]
    assert rules.fulfilment.next_due(ADVANCE) == rules.clock.now
    assert process(rules).acquire(ADVANCE, [cart.id]) == [cart.id]


def test_nobody_looks_at_what_somebody_advances(rules):
    cart = rules.ordered()
    process(rules).acquire(ADVANCE, [cart.id])
    rules.clock.pass_by(19)
    assert rules.fulfilment.due(WATCH) == []
    alone = LocalLeases()
    alone.acquire(ADVANCE, [CartId(1)])
    assert alone.acquire(WATCH, [CartId(1), CartId(2)]) == [2]
    assert alone.acquire(ADVANCE, [CartId(2)]) == [2]
