"""Stop takes a decision back until its intent is on disk; the same decision again is no error."""

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.facts import EventKind, Fact
from ordering.model.policy import Membership, Person
from tests.refusing import refuses

S = CartState


@pytest.mark.parametrize("who", ["U0CLEO", "U0DAN", "U0ADA"])
def test_approvers_payers_and_the_requester_stop_an_order(rules, who):
    """Each of them stops an approved cart: nothing is ordered, and the names are free again."""
    cart = rules.approved()
    stopped = rules.workflow.approvals.stop(cart.id, by=Person(who))
    assert (stopped.state, stopped.fact) == (S.CANCELLED, Fact(EventKind.ORDER_STOPPED))
    assert rules.run_worker(cart.id).state is S.CANCELLED
    assert rules.registrar.orders == {}
    assert rules.workflow.queries.timeline(cart.id, by=rules.ada)[1][-1].by == who


@pytest.mark.parametrize("who", ["U0CLEO", "U0DAN", "U0ADA"])
def test_a_payment_is_stopped_until_its_intent(rules, who):
    """A stopped payment is not sent; the same order can be paid by a new click."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)
    stopped = rules.workflow.approvals.stop(cart.id, by=Person(who))
    assert (stopped.state, stopped.payment) == (S.CHECKED_OUT, None)
    assert stopped.fact == Fact(EventKind.PAYMENT_STOPPED)
    rules.run_worker(cart.id)
    assert rules.registrar.payments == []
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id).state is S.PAID
    assert len(rules.registrar.payments) == 1


@pytest.mark.parametrize("who", [Person("U0BEN"), Person("U0ADA", Membership.GUEST), Person("U0DAN", Membership.BOT)])
def test_nobody_else_stops(rules, who):
    """A colleague without a role, a guest and an app stop nothing."""
    cart = rules.approved()
    with pytest.raises(NotAllowed):
        rules.workflow.approvals.stop(cart.id, by=who)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_stopping_again_is_no_error(rules):
    """The second click reads as success, and changes nothing."""
    cart = rules.approved()
    stopped = rules.workflow.approvals.stop(cart.id, by=rules.cleo)
    assert rules.workflow.approvals.stop(cart.id, by=rules.cleo) == stopped


def test_stop_during_the_checkout_wins_or_loses_whole(rules, monkeypatch):
    """Stopped while OVH's cart is built: the intent finds another version, and the cart at OVH is discarded."""
    cart = rules.approved()
    prepare = rules.registrar.prepare

    def meanwhile(*args, **more):
        rules.workflow.approvals.stop(cart.id, by=rules.cleo)
        return prepare(*args, **more)

    monkeypatch.setattr(rules.registrar, "prepare", meanwhile)
    with pytest.raises(NotPossible):
        rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CANCELLED
    assert rules.registrar.orders == {}
    assert set(rules.registrar.carts) == rules.registrar.discarded


def test_stop_during_the_look_before_a_payment(rules, monkeypatch):
    """Stopped while OVH is asked for earlier payments: nothing is sent."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)
    look = rules.registrar.earlier_payment

    def meanwhile(*args, **more):
        rules.workflow.approvals.stop(cart.id, by=rules.cleo)
        return look(*args, **more)

    monkeypatch.setattr(rules.registrar, "earlier_payment", meanwhile)
    with pytest.raises(NotPossible):
        rules.fulfilment.advance(cart.id)
    assert rules.registrar.payments == []
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT


def test_too_late_to_stop_says_what_was_sent(rules):
    """After the intent the person reads that the order was sent, and what that means."""
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    with refuses("too_late_to_stop", NotPossible, cart=1, state="checking_out"):
        rules.workflow.approvals.stop(cart.id, by=rules.cleo)
    ordered = rules.run_worker(cart.id)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=ordered.mark)
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    with refuses("too_late_to_stop", NotPossible, cart=1, state="paying"):
        rules.workflow.approvals.stop(cart.id, by=rules.dan)
    assert rules.run_worker(cart.id).state is S.PAID


def test_the_same_decision_again_changes_nothing(rules):
    """Approve, Pay, Reject, Withdraw and Request approval, each once more by the same person."""
    cart = rules.requested()
    assert rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose=" For the launch ") == cart
    approved = rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    assert rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark) == approved
    other = rules.requested("other.ovh", "C2")
    withdrawn = rules.workflow.approval_requests.withdraw(other.id, by=rules.ada)
    assert rules.workflow.approval_requests.withdraw(other.id, by=rules.ada) == withdrawn
    third = rules.requested("third.ovh", "C3")
    rejected = rules.workflow.approvals.reject(third.id, approver=rules.cleo, reason="no")
    assert rules.workflow.approvals.reject(third.id, approver=rules.cleo, reason="no again") == rejected
    with pytest.raises(NotPossible):
        rules.workflow.approvals.reject(third.id, approver=rules.dan, reason="me too")
