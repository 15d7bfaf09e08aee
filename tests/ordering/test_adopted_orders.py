"""An adopted order whose owner OVH does not show cannot be paid until it shows, or the floor is over."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.cart_phases import Ordered
from ordering.model.errors import NotPossible
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.sales_order import Payment
from ordering.process.adoption import owner_is_shown
from tests.refusing import refuses

S = CartState
OTHER_OWNER: Data = {"name": "name.ovh", "term": "owner", "label": "OWNER_CONTACT"}
OTHER_YEARS: Data = {"name": "name.ovh", "term": "duration", "shown": ["P2Y"], "approved": "P1Y"}


@pytest.fixture
def held(rules):
    """A cart whose answer was lost; its order was found, and its owner does not show."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.owner_hidden = "lost_after", True
    cart = rules.run_worker(cart.id, steps=2)
    assert (cart.state, cart.order.owner_hidden) == (S.CHECKED_OUT, True)
    assert (cart.fact.kind, cart.fact.data["owner_hidden"]) == (EventKind.ORDER_FOUND, True)
    return cart


def pay(rules, cart):
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))


def test_pay_waits_for_the_owner(rules, held):
    """The card offers no way to pay, and a click is refused with the reason."""
    assert rules.workflow.queries.cart(held.id).order.methods == ()
    with refuses("owner_not_shown", NotPossible) as refused:
        pay(rules, held)
    assert refused.value.data == {"error": "owner_not_shown", "cart": held.id, "order": held.order.id}
    rules.registrar.owner_hidden = False
    assert rules.run_worker(held.id).order.methods
    assert pay(rules, held).state is S.PAYING


def test_pay_is_offered_after_the_floor(rules, held):
    """OVH may never show an owner: nobody waits for that longer than a quarter of an hour."""
    assert rules.run_worker(held.id, steps=25).order.owner_hidden
    after = rules.run_worker(held.id, steps=15)
    assert (after.order.owner_hidden, bool(after.order.methods), after.fact) == (False, True, None)


def test_another_owner_shows_after_the_adoption(rules, held):
    """It was another user's order: nobody pays it from here."""
    rules.registrar.differs = OTHER_OWNER
    after = rules.run_worker(held.id, steps=4)
    evidence = {"seen": "order_differs", "order": held.order.id, "different": [OTHER_OWNER]}
    terms = Fact(EventKind.ORDER_TERMS_DIFFER, {"order": held.order.id, "evidence": evidence})
    assert (after.state, after.fact) == (S.NEEDS_ATTENTION, terms)
    with pytest.raises(NotPossible):
        pay(rules, held)
    assert rules.registrar.payments == []


def test_an_intent_to_pay_is_stopped(rules, held):
    """The intent itself is refused, too, however the decision came about."""
    payment = Payment(1, "U0DAN", rules.clock())
    intent = Ordered.of(held).pay(payment, at=rules.clock())
    with rules.store.begin() as carts:
        instead = owner_is_shown(carts, intent)
    assert instead is not None
    assert (instead.cart.state, instead.cart.payment) == (S.CHECKED_OUT, None)
    assert instead.kind is EventKind.PAYMENT_NOT_SENT
    assert instead.data == {"order": held.order.id, "error": "owner_not_shown"}


def test_a_held_order_that_was_paid_elsewhere(rules, held):
    """Paid on OVH's page, it goes on as any other."""
    rules.registrar.pay(held.order.id, 1, not_after=rules.clock())
    assert rules.run_worker(held.id).state is S.PAID


def test_a_held_order_that_ovh_cancels(rules, held):
    """It ends as any other."""
    rules.registrar.cancel(held.order.id)
    assert rules.run_worker(held.id).state is S.CANCELLED


def test_an_adopted_order_keeps_its_date(rules):
    """By OVH's clock, through every later reading of the order."""
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    found = rules.run_worker(cart.id, steps=8)
    assert found.order.adopted_at is not None
    assert found.order.methods


def test_a_person_adopts_an_order_without_owner(rules):
    """The word of a person does not show the owner, either."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.run_worker(cart.id, steps=10)
    rules.registrar.owner_hidden = True
    (order_id,) = rules.registrar.orders
    found = rules.workflow.recovery.adopt(cart.id, order_id, by=rules.dan, mark=rules.mark(cart.id))
    assert (found.state, found.order.owner_hidden) == (S.CHECKED_OUT, True)


def test_a_person_adopts_an_order_with_other_terms(rules):
    """Refused, with what is different."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    rules.run_worker(cart.id, steps=10)
    rules.registrar.differs = OTHER_YEARS
    (order_id,) = rules.registrar.orders
    with refuses("order_terms_differ", NotPossible) as refused:
        rules.workflow.recovery.adopt(cart.id, order_id, by=rules.dan, mark=rules.mark(cart.id))
    evidence = {"seen": "order_differs", "order": order_id, "different": [OTHER_YEARS]}
    assert refused.value.params == {"cart": cart.id, "order": order_id, "evidence": evidence}


def test_an_order_from_before_the_try_is_not_adopted(rules):
    """A person learns when it was made, and when the try began."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    tried = rules.run_worker(cart.id, steps=10).attempt.started_at
    rules.registrar.made_at = tried - timedelta(seconds=60)
    (order_id,) = rules.registrar.orders
    with refuses("order_from_before", NotPossible) as refused:
        rules.workflow.recovery.adopt(cart.id, order_id, by=rules.dan, mark=rules.mark(cart.id))
    moments = {"made_at": rules.registrar.made_at.isoformat(), "tried_at": tried.isoformat()}
    assert refused.value.params == {"cart": cart.id, "order": order_id, **moments}
