"""Who is asked about a payment, when, and what becomes of what they say: only OVH makes an order paid."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotAllowed, NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind
from ordering.model.sales_order import OrderStatus, PaymentProgress, PaymentReconciliation
from tests.builders import SILENT, advanced, failing
from tests.ordering.paying import (
    DAY,
    HOURS,
    MINUTES,
    REFUSED,
    TAKEN,
    UNDER_WAY,
    after,
    asked,
    pays,
    pays_again,
    takes_on,
)

S = CartState


def show(rules, order_id, **changes):
    """OVH shows the order otherwise from now on."""
    rules.registrar.orders[order_id] = replace(rules.registrar.orders[order_id], **changes)


def processing(rules, cart_id):
    """What the payer learned about a payment that is under way."""
    events = rules.workflow.queries.timeline(cart_id, by=rules.dan)[1]
    return [event.data["evidence"] for event in events if event.kind is EventKind.PAYMENT_PROCESSING]


# When a user is asked


def test_asks_a_person_after_the_settling_time(rules):
    """A minute in which OVH shows nothing, not fifteen: a user may see at the bank what became of it."""
    cart = pays(rules, "lost_before")
    assert rules.run_worker(cart.id, steps=5, seconds=10).state is S.PAYING
    cart = rules.run_worker(cart.id, steps=3, seconds=10)
    assert cart.payment_is_undecided
    assert (cart.payment.method, cart.payment.by) == (1, "U0DAN")


def test_a_hidden_accepted_payment_is_asked_about_later(rules, monkeypatch):
    """OVH took it on, so it is given ten settling times."""
    sent = takes_on(rules, monkeypatch)
    cart = pays(rules)
    assert after(rules, cart.id, 9 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).payment_is_undecided
    with pytest.raises(NotPossible):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
    assert sent == [1]


def test_what_the_order_shows_as_under_way_is_told_and_not_asked(rules, monkeypatch):
    """The payer hears of it after an hour, and then daily."""
    takes_on(rules, monkeypatch)
    cart = pays(rules)
    rules.registrar.reconciliation = UNDER_WAY
    assert after(rules, cart.id, 55 * MINUTES).payment.notified_at_ovh is not None
    assert processing(rules, cart.id) == []
    for wait, many in ((10 * MINUTES, 1), (20 * HOURS, 1), (5 * HOURS, 2), (DAY, 3)):
        assert after(rules, cart.id, wait).state is S.PAYING
        assert processing(rules, cart.id) == [UNDER_WAY.seen] * many


def test_a_payment_under_way_needs_no_answer(rules):
    """OVH shows it as begun after all."""
    cart = asked(rules)
    rules.registrar.reconciliation = UNDER_WAY
    assert after(rules, cart.id, 2 * MINUTES).state is S.PAYING


@pytest.mark.parametrize(("error", "minutes"), SILENT)
def test_a_payment_that_cannot_be_read_is_for_a_person(rules, monkeypatch, error, minutes):
    """OVH does not say how it stands."""
    cart = pays(rules, "lost_before")
    monkeypatch.setattr(rules.registrar, "payment", failing(error))
    assert advanced(rules, cart.id, minutes - 10).state is S.PAYING
    cart = advanced(rules, cart.id, 20)
    assert cart.payment_is_undecided
    assert (cart.fact.kind, cart.fact.data["error"]) == (EventKind.PAYMENT_UNKNOWN, error.code)
    assert (cart.fact.data["order"], cart.fact.data["method_name"]) == (cart.order.id, "VISA")


# What is said


def test_it_was_not_paid_takes_effect_when_the_floor_is_over(rules):
    """It is taken at once, with the name, and nobody can pay before the floor's end."""
    cart = asked(rules)
    with pytest.raises(NotAllowed):
        rules.workflow.recovery.not_paid(cart.id, by=rules.ben, mark=cart.mark)
    said = rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    assert (said.state, said.payment.statement.by, said.payment.is_denied) == (S.PAYING, "U0DAN", True)
    end = cart.payment.waits_until_ovh
    assert after(rules, cart.id, end - timedelta(seconds=1) - rules.clock.now).state is S.PAYING
    again = after(rules, cart.id, timedelta(seconds=3))
    assert (again.state, again.payment, again.order.id) == (S.CHECKED_OUT, None, cart.order.id)
    assert pays_again(rules, cart.id, method=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, 2)]


