"""A person says what became of an order that OVH neither confirms nor denies, and is believed only where it fits."""

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotAllowed, NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind, amount
from tests.builders import LATER, euros, failing
from tests.refusing import refuses

S = CartState


def test_only_an_order_that_fits_is_adopted(rules):
    """A person says which order it is and only one that fits is believed."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.run_worker(cart.id, steps=10)
    (order_id,) = rules.registrar.orders
    with pytest.raises(NotAllowed):
        rules.workflow.recovery.adopt(cart.id, order_id, by=rules.ben, mark=rules.mark(cart.id))
    with refuses("not_this_carts_order", NotPossible):
        rules.workflow.recovery.adopt(cart.id, order_id + 1, by=rules.dan, mark=rules.mark(cart.id))
    found = rules.workflow.recovery.adopt(cart.id, order_id, by=rules.dan, mark=rules.mark(cart.id))
    assert (found.state, found.order.id) == (S.CHECKED_OUT, order_id)
    assert rules.run_worker(cart.id).order.methods
    with pytest.raises(NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))


def test_a_dearer_adopted_order_is_not_offered_for_payment(rules):
    """A dearer order that a person names is kept but never offered for payment."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.registrar.order_total = euros("9.99")
    rules.run_worker(cart.id, steps=10)
    (order_id,) = rules.registrar.orders
    found = rules.workflow.recovery.adopt(cart.id, order_id, by=rules.dan, mark=rules.mark(cart.id))
    assert (found.state, found.order.id) == (S.NEEDS_ATTENTION, order_id)
    assert (found.fact.kind, found.fact.data["payable"]) == (EventKind.ORDER_ADOPTED, False)
    assert found.fact.data["approved"] == amount(euros("3.59"))
    assert found.fact.data["ovh"] == {"total": amount(euros("9.99"))}
    with pytest.raises(NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))


