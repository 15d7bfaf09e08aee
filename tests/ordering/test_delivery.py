"""From the payment to names that work: what is in the way is told, and what arrives after all goes on."""

from dataclasses import replace

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import OrderingError
from ordering.model.sales_order import OrderStatus

S = CartState
DAY = 86_400.0


def test_a_failed_registration_needs_a_person_and_may_still_arrive(rules):
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    stuck = rules.settle(cart.id, steps=4)
    assert "A justification is required" in stuck.note
    rules.registrar.failed = None
    rules.registrar.deliver()
    assert rules.settle(cart.id, steps=30).state is S.DELIVERED


def test_a_paid_order_that_ovh_cancels_is_told_and_can_be_closed(rules):
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    assert "A justification" in rules.settle(cart.id, steps=4).note
    rules.registrar.cancel(cart.order.id)
    stuck = rules.settle(cart.id, steps=10, seconds=60)
    assert stuck.state is S.NEEDS_ATTENTION
    assert "after it was paid. Ask OVH's support about the refund." in stuck.note
    with pytest.raises(OrderingError):
        rules.workflow.try_again(cart.id, by=rules.dan, shown=rules.mark(cart.id))
    assert rules.workflow.give_up(cart.id, by=rules.dan, shown=rules.mark(cart.id)).state is S.CANCELLED


def test_what_was_missing_arrives_and_the_cart_goes_on(rules):
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    assert rules.settle(cart.id, steps=4).state is S.NEEDS_ATTENTION
    rules.registrar.failed = None
    assert rules.settle(cart.id, steps=10, seconds=60).state is S.PAID


def test_a_paid_order_that_takes_days_is_told_once_and_still_arrives(rules):
    cart = rules.paid()
    assert rules.settle(cart.id, steps=2, seconds=DAY).state is S.PAID
    late = rules.settle(cart.id, steps=2, seconds=DAY)
    assert late.state is S.NEEDS_ATTENTION
    assert f"Order {cart.order.id} was paid more than 3 days ago, and OVH has not delivered it." in late.note
    assert rules.settle(cart.id, steps=2, seconds=DAY).since == late.since
    rules.registrar.deliver()
    assert rules.settle(cart.id, steps=4, seconds=DAY).state is S.DELIVERED


def test_an_order_whose_status_ovh_does_not_tell_is_never_offered_for_payment_again(rules):
    cart = rules.paid()
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, status=OrderStatus.UNKNOWN)
    waiting = rules.settle(cart.id, steps=6, seconds=DAY)
    assert waiting.state is S.PAID
    assert not waiting.payment_is_undecided


def test_a_paid_order_of_which_ovh_does_not_tell_for_days_is_told_once_and_stays_paid(rules):
    cart = rules.paid()
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, status=OrderStatus.UNKNOWN)
    late = rules.settle(cart.id, steps=6, seconds=DAY)
    assert f"Order {cart.order.id} was paid more than 3 days ago, and OVH does not tell how it stands." in late.note
    with rules.store.read() as carts:
        told = len(carts.events(cart.id))
    rules.settle(cart.id, steps=6, seconds=DAY)
    with rules.store.read() as carts:
        assert len(carts.events(cart.id)) == told


def test_an_unexpected_state_is_told_once_and_ends_for_a_person(rules):
    """A delivered name that OVH shows in a state of its own is told in OVH's word, and never waits in silence."""
    cart = rules.paid()
    rules.registrar.deliver()
    rules.registrar.odd = "dispute"
    told = rules.settle(cart.id, steps=4)
    assert (told.state, told.note) == (S.PAID, "OVH shows name.ovh as “dispute”. The desk keeps looking.")
    assert notes_of(rules, cart.id).count(told.note) == 1
    late = rules.settle(cart.id, steps=4, seconds=DAY)
    assert late.state is S.NEEDS_ATTENTION
    assert "OVH shows name.ovh as “dispute”. Open the order at OVH" in late.note
    rules.settle(cart.id, steps=4, seconds=DAY)
    assert notes_of(rules, cart.id).count(late.note) == 1
    rules.registrar.odd = "technical_suspended"
    assert "as “technical_suspended”" in rules.settle(cart.id, steps=4, seconds=DAY).note
    rules.registrar.odd = None
    assert rules.settle(cart.id, steps=4, seconds=DAY).state is S.DELIVERED


def notes_of(rules, cart_id):
    with rules.store.read() as carts:
        return [event.note for event in carts.events(cart_id)]