def test_it_was_not_paid_after_the_floor_takes_effect_at_once(rules):
    """Nobody waits once more."""
    cart = after(rules, asked(rules).id, 40 * MINUTES)
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    assert rules.run_worker(cart.id, steps=2, seconds=1).state is S.CHECKED_OUT


def test_it_was_not_paid_is_dropped_where_ovh_shows_the_payment(rules):
    """The message says so."""
    cart = asked(rules)
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    show(rules, cart.order.id, status=OrderStatus.CHECKING)
    cart = after(rules, cart.id, 2 * MINUTES)
    assert (cart.state, cart.fact.kind) == (S.PAID, EventKind.PAYMENT_RECEIVED)
    assert cart.fact.data["seen"] == "after_denial"


def test_it_was_paid_keeps_the_request_in_paying_for_a_day(rules):
    """Only OVH makes it paid, and nobody is asked again before."""
    cart = asked(rules)
    with pytest.raises(NotAllowed):
        rules.workflow.recovery.it_was_paid(cart.id, by=rules.ben, mark=cart.mark)
    assert rules.workflow.recovery.it_was_paid(cart.id, by=rules.dan, mark=cart.mark).state is S.PAYING
    assert after(rules, cart.id, DAY - 2 * MINUTES).state is S.PAYING
    again = after(rules, cart.id, 10 * MINUTES)
    assert again.payment_is_undecided
    assert again.mark != cart.mark
    show(rules, cart.order.id, status=OrderStatus.CHECKING)
    assert after(rules, cart.id, 10 * MINUTES).state is S.PAID


@pytest.mark.parametrize("fault", ["lost_before", "refused"])
@pytest.mark.parametrize("paid", [True, False])
def test_what_was_said_never_makes_an_order_paid(rules, fault, paid):
    """A person errs, and no name is followed as bought."""
    cart = pays(rules, fault)
    if fault == "lost_before":
        cart = after(rules, cart.id, 2 * MINUTES)
        say = rules.workflow.recovery.it_was_paid if paid else rules.workflow.recovery.not_paid
        say(cart.id, by=rules.dan, mark=cart.mark)
    assert after(rules, cart.id, 2 * HOURS).state is not S.PAID


def test_a_refusal_that_ovh_shows_counts_whatever_was_said(rules, monkeypatch):
    """OVH took the call on, and one payment was begun and refused: that is proof."""
    takes_on(rules, monkeypatch)
    cart = after(rules, pays(rules).id, 12 * MINUTES)
    rules.workflow.recovery.it_was_paid(cart.id, by=rules.dan, mark=cart.mark)
    rules.registrar.reconciliation = REFUSED
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


@pytest.mark.parametrize("action", ["it_was_paid", "not_paid"])
def test_a_word_is_taken_while_ovh_cannot_be_asked(rules, monkeypatch, action):
    """It is a word, no proof: so nothing is read for it.

    What OVH's silence brings in the meantime makes no click stale.
    """
    cart = asked(rules)
    monkeypatch.setattr(rules.registrar, "payment", failing(RegistrarUnavailable()))
    assert rules.run_worker(cart.id).blocked
    assert getattr(rules.workflow.recovery, action)(cart.id, by=rules.dan, mark=cart.mark).state is S.PAYING


def test_a_click_about_an_earlier_payment_skips_the_next(rules):
    """Each question has its own mark."""
    first = asked(rules)
    rules.workflow.recovery.not_paid(first.id, by=rules.dan, mark=first.mark)
    after(rules, first.id, 20 * MINUTES)
    second = after(rules, pays_again(rules, first.id, "lost_before", method=2).id, 2 * MINUTES)
    assert second.payment_is_undecided
    for say in (rules.workflow.recovery.it_was_paid, rules.workflow.recovery.not_paid):
        for shown in (first.mark, ""):
            with pytest.raises(CardOutdated):
                say(second.id, by=rules.cleo, mark=shown)
    assert rules.mark(second.id) == second.mark


def test_a_payment_that_is_not_undecided_is_not_settled(rules):
    """There is no question to answer."""
    cart = rules.paid()
    for say in (rules.workflow.recovery.it_was_paid, rules.workflow.recovery.not_paid):
        with pytest.raises(NotPossible):
            say(cart.id, by=rules.dan, mark=rules.mark(cart.id))


# The order ends in the meantime


