"""In the trial nothing is ordered or paid, and what was requested or decided in it never is, whatever comes later."""

from dataclasses import replace

import pytest

from ordering.model.cart import CartState as S
from ordering.model.errors import NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind as K
from ordering.model.seal import seal
from ordering.process.trial import not_in_trial
from tests.builders import POLICY, a_line, a_quote
from tests.ordering.test_foreign_orders import an_order, elsewhere

TRIAL = replace(POLICY, trial=True)


@pytest.fixture
def in_trial(rules):
    """The rules of a bot in the trial, whose key may neither order nor pay."""
    rules.restart(TRIAL)
    rules.registrar.rights_missing |= {"POST /order/cart/*/checkout", "POST /me/order/*/pay"}
    return rules


def nothing_is_bought(rules) -> bool:
    return not rules.registrar.orders and not rules.registrar.payments and not rules.registrar.left_markers


def test_a_trial_ends_where_the_order_would_be_made(in_trial):
    """The approved request ends with what would be ordered now, and the cart built for it is deleted at OVH."""
    done = in_trial.run_worker(in_trial.approved().id)
    assert (done.state, done.fact.kind) == (S.CANCELLED, K.TRIAL_ENDED)
    assert done.fact.data == {"total": {"amount": "3.59", "currency": "EUR"}}
    assert set(in_trial.registrar.carts) <= in_trial.registrar.discarded
    assert nothing_is_bought(in_trial)


@pytest.mark.parametrize("moment", ["requested", "approved"])
def test_the_end_of_the_trial_orders_nothing_of_it(in_trial, moment):
    """A request keeps in its seal that it was made in the trial."""
    cart = in_trial.requested() if moment == "requested" else in_trial.approved()
    in_trial.registrar.rights_missing.clear()
    in_trial.restart(POLICY)
    if moment == "requested":
        in_trial.workflow.approvals.approve(cart.id, approver=in_trial.cleo, mark=cart.request_mark)
    done = in_trial.run_worker(cart.id)
    assert (done.state, done.is_trial) == (S.CANCELLED, True)
    assert nothing_is_bought(in_trial)


def test_changed_terms_of_a_trial_stay_in_the_trial(in_trial):
    """After the trial the approvers decide again about other terms, and nothing is ordered either."""
    cart = in_trial.approved()
    in_trial.registrar.quote = a_quote("9.99", "1.67")
    in_trial.restart(POLICY)
    asked = in_trial.run_worker(cart.id)
    assert (asked.state, asked.is_trial) == (S.SUBMITTED, True)
    in_trial.workflow.approvals.approve(cart.id, approver=in_trial.cleo, mark=asked.request_mark)
    assert in_trial.run_worker(cart.id).fact.kind is K.TRIAL_ENDED
    assert nothing_is_bought(in_trial)


def test_an_order_elsewhere_stops_a_trial_like_an_order(in_trial):
    """A trial shows what would have stopped the order; ordered anyway, it still ends as a trial."""
    cart = in_trial.approved()
    elsewhere(in_trial, an_order(900, "name.ovh"))
    assert in_trial.run_worker(cart.id).state is S.NEEDS_ATTENTION
    in_trial.workflow.recovery.order_anyway(cart.id, by=in_trial.cleo, mark=in_trial.mark(cart.id))
    assert in_trial.run_worker(cart.id).fact.kind is K.TRIAL_ENDED
    assert not in_trial.registrar.orders


@pytest.mark.parametrize("policy", [POLICY, TRIAL], ids=["before the trial", "in the trial"])
def test_a_returned_request_is_requested_again_in_the_trial(rules, policy):
    """It has no terms that could be ordered: those of the new request are of the trial."""
    rules.restart(policy)
    cart = rules.requested()
    rules.workflow.approvals.ask_for_changes(cart.id, approver=rules.cleo, reason="Why?", mark=cart.request_mark)
    rules.restart(TRIAL)
    mark = rules.mark(cart.id)
    again = rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="A reason", mark=mark)
    assert (again.state, again.is_trial) == (S.SUBMITTED, True)


def test_nobody_approves_a_request_of_before_the_trial(rules):
    """An approval given in the trial would be carried out after it."""
    cart = rules.requested()
    rules.restart(TRIAL)
    with pytest.raises(NotPossible) as refused:
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    assert refused.value.code == "trial_is_on"
    rules.restart(POLICY)
    assert rules.run_worker(cart.id).state is S.SUBMITTED


def test_nobody_pays_an_order_of_before_the_trial(rules):
    """A payment decided in the trial would be sent after it."""
    cart = rules.ordered()
    rules.restart(TRIAL)
    with pytest.raises(NotPossible) as refused:
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    assert refused.value.code == "trial_is_on"
    assert rules.registrar.payments == []


@pytest.mark.parametrize("money", ["order", "payment"])
def test_a_decision_of_before_waits_until_the_trial_ends(rules, money):
    """It was no decision of the trial: the card says that it waits, and it goes on by itself."""
    if money == "order":
        cart = rules.approved()
    else:
        cart = rules.ordered()
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    before = rules.workflow.queries.cart(cart.id).state
    at_ovh = [len(each) for each in (rules.registrar.carts, rules.registrar.left_markers)]
    rules.restart(TRIAL)
    held = rules.run_worker(cart.id, steps=3)
    assert (held.state, held.blocked.code) == (before, "trial_is_on")
    assert [len(each) for each in (rules.registrar.carts, rules.registrar.left_markers)] == at_ovh
    assert len(rules.registrar.orders) == (0 if money == "order" else 1)
    assert rules.registrar.payments == []
    rules.restart(POLICY)
    assert rules.run_worker(cart.id).state is (S.CHECKED_OUT if money == "order" else S.PAID)


@pytest.mark.parametrize("money", ["order", "payment"])
def test_no_intent_is_committed_in_the_trial(rules, monkeypatch, money):
    """The last look before the call, whatever the steps before it let through."""
    monkeypatch.setattr("ordering.process.fulfilment.wait_for_end_of_trial", lambda *_: None)
    if money == "order":
        cart = rules.approved()
    else:
        cart = rules.ordered()
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    rules.restart(TRIAL)
    held = rules.run_worker(cart.id, steps=3)
    assert held.blocked.code == "trial_is_on"
    assert len(rules.registrar.orders) == (0 if money == "order" else 1)
    assert rules.registrar.payments == []


def test_no_intent_is_committed_for_a_request_of_a_trial(in_trial):
    """Also by a bot that is not in the trial."""
    cart = in_trial.approved()
    with in_trial.store.begin() as carts, pytest.raises(RegistrarUnavailable):
        not_in_trial(POLICY)(carts, cart)


def test_terms_of_a_trial_match_no_others():
    """A version that does not know the trial asks the approvers again, and orders nothing."""
    lines, quote = [a_line()], a_quote()
    real, trial = (seal(lines, quote, waive_retraction=True, trial=trial) for trial in (False, True))
    assert (real.is_trial, trial.is_trial) == (False, True)
    assert real.digest != trial.digest
    assert real.short != trial.short
