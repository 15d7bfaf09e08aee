"""From the payment to names that work: what is in the way is reported, and what arrives after all goes on."""

from dataclasses import replace

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import OrderingError
from ordering.model.facts import EventKind, Fact
from ordering.model.sales_order import OrderStatus

S, K = CartState, EventKind
DAY = 86_400.0


def test_a_failed_registration_may_still_arrive(rules):
    """A failed registration needs a person and may still arrive."""
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    stuck = rules.run_worker(cart.id, steps=4)
    failed = {"order": cart.order.id, "name": "name.ovh", "ovh": {"comment": "A justification is required"}}
    assert stuck.fact == Fact(K.REGISTRATION_FAILED, failed)
    rules.registrar.failed = None
    rules.registrar.deliver()
    assert rules.run_worker(cart.id, steps=30).state is S.DELIVERED


def test_a_paid_order_that_ovh_cancels_is_told_and_can_be_closed(rules):
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    assert rules.run_worker(cart.id, steps=4).fact.kind is K.REGISTRATION_FAILED
    rules.registrar.cancel(cart.order.id)
    stuck = rules.run_worker(cart.id, steps=10, seconds=60)
    assert stuck.state is S.NEEDS_ATTENTION
    cancelled = {"order": cart.order.id, "ovh": {"status": "cancelled"}}
    assert stuck.fact == Fact(K.ORDER_CANCELLED_AFTER_PAYMENT, cancelled)
    with pytest.raises(OrderingError):
        rules.workflow.recovery.try_again(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert rules.workflow.recovery.give_up(cart.id, by=rules.dan, mark=rules.mark(cart.id)).state is S.CANCELLED


def test_what_was_missing_arrives_and_the_cart_goes_on(rules):
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    assert rules.run_worker(cart.id, steps=4).state is S.NEEDS_ATTENTION
    rules.registrar.failed = None
    assert rules.run_worker(cart.id, steps=10, seconds=60).state is S.PAID


def test_a_slow_delivery_is_reported_once_and_arrives(rules):
    """A paid order that takes days is reported once and still arrives."""
    cart = rules.paid()
    assert rules.run_worker(cart.id, steps=2, seconds=DAY).state is S.PAID
    late = rules.run_worker(cart.id, steps=2, seconds=DAY)
    assert late.state is S.NEEDS_ATTENTION
    assert late.fact == Fact(K.DELIVERY_LATE, {"order": cart.order.id, "days": 3, "ovh": {"states": {}}})
    assert rules.run_worker(cart.id, steps=2, seconds=DAY).since == late.since
    rules.registrar.deliver()
    assert rules.run_worker(cart.id, steps=4, seconds=DAY).state is S.DELIVERED


def test_an_order_without_status_is_never_paid_again(rules):
    """An order whose status OVH does not tell is never offered for payment again."""
    cart = rules.paid()
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, status=OrderStatus.UNKNOWN)
    waiting = rules.run_worker(cart.id, steps=6, seconds=DAY)
    assert waiting.state is S.PAID
    assert not waiting.payment_is_undecided


def test_a_paid_order_without_status_is_reported_once(rules):
    """A paid order without a status from OVH for days is reported once and stays paid."""
    cart = rules.paid()
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, status=OrderStatus.UNKNOWN)
    late = rules.run_worker(cart.id, steps=6, seconds=DAY)
    assert late.fact == Fact(K.DELIVERY_UNKNOWN, {"order": cart.order.id, "days": 3})
    with rules.store.read() as carts:
        told = len(carts.events(cart.id))
    rules.run_worker(cart.id, steps=6, seconds=DAY)
    with rules.store.read() as carts:
        assert len(carts.events(cart.id)) == told


def test_an_unexpected_state_is_told_once_and_ends_for_a_person(rules):
    """A delivered name that OVH shows in a state of its own is reported in OVH's word, and never waits in silence."""
    cart = rules.paid()
    rules.registrar.deliver()
    rules.registrar.odd = "dispute"
    told = rules.run_worker(cart.id, steps=4)
    odd = {"ovh": {"states": {"name.ovh": "dispute"}}}
    assert (told.state, told.fact) == (S.PAID, Fact(K.DELIVERY_UNEXPECTED, {"order": cart.order.id, **odd}))
    assert facts_of(rules, cart.id).count(told.fact) == 1
    late = rules.run_worker(cart.id, steps=4, seconds=DAY)
    assert late.state is S.NEEDS_ATTENTION
    assert late.fact == Fact(K.DELIVERY_LATE, {"order": cart.order.id, "days": 3, **odd})
    rules.run_worker(cart.id, steps=4, seconds=DAY)
    assert facts_of(rules, cart.id).count(late.fact) == 1
    rules.registrar.odd = "technical_suspended"
    still = rules.run_worker(cart.id, steps=4, seconds=DAY).fact
    assert (still.kind, still.data["ovh"]) == (K.DELIVERY_LATE, {"states": {"name.ovh": "technical_suspended"}})
    rules.registrar.odd = None
    assert rules.run_worker(cart.id, steps=4, seconds=DAY).state is S.DELIVERED


def facts_of(rules, cart_id):
    with rules.store.read() as carts:
        return [event.fact for event in carts.events(cart_id)]