def test_a_cancelled_order_with_a_transaction_is_for_support(rules):
    """Money may have been taken for it."""
    cart = asked(rules)
    rules.registrar.reconciliation = TAKEN
    show(rules, cart.order.id, status=OrderStatus.CANCELLED)
    cart = after(rules, cart.id, 2 * MINUTES)
    assert cart.state is S.NEEDS_ATTENTION
    assert cart.fact.kind is EventKind.ORDER_CANCELLED_AFTER_PAYMENT
    assert (cart.fact.data["while_paying"], cart.fact.data["evidence"]) == (True, TAKEN.seen)
    assert rules.workflow.recovery.give_up(cart.id, by=rules.dan, mark=rules.mark(cart.id)).state is S.CANCELLED


@pytest.mark.parametrize(("accepted", "state"), [(True, S.NEEDS_ATTENTION), (False, S.CANCELLED)])
def test_an_order_that_ovh_cancels_under_a_payment_ends(rules, monkeypatch, accepted, state):
    """One that OVH took on may have been taken."""
    if accepted:
        takes_on(rules, monkeypatch)
    cart = pays(rules, None if accepted else "lost_before")
    rules.registrar.reconciliation = PaymentReconciliation(
        PaymentProgress.CANCELLED, {"seen": "order_cancelled", "order": cart.order.id}
    )
    assert after(rules, cart.id, 2 * MINUTES).state is state


# Before the first payment


def questioned(rules):
    """A click on Pay, while a transaction may have paid the order already."""
    cart = rules.ordered()
    rules.registrar.earlier = TAKEN
    return pays_again(rules, cart.id)


def test_money_that_may_have_paid_the_order_is_asked_about_first(rules):
    """Nothing is sent before a user answers."""
    cart = questioned(rules)
    assert cart.payment_is_undecided
    assert (cart.payment.sent_at, rules.registrar.payments) == (None, [])
    assert (cart.fact.kind, cart.fact.data["evidence"]) == (EventKind.PAYMENT_QUESTIONED, TAKEN.seen)
    assert after(rules, cart.id, 3 * DAY).state is S.NEEDS_ATTENTION
    assert rules.registrar.payments == []


def test_it_was_not_paid_before_the_first_payment_sends_it(rules):
    """The transactions that were shown are not this order's, and a later one is asked about again."""
    cart = questioned(rules)
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    rules.registrar.earlier = replace(TAKEN, unexplained=2)
    again = after(rules, cart.id, MINUTES)
    assert (again.payment_is_undecided, again.payment.unexplained) == (True, 2)
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=again.mark)
    assert after(rules, cart.id, MINUTES).state is S.PAID
    assert len(rules.registrar.payments) == 1


def test_it_was_paid_before_the_first_payment_sends_nothing(rules):
    """OVH must show it; after a day a user is asked again."""
    cart = questioned(rules)
    rules.workflow.recovery.it_was_paid(cart.id, by=rules.dan, mark=cart.mark)
    assert after(rules, cart.id, 20 * HOURS).state is S.PAYING
    assert after(rules, cart.id, 5 * HOURS).payment_is_undecided
    show(rules, cart.order.id, status=OrderStatus.CHECKING)
    assert after(rules, cart.id, 10 * MINUTES).state is S.PAID
    assert rules.registrar.payments == []


@pytest.mark.parametrize("who", ["cleo", "ada"])
def test_only_a_payer_answers_before_the_first_payment(rules, who):
    """A payment follows from the answer."""
    cart = questioned(rules)
    for say in (rules.workflow.recovery.it_was_paid, rules.workflow.recovery.not_paid):
        with pytest.raises(NotAllowed):
            say(cart.id, by=getattr(rules, who), mark=cart.mark)


@pytest.mark.parametrize("allowed", [True, False])
def test_the_requester_answers_only_with_self_approval(rules, allowed):
    """Else a requester could have the own order paid twice."""
    payers = frozenset({"U0ADA", "U0DAN"})
    cart = questioned(rules)
    rules.restart(replace(rules.policy, payers=payers, self_approval=allowed))
    if allowed:
        assert rules.workflow.recovery.not_paid(cart.id, by=rules.ada, mark=cart.mark).state is S.PAYING
    else:
        with pytest.raises(NotAllowed):
            rules.workflow.recovery.not_paid(cart.id, by=rules.ada, mark=cart.mark)
