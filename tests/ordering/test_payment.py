"""An order is paid once, whatever gets lost, and never is there a second order to cure a payment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotAllowed, NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind, Fact, amount
from ordering.model.sales_order import OrderStatus, PaymentMethod, PaymentProgress, PaymentReconciliation
from ordering.process.reminder import remind_at
from tests.builders import NOW, a_quote, euros, failing
from tests.ordering.paying import BOOKED, REFUSED, of_transaction, takes_on
from tests.refusing import refuses

S, INVOICE = CartState, EventKind.INVOICE_RECEIVED
UNDECIDED = BOOKED


def test_payment_methods_are_read_again(rules, monkeypatch):
    cart = rules.ordered()
    assert cart.order.methods
    monkeypatch.setattr(rules.registrar, "payment_methods", lambda _: ())
    assert rules.run_worker(cart.id).order.methods == ()


def test_a_payment_on_ovhs_own_page_is_seen(rules):
    cart = rules.ordered()
    rules.registrar.pay(cart.order.id, 1, not_after=NOW)
    assert rules.run_worker(cart.id, steps=3).state is S.PAID


UNDER_WAY = PaymentReconciliation(PaymentProgress.UNDER_WAY, {"seen": "payment_begun", "order": 7})
CONFIRMING = PaymentReconciliation(
    PaymentProgress.UNDECIDED, of_transaction("transaction_booked", "confirming"), unfinished=True
)


@pytest.mark.parametrize("earlier", [UNDER_WAY, CONFIRMING])
def test_rejects_second_open_payment(rules, earlier):
    """No payment is sent while another of the order may still be taken."""
    cart = rules.ordered()
    rules.registrar.earlier = earlier
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.payment, rules.registrar.payments) == (S.CHECKED_OUT, None, [])
    assert (kept.fact.kind, kept.fact.data["reason"]) == (EventKind.PAYMENT_NOT_SENT, "payment_open")
    assert kept.fact.data["evidence"] == earlier.seen
    rules.registrar.earlier = None
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID


def test_an_earlier_payment_is_adopted_and_none_is_sent(rules):
    """An earlier payment that OVH received is adopted and none is sent."""
    cart = rules.ordered()
    rules.registrar.earlier = PaymentReconciliation(PaymentProgress.RECEIVED, {"seen": "payment_received", "order": 7})
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.PAID
    assert rules.registrar.payments == []


@pytest.mark.parametrize("earlier", [REFUSED, UNDECIDED])
def test_payments_of_other_orders_hinder_no_payment(rules, earlier):
    """What was refused or taken for another order hinders no payment."""
    cart = rules.ordered()
    rules.registrar.earlier = earlier
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID


def test_another_total_than_the_card_showed_is_not_paid(rules):
    cart = rules.ordered()
    show(rules, cart.order.id, total=euros("3.00"))
    rules.run_worker(cart.id, seconds=60)
    with refuses("card_outdated", CardOutdated):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    now = rules.workflow.queries.cart(cart.id)
    assert (now.state, now.order.total) == (S.CHECKED_OUT, euros("3.00"))


@pytest.mark.parametrize("shown", ["", "€3.59", "PLN"])
def test_a_card_from_before_an_upgrade_pays_nothing(rules, shown):
    cart = rules.ordered()
    with pytest.raises(CardOutdated):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=shown)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT


def test_rendering_again_makes_no_click_on_pay_stale(rules, monkeypatch):
    """What is rendered again without a decision makes no click on pay stale."""
    cart = rules.ordered()
    monkeypatch.setattr(rules.registrar, "payment_methods", failing(RegistrarUnavailable()))
    assert rules.run_worker(cart.id, steps=12, seconds=60).blocked
    monkeypatch.undo()
    rules.registrar.methods = (*rules.registrar.methods, PaymentMethod(3, "PAYPAL"))
    assert len(rules.run_worker(cart.id, steps=12, seconds=60).order.methods) == len(cart.order.methods) + 1
    rules.clock.now = NOW + timedelta(days=12)
    rules.run_worker(cart.id, steps=1)
    assert len(reminders(rules, cart.id)) == 1
    paying = rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    assert paying.state is S.PAYING


def test_limits_hold_at_the_payment_too(rules):
    cart = rules.ordered()
    rules.restart(replace(rules.policy, limit_per_order=Decimal("3.00")))
    with refuses("order_limit_exceeded", NotPossible, limit={"amount": "3.00", "currency": "EUR"}):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT


def test_a_payment_must_leave_within_half_of_the_settling_time(rules, monkeypatch):
    cart = rules.ordered()
    limits = []
    monkeypatch.setattr(rules.registrar, "pay", lambda *_, not_after: limits.append(not_after))
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert limits == [rules.workflow.queries.cart(cart.id).payment.sent_at + timedelta(seconds=30)]


def test_when_a_payment_was_sent_is_kept_by_both_clocks(rules):
    cart = rules.ordered()
    rules.registrar.ahead = timedelta(minutes=-10)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    payment = rules.workflow.queries.cart(cart.id).payment
    assert (payment.sent_at, payment.sent_at_ovh) == (rules.clock.now, rules.clock.now - timedelta(minutes=10))


def test_nothing_is_sent_where_ovhs_clock_cannot_be_read(rules, monkeypatch):
    cart = rules.ordered()
    monkeypatch.setattr(rules.registrar, "clock_ahead", failing(RegistrarUnavailable()))
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.payment.sent_at, rules.registrar.payments) == (S.PAYING, None, [])
    monkeypatch.undo()
    assert rules.run_worker(cart.id, steps=3).state is S.PAID


def test_looks_for_payments_since_the_order_was_made(rules, monkeypatch):
    """Earlier payments are looked for since the order was made."""
    cart, looked = rules.ordered(), []
    look = rules.registrar.earlier_payment

    def noting(order, method, *, made_at, others):
        looked.append(made_at)
        return look(order, method, made_at=made_at, others=others)

    monkeypatch.setattr(rules.registrar, "earlier_payment", noting)
    rules.clock.pass_by(3600)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert looked == [cart.attempt.started_at]


def show(rules, order_id, **changes):
    """OVH shows the order otherwise from now on."""
    rules.registrar.orders[order_id] = replace(rules.registrar.orders[order_id], **changes)


def reminders(rules, cart_id):
    events = rules.workflow.queries.timeline(cart_id, by=rules.ada)[1]
    return [event.at for event in events if event.kind is EventKind.PAYMENT_REMINDER]


def test_suggests_a_method_that_was_not_refused(rules, monkeypatch):
    """A refused method is marked and another is suggested until all were refused."""
    cart = rules.ordered()
    takes_on(rules, monkeypatch)
    rules.registrar.reconciliation = REFUSED
    refused: list[Fact] = []
    for method, suggested in ((1, 2), (2, 1)):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=method, mark=rules.mark(cart.id))
        cart = rules.run_worker(cart.id, steps=3)
        assert cart.state is S.CHECKED_OUT
        assert cart.order.suggested_method.id == suggested
        refused.append(cart.fact)
    assert all(method.refused for method in cart.order.methods)
    assert {fact.kind for fact in refused} == {EventKind.PAYMENT_REFUSED}
    assert [(fact.data["method_name"], fact.data["all_refused"]) for fact in refused] == [
        ("VISA", False),
        ("SEPA", True),
    ]


def test_where_ovh_lists_no_method_a_payer_is_sent_to_its_page(rules):
    rules.registrar.methods = ()
    cart = rules.ordered()
    with refuses("no_payment_method", NotPossible):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))


def test_a_mean_is_paid_with_and_recorded_by_its_name(rules):
    rules.registrar.methods = (PaymentMethod("ovhAccount", "ovhAccount"),)
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    cart = rules.run_worker(cart.id, steps=2)
    assert (cart.state, cart.payment.method) == (S.PAID, "ovhAccount")
    assert rules.registrar.payments == [(cart.order.id, "ovhAccount")]


@pytest.mark.parametrize("method", [9, "fidelityAccount"])
def test_what_the_order_does_not_accept_cannot_pay_it(rules, method):
    cart = rules.ordered()
    with refuses("payment_method_not_accepted", NotPossible):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=method, mark=rules.mark(cart.id))


def test_an_order_over_nothing_needs_no_method_but_a_payer(rules):
    rules.registrar.quote, rules.registrar.methods = a_quote("0.00", "0.00"), ()
    cart = rules.ordered()
    with pytest.raises(NotAllowed):
        rules.workflow.payments.pay(cart.id, payer=rules.ben, method=None, mark=rules.mark(cart.id))
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, "fidelityAccount")]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": OrderStatus.CHECKING}, S.PAID),
        ({"status": OrderStatus.DOCUMENTS_REQUESTED}, S.PAID),
        ({"status": OrderStatus.CANCELLED}, S.CANCELLED),
        ({"total": euros("99.00")}, S.NEEDS_ATTENTION),
        ({"total": euros("99.00"), "status": OrderStatus.DELIVERING}, S.PAID),
    ],
)
def test_an_order_that_changed_since_the_click_is_not_paid(rules, changes, state):
    """An order that changed at OVH since the click is not paid."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    show(rules, cart.order.id, **changes)
    rules.fulfilment.advance(cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.payment) == (state, None)
    assert rules.registrar.payments == []


