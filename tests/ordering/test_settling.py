"""A person says what became of an order that OVH neither confirms nor denies, and is believed only where it fits."""

import pytest

from ordering.cart import CartState
from ordering.errors import NotAllowed, NotPossible
from tests.builders import euros

S = CartState


def test_a_person_says_which_order_it_is_and_only_one_that_fits_is_believed(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.settle(cart.id, steps=10)
    (order_id,) = rules.registrar.orders
    with pytest.raises(NotAllowed):
        rules.workflow.adopt(cart.id, order_id, by=rules.ben)
    with pytest.raises(NotPossible, match="is not this cart's"):
        rules.workflow.adopt(cart.id, order_id + 1, by=rules.dan)
    found = rules.workflow.adopt(cart.id, order_id, by=rules.dan)
    assert (found.state, found.order.id) == (S.CHECKED_OUT, order_id)
    assert rules.settle(cart.id).order.methods
    with pytest.raises(NotPossible):
        rules.workflow.nothing_ordered(cart.id, by=rules.dan)


def test_a_dearer_order_that_a_person_names_is_kept_but_never_offered_for_payment(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.registrar.order_total = euros("9.99")
    rules.settle(cart.id, steps=10)
    (order_id,) = rules.registrar.orders
    found = rules.workflow.adopt(cart.id, order_id, by=rules.dan)
    assert (found.state, found.order.id) == (S.NEEDS_ATTENTION, order_id)
    assert "the desk will not pay it" in found.note
    with pytest.raises(NotPossible):
        rules.workflow.nothing_ordered(cart.id, by=rules.dan)


@pytest.mark.parametrize(("candidates", "closed"), [((7,), False), ((), True)])
def test_nothing_is_ordered_again_while_an_order_may_still_show(rules, candidates, closed):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.registrar.candidates, rules.registrar.closed = candidates, closed
    rules.settle(cart.id, steps=10)
    with pytest.raises(NotPossible):
        rules.workflow.nothing_ordered(cart.id, by=rules.dan)
    rules.clock.pass_by(86_400)
    assert rules.workflow.nothing_ordered(cart.id, by=rules.dan).state is S.APPROVED


def test_nothing_is_ordered_anew_while_an_order_may_be_ours(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    rules.advance(cart.id)
    # The old cart can be deleted, but then an order is seen that does not show its names yet.
    delete = rules.registrar.discard

    def discard(registrar_cart: str) -> bool:
        rules.registrar.undecided, rules.registrar.candidates = True, (7,)
        return bool(delete(registrar_cart))

    rules.registrar.discard = discard
    after = rules.settle(cart.id, steps=10)
    assert after.state is S.NEEDS_ATTENTION
    assert after.attempt.number == 1


def test_an_order_of_another_cart_is_not_adopted(rules):
    other = rules.ordered()
    cart = rules.approved("second.ovh", "C2")
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.settle(cart.id, steps=10)
    with pytest.raises(NotPossible, match="belongs to another cart"):
        rules.workflow.adopt(cart.id, other.order.id, by=rules.dan)


def test_a_person_says_that_nothing_was_ordered_and_it_is_ordered_once(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.settle(cart.id, steps=10)
    assert rules.workflow.nothing_ordered(cart.id, by=rules.dan).state is S.APPROVED
    assert rules.settle(cart.id, steps=10).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_person_who_errs_about_nothing_being_ordered_buys_nothing_twice(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.settle(cart.id, steps=10)
    rules.registrar.undecided = False
    with pytest.raises(NotPossible, match="has these names"):
        rules.workflow.nothing_ordered(cart.id, by=rules.dan)
    assert rules.workflow.cart(cart.id).state is S.NEEDS_ATTENTION
    assert len(rules.registrar.orders) == 1


def test_a_first_try_that_could_still_come_through_bars_another(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.settle(cart.id, steps=10)
    rules.registrar.undecided, rules.registrar.undeletable = False, True
    with pytest.raises(NotPossible, match="OVH still holds the first try"):
        rules.workflow.nothing_ordered(cart.id, by=rules.dan)
    assert rules.workflow.cart(cart.id).state is S.NEEDS_ATTENTION