@pytest.mark.parametrize(("candidates", "closed"), [((7,), False), ((), True)])
def test_nothing_is_ordered_again_while_an_order_may_still_show(rules, candidates, closed):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.registrar.candidates, rules.registrar.closed = candidates, closed
    rules.run_worker(cart.id, steps=10)
    with pytest.raises(NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    rules.clock.pass_by(86_000)
    with pytest.raises(NotPossible):  # names show within minutes mostly, and sometimes only hours later
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    rules.clock.pass_by(400)
    said = rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert said.attempt.denied_by == rules.dan.id
    rules.run_worker(cart.id, steps=60)
    assert any(event.state is S.APPROVED and event.by is None for event in events_of(rules, cart.id))


def test_nothing_is_ordered_again_while_an_order_may_be_ours(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    rules.advance(cart.id)
    # The old cart can be deleted, but then an order is seen that does not show its names yet.
    delete = rules.registrar.discard

    def discard(registrar_cart: str) -> bool:
        rules.registrar.undecided, rules.registrar.candidates = True, (7,)
        return bool(delete(registrar_cart))

    rules.registrar.discard = discard
    after = rules.run_worker(cart.id, steps=10)
    assert after.state is S.NEEDS_ATTENTION
    assert after.attempt.number == 1


def test_an_order_of_another_cart_is_not_adopted(rules):
    other = rules.ordered()
    cart = rules.approved("second.ovh", "C2")
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.run_worker(cart.id, steps=10)
    with refuses("not_this_carts_order", NotPossible):
        rules.workflow.recovery.adopt(cart.id, other.order.id, by=rules.dan, mark=rules.mark(cart.id))


def test_nothing_ordered_leads_to_one_order(rules):
    """A person says that nothing was ordered and it is ordered once."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.run_worker(cart.id, steps=10)
    said = rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert (said.state, said.attempt.denied_by) == (S.NEEDS_ATTENTION, rules.dan.id)
    rules.registrar.undecided = False
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_wrong_nothing_ordered_buys_nothing_twice(rules):
    """A person who errs about nothing being ordered buys nothing twice."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.run_worker(cart.id, steps=10)
    rules.registrar.undecided = False
    with refuses("order_found", NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert rules.workflow.queries.cart(cart.id).state is S.NEEDS_ATTENTION
    assert len(rules.registrar.orders) == 1


def test_a_first_try_that_could_still_come_through_bars_another(rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.run_worker(cart.id, steps=10)
    rules.registrar.undecided, rules.registrar.undeletable = False, True
    with refuses("first_attempt_still_held", NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert rules.workflow.queries.cart(cart.id).state is S.NEEDS_ATTENTION


def test_an_attempt_that_succeeds_late_bars_another(rules, monkeypatch):
    """A first try that comes through while its cart is discarded bars another."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    cart = rules.run_worker(cart.id, steps=10)
    rules.registrar.undecided = False

    def too_late(registrar_cart: str) -> bool:
        rules.registrar.check_out(registrar_cart, waive_retraction=True, not_after=LATER)
        return True

    monkeypatch.setattr(rules.registrar, "discard", too_late)
    with refuses("order_found", NotPossible):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=cart.mark)
    assert rules.workflow.queries.cart(cart.id).state is S.NEEDS_ATTENTION
    assert len(rules.registrar.orders) == 1


def events_of(rules, cart_id):
    """What happened to a cart."""
    return rules.workflow.queries.timeline(cart_id, by=rules.dan)[1]


def undecided(rules, fault):
    """A cart whose checkout got lost, and OVH neither shows nor denies an order."""
    rules.registrar.next_fault, rules.registrar.undecided = fault, True
    (cart_id,) = (cart.id for cart in rules.workflow.queries.pending(by=rules.dan))
    cart = rules.run_worker(cart_id, steps=10)
    assert cart.is_undecided
    return cart


def test_a_click_about_the_first_attempt_skips_the_second(rules):
    """A click about the first try says nothing about the second."""
    rules.approved()
    first = undecided(rules, "lost_before")
    rules.workflow.recovery.nothing_ordered(first.id, by=rules.cleo, mark=first.mark)
    rules.registrar.next_fault = "lost_after"
    second = rules.run_worker(first.id, steps=60)
    assert (second.is_undecided, second.attempt.number) == (True, 2)
    (order_id,) = rules.registrar.orders
    for shown in (first.mark, ""):
        for late in (
            lambda shown: rules.workflow.recovery.nothing_ordered(second.id, by=rules.dan, mark=shown),
            lambda shown: rules.workflow.recovery.may_recover(second.id, by=rules.dan, mark=shown),
            lambda shown: rules.workflow.recovery.adopt(second.id, order_id, by=rules.dan, mark=shown),
        ):
            with refuses("card_outdated", CardOutdated):
                late(shown)
    assert rules.run_worker(second.id).mark == second.mark
    assert len(rules.registrar.orders) == 1


def test_a_blocked_reason_makes_no_click_stale(rules, monkeypatch):
    """A blocked reason that comes in the meantime makes no click about a try stale."""
    rules.approved()
    cart = undecided(rules, "lost_before")
    monkeypatch.setattr(rules.registrar, "find_order", failing(RegistrarUnavailable()))
    assert rules.run_worker(cart.id).blocked
    monkeypatch.undo()
    assert (
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=cart.mark).attempt.denied_by == rules.dan.id
    )


def test_a_click_about_an_earlier_refusal_does_nothing(rules):
    """A click about an earlier refusal neither tries again nor closes."""
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    first = rules.run_worker(cart.id)
    rules.workflow.recovery.try_again(cart.id, by=rules.cleo, mark=first.mark)
    second = rules.run_worker(cart.id)
    assert (first.state, second.state) == (S.NEEDS_ATTENTION, S.NEEDS_ATTENTION)
    for late in (rules.workflow.recovery.try_again, rules.workflow.recovery.give_up):
        for shown in (first.mark, ""):
            with pytest.raises(CardOutdated):
                late(cart.id, by=rules.dan, mark=shown)
    assert rules.workflow.recovery.give_up(cart.id, by=rules.dan, mark=second.mark).state is S.CANCELLED