def test_an_order_that_got_dearer_is_no_longer_payable(rules):
    """An order that got dearer than approved is no longer offered for payment."""
    cart = rules.ordered()
    show(rules, cart.order.id, total=euros("99.00"))
    assert rules.run_worker(cart.id, steps=3, seconds=300).state is S.NEEDS_ATTENTION
    with pytest.raises(NotPossible):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))


@pytest.mark.parametrize(("life", "at"), [(14, 11), (6, 3), (4, 2), (1, 0.5)])
def test_reminds_three_days_before_the_end_or_at_half_time(life, at):
    """The reminder comes three days before the end or at half the later."""
    made = datetime(2026, 11, 1, tzinfo=UTC)
    assert remind_at(made, made + timedelta(days=life)) == made + timedelta(days=at)


def test_the_payers_are_reminded_once_whatever_restarts(rules):
    cart = rules.ordered()
    for day in range(13):
        assert len(reminders(rules, cart.id)) == (day > 11)
        rules.restart()
        rules.run_worker(cart.id, steps=2, seconds=43_200)
    assert len(reminders(rules, cart.id)) == 1
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.fact.kind, kept.note) == (EventKind.ORDER_CREATED, None)


def test_a_reminder_that_comes_too_late_is_left_out(rules):
    cart = rules.ordered()
    rules.clock.now = NOW + timedelta(days=15)
    rules.run_worker(cart.id, steps=2)
    assert reminders(rules, cart.id) == []


def test_an_invoice_that_comes_after_the_delivery_is_found_once(rules):
    cart = rules.paid()
    rules.registrar.deliver()
    cart = rules.run_worker(cart.id)
    assert (cart.state, cart.order.invoice) == (S.DELIVERED, None)
    rules.registrar.invoice = "FR7"
    cart = rules.run_worker(cart.id, steps=5, seconds=3600)
    assert cart.order.invoice == "FR7"
    assert rules.fulfilment.next_due() is None
    told = [event.data for event in rules.workflow.queries.timeline(cart.id, by=rules.ada)[1] if event.kind is INVOICE]
    assert told == [{"order": cart.order.id, "ovh": {"invoice": "FR7"}}]
    assert rules.workflow.payments.invoice_link(cart.id, payer=rules.dan).endswith("/FR7")
    with pytest.raises(NotAllowed):
        rules.workflow.payments.invoice_link(cart.id, payer=rules.ben)


def test_an_invoice_that_never_comes_is_not_asked_for_for_ever(rules):
    cart = rules.paid()
    rules.registrar.deliver()
    rules.run_worker(cart.id, steps=150, seconds=6 * 3600)
    assert rules.fulfilment.next_due() is None
    with refuses("no_invoice_yet", NotPossible):
        rules.workflow.payments.invoice_link(cart.id, payer=rules.dan)


def test_an_order_that_changed_since_its_card_is_read_again(rules):
    """An order that OVH changed since the card showed it is looked at again."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, total=euros("3.00"), tax=euros("0.50"))
    rules.advance(cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.order.total, rules.registrar.payments) == (S.CHECKED_OUT, euros("3.00"), [])
    assert (after.fact.kind, after.fact.data["reason"]) == (EventKind.PAYMENT_NOT_SENT, "order_changed")
    assert after.fact.data["before"] == amount(euros("3.59"))
    assert after.fact.data["ovh"] == {"total": amount(euros("3.00"))}
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID
