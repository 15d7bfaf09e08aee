"""An order is paid once, whatever gets lost, and never is there a second order to cure a payment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotAllowed, NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind
from ordering.model.sales_order import OrderStatus, PaymentMethod, PaymentProgress, PaymentSighting
from ordering.process.payment import remind_at
from tests.builders import NOW, SILENT, a_quote, advanced, euros, failing

S = CartState
UNDECIDED = PaymentSighting(PaymentProgress.UNDECIDED, "Transaction 7 took €3.59, but the order shows no payment.")
REFUSED = PaymentSighting(PaymentProgress.REFUSED, "The card is blocked")


@pytest.mark.parametrize(("fault", "payments"), [("lost_after", 1), ("lost_before", 0), ("refused", 0)])
def test_a_payment_without_a_clear_answer_is_never_repeated(rules, fault, payments):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault = fault
    after = rules.settle(cart.id, steps=20)
    assert len(rules.registrar.payments) == payments
    assert after.state is (S.PAID if payments else S.CHECKED_OUT)


def test_payment_methods_are_read_anew(rules, monkeypatch):
    cart = rules.ordered()
    assert cart.order.methods
    monkeypatch.setattr(rules.registrar, "payment_methods", lambda _: ())
    assert rules.settle(cart.id).order.methods == ()


def test_a_payment_on_ovhs_own_page_is_seen(rules):
    cart = rules.ordered()
    rules.registrar.pay(cart.order.id, 1, not_after=NOW)
    assert rules.settle(cart.id, steps=3).state is S.PAID


UNDER_WAY = PaymentSighting(PaymentProgress.UNDER_WAY, "OVH has begun a payment.")
CONFIRMING = PaymentSighting(PaymentProgress.UNDECIDED, "Transaction 7 is confirming.", unfinished=True)


@pytest.mark.parametrize("earlier", [UNDER_WAY, CONFIRMING])
def test_no_payment_is_sent_while_another_of_the_order_may_still_be_taken(rules, earlier):
    cart = rules.ordered()
    rules.registrar.earlier = earlier
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    kept = rules.workflow.cart(cart.id)
    assert (kept.state, kept.payment, rules.registrar.payments) == (S.CHECKED_OUT, None, [])
    assert kept.note.startswith(f"{earlier.seen} Another payment now could pay the order twice")
    rules.registrar.earlier = None
    rules.workflow.pay(cart.id, payer=rules.dan, method=2, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=2).state is S.PAID


def test_an_earlier_payment_that_ovh_received_is_adopted_and_none_is_sent(rules):
    cart = rules.ordered()
    rules.registrar.earlier = PaymentSighting(PaymentProgress.RECEIVED, "OVH has received it.")
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert rules.workflow.cart(cart.id).state is S.PAID
    assert rules.registrar.payments == []


@pytest.mark.parametrize("earlier", [REFUSED, UNDECIDED])
def test_what_was_refused_or_taken_for_another_order_hinders_no_payment(rules, earlier):
    cart = rules.ordered()
    rules.registrar.earlier = earlier
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=2).state is S.PAID


def test_a_method_whose_transaction_failed_counts_as_refused(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault = "lost_before"
    rules.registrar.sighting = PaymentSighting(PaymentProgress.NOT_SEEN, "Its transaction 7 failed.", failed=True)
    after = rules.settle(cart.id, steps=8)
    assert after.state is S.CHECKED_OUT
    assert [method.id for method in after.order.methods if method.refused] == [1]


def test_another_total_than_the_card_showed_is_not_paid(rules):
    cart = rules.ordered()
    show(rules, cart.order.id, total=euros("3.00"))
    rules.settle(cart.id, seconds=60)
    with pytest.raises(CardOutdated, match=r"Look at its newest card"):
        rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=cart.mark)
    now = rules.workflow.cart(cart.id)
    assert (now.state, now.order.total) == (S.CHECKED_OUT, euros("3.00"))


@pytest.mark.parametrize("shown", ["", "€3.59", "PLN"])
def test_a_card_from_before_an_upgrade_pays_nothing(rules, shown):
    cart = rules.ordered()
    with pytest.raises(CardOutdated):
        rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=shown)
    assert rules.workflow.cart(cart.id).state is S.CHECKED_OUT


@pytest.mark.parametrize("method", [None, 1, 2])
def test_a_click_on_pay_that_is_delivered_again_after_a_refusal_pays_nothing(rules, method):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=method, shown=cart.mark)
    rules.registrar.next_fault = "refused"
    assert rules.settle(cart.id, steps=1).state is S.CHECKED_OUT
    with pytest.raises(CardOutdated):
        rules.workflow.pay(cart.id, payer=rules.dan, method=method, shown=cart.mark)
    assert rules.settle(cart.id, steps=3).state is S.CHECKED_OUT
    assert rules.registrar.payments == []


def test_what_is_drawn_anew_without_a_decision_makes_no_click_on_pay_stale(rules, monkeypatch):
    cart = rules.ordered()
    monkeypatch.setattr(rules.registrar, "payment_methods", failing(RegistrarUnavailable("OVH does not answer.")))
    assert rules.settle(cart.id, steps=12, seconds=60).trouble
    monkeypatch.undo()
    rules.registrar.methods = (*rules.registrar.methods, PaymentMethod(3, "PAYPAL"))
    assert len(rules.settle(cart.id, steps=12, seconds=60).order.methods) == len(cart.order.methods) + 1
    rules.clock.now = NOW + timedelta(days=12)
    rules.settle(cart.id, steps=1)
    assert len(reminders(rules, cart.id)) == 1
    paying = rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=cart.mark)
    assert paying.state is S.PAYING


def test_limits_hold_at_the_payment_too(rules):
    cart = rules.ordered()
    rules.restart(replace(rules.policy, limit_per_order=Decimal("3.00")))
    with pytest.raises(NotPossible, match=r"one order may cost €3\.00"):
        rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=cart.mark)
    assert rules.workflow.cart(cart.id).state is S.CHECKED_OUT


def test_a_payment_must_leave_within_half_of_the_settling_time(rules, monkeypatch):
    cart = rules.ordered()
    limits = []
    monkeypatch.setattr(rules.registrar, "pay", lambda *_, not_after: limits.append(not_after))
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert limits == [rules.workflow.cart(cart.id).payment.sent_at + timedelta(seconds=30)]


def test_when_a_payment_was_sent_is_kept_by_both_clocks(rules):
    cart = rules.ordered()
    rules.registrar.ahead = timedelta(minutes=-10)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    payment = rules.workflow.cart(cart.id).payment
    assert (payment.sent_at, payment.sent_at_ovh) == (rules.clock.now, rules.clock.now - timedelta(minutes=10))


def test_nothing_is_sent_where_ovhs_clock_cannot_be_read(rules, monkeypatch):
    cart = rules.ordered()
    monkeypatch.setattr(rules.registrar, "clock_ahead", failing(RegistrarUnavailable("OVH does not answer.")))
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.advance(cart.id)
    kept = rules.workflow.cart(cart.id)
    assert (kept.state, kept.payment.sent_at, rules.registrar.payments) == (S.PAYING, None, [])
    monkeypatch.undo()
    assert rules.settle(cart.id, steps=3).state is S.PAID


def test_earlier_payments_are_looked_for_since_the_order_was_made(rules, monkeypatch):
    cart, looked = rules.ordered(), []
    look = rules.registrar.earlier_payment

    def noting(order, *, made_at):
        looked.append(made_at)
        return look(order, made_at=made_at)

    monkeypatch.setattr(rules.registrar, "earlier_payment", noting)
    rules.clock.pass_by(3600)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id)
    assert looked == [cart.attempt.started_at]


class Death(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(("went_through", "state"), [(True, S.PAID), (False, S.CHECKED_OUT)])
def test_a_death_right_after_a_payment_was_sent_leaves_a_cart_that_goes_on(rules, monkeypatch, went_through, state):
    cart = rules.ordered()
    pay = rules.registrar.pay

    def dies(*args, **kwargs):
        if went_through:
            pay(*args, **kwargs)
        raise Death

    monkeypatch.setattr(rules.registrar, "pay", dies)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    with pytest.raises(Death):
        rules.fulfilment.advance(cart.id)
    rules.restart()
    assert rules.settle(cart.id, steps=4).state is state


def undecided(rules):
    """A cart whose payment got lost, and OVH shows something that could be it."""
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault, rules.registrar.sighting = "lost_before", UNDECIDED
    return rules.settle(cart.id, steps=4)


def show(rules, order_id, **changes):
    """OVH shows the order otherwise from now on."""
    rules.registrar.orders[order_id] = replace(rules.registrar.orders[order_id], **changes)


def reminders(rules, cart_id):
    story = rules.workflow.story(cart_id, by=rules.ada)[1]
    return [event.at for event in story if event.kind is EventKind.PAYMENT_REMINDER]


def test_a_refused_method_is_marked_and_another_is_suggested_until_all_were_refused(rules):
    cart = rules.ordered()
    rules.registrar.sighting = REFUSED
    notes: list[str] = []
    for method, suggested in ((1, 2), (2, 1)):
        rules.workflow.pay(cart.id, payer=rules.dan, method=method, shown=rules.mark(cart.id))
        rules.registrar.next_fault = "lost_before"
        cart = rules.settle(cart.id, steps=3)
        assert cart.state is S.CHECKED_OUT
        assert cart.order.suggested_method.id == suggested
        notes.append(cart.note)
    assert all(method.refused for method in cart.order.methods)
    assert [note.partition("Nothing was paid. ")[2] for note in notes] == [
        "Choose another way to pay.",
        (
            "OVH has no other method on file. “Open order” leads a payer to OVH's page, where it can be paid another "
            "way: the desk sees it there."
        ),
    ]


def test_where_ovh_lists_no_method_a_payer_is_sent_to_its_page(rules):
    rules.registrar.methods = ()
    cart = rules.ordered()
    with pytest.raises(NotPossible, match="“Open order” on its card leads to OVH's page"):
        rules.workflow.pay(cart.id, payer=rules.dan, method=None, shown=rules.mark(cart.id))


def test_a_method_that_was_turned_away_at_the_door_is_not_marked(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault = "unavailable"
    cart = rules.settle(cart.id, steps=1)
    assert (cart.state, cart.note) == (S.CHECKED_OUT, "OVH is busy. Nothing was paid.")
    assert not cart.order.methods[0].refused


def test_a_mean_is_paid_with_and_recorded_by_its_name(rules):
    rules.registrar.methods = (PaymentMethod("ovhAccount", "Prepaid OVH account"),)
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=None, shown=rules.mark(cart.id))
    cart = rules.settle(cart.id, steps=2)
    assert (cart.state, cart.payment.method) == (S.PAID, "ovhAccount")
    assert rules.registrar.payments == [(cart.order.id, "ovhAccount")]


@pytest.mark.parametrize("method", [9, "fidelityAccount"])
def test_what_the_order_does_not_accept_cannot_pay_it(rules, method):
    cart = rules.ordered()
    with pytest.raises(NotPossible, match="cannot pay order"):
        rules.workflow.pay(cart.id, payer=rules.dan, method=method, shown=rules.mark(cart.id))


def test_an_order_over_nothing_needs_no_method_but_a_payer(rules):
    rules.registrar.quote, rules.registrar.methods = a_quote("0.00", "0.00"), ()
    cart = rules.ordered()
    with pytest.raises(NotAllowed):
        rules.workflow.pay(cart.id, payer=rules.ben, method=None, shown=rules.mark(cart.id))
    rules.workflow.pay(cart.id, payer=rules.dan, method=None, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=2).state is S.PAID
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
def test_an_order_that_changed_at_ovh_since_the_click_is_not_paid(rules, changes, state):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    show(rules, cart.order.id, **changes)
    rules.fulfilment.advance(cart.id)
    after = rules.workflow.cart(cart.id)
    assert (after.state, after.payment) == (state, None)
    assert rules.registrar.payments == []


def test_an_order_that_got_dearer_than_approved_is_no_longer_offered_for_payment(rules):
    cart = rules.ordered()
    show(rules, cart.order.id, total=euros("99.00"))
    assert rules.settle(cart.id, steps=3, seconds=300).state is S.NEEDS_ATTENTION
    with pytest.raises(NotPossible):
        rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))


def test_an_undecided_payment_is_for_a_person_only_after_the_settling_time(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault, rules.registrar.sighting = "lost_before", UNDECIDED
    assert rules.settle(cart.id, steps=5, seconds=10).state is S.PAYING
    cart = rules.settle(cart.id, steps=3, seconds=10)
    assert cart.payment_is_undecided
    assert UNDECIDED.seen in cart.note
    assert (cart.payment.method, cart.payment.by) == (1, "U0DAN")


def test_a_payment_that_the_order_itself_shows_is_given_more_time(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault = "lost_before"
    rules.registrar.sighting = PaymentSighting(PaymentProgress.UNDER_WAY, "OVH has begun a payment.")
    assert rules.settle(cart.id, steps=19).state is S.PAYING
    assert rules.settle(cart.id, steps=4).payment_is_undecided


@pytest.mark.parametrize(
    ("then", "state"),
    [
        (REFUSED, S.CHECKED_OUT),
        (PaymentSighting(PaymentProgress.NOT_SEEN, "OVH shows no payment."), S.CHECKED_OUT),
        (PaymentSighting(PaymentProgress.CANCELLED, "OVH cancelled it."), S.CANCELLED),
        (UNDECIDED, S.NEEDS_ATTENTION),
    ],
)
def test_the_desk_keeps_looking_whether_ovh_decides_it(rules, then, state):
    cart = undecided(rules)
    rules.registrar.sighting = then
    assert rules.settle(cart.id, steps=8).state is state


def test_an_undecided_payment_that_ovh_shows_late_is_adopted(rules):
    cart = undecided(rules)
    show(rules, cart.order.id, status=OrderStatus.CHECKING)
    after = rules.settle(cart.id, steps=8)
    assert (after.state, after.payment.by) == (S.PAID, "U0DAN")


def test_an_order_that_is_cancelled_under_an_undecided_payment_is_for_ovhs_support(rules):
    cart = undecided(rules)
    show(rules, cart.order.id, status=OrderStatus.CANCELLED)
    after = rules.settle(cart.id, steps=8)
    assert after.state is S.NEEDS_ATTENTION
    assert after.note.endswith("If it was taken, ask OVH's support to give it back.")
    assert rules.workflow.give_up(cart.id, by=rules.dan, shown=rules.mark(cart.id)).state is S.CANCELLED


def test_a_person_who_says_that_it_was_paid_is_believed_for_an_hour(rules):
    cart = undecided(rules)
    with pytest.raises(NotAllowed):
        rules.workflow.it_was_paid(cart.id, by=rules.ben, shown=rules.mark(cart.id))
    assert rules.workflow.it_was_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id)).state is S.PAID
    assert rules.settle(cart.id, steps=10, seconds=300).state is S.PAID
    after = rules.settle(cart.id, steps=10, seconds=300)
    assert after.payment_is_undecided
    assert "OVH still shows order" in after.note
    show(rules, cart.order.id, status=OrderStatus.CHECKING)
    assert rules.settle(cart.id, steps=10, seconds=300).state is S.PAID


def test_a_person_who_says_that_it_was_not_paid_lets_a_payer_choose_again(rules):
    cart = undecided(rules)
    with pytest.raises(NotAllowed):
        rules.workflow.not_paid(cart.id, by=rules.ben, shown=rules.mark(cart.id))
    again = rules.workflow.not_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id))
    assert (again.state, again.payment, again.order.id) == (S.CHECKED_OUT, None, cart.order.id)
    rules.workflow.pay(cart.id, payer=rules.dan, method=2, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, 2)]


@pytest.mark.parametrize("seen", [REFUSED, PaymentSighting(PaymentProgress.NOT_SEEN, "OVH shows no payment.")])
def test_what_ovh_shows_otherwise_is_not_believed(rules, seen):
    cart = undecided(rules)
    rules.registrar.sighting = seen
    with pytest.raises(NotPossible, match="was not paid"):
        rules.workflow.it_was_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id))
    for progress, why in (
        (PaymentProgress.RECEIVED, "has received"),
        (PaymentProgress.UNDER_WAY, "could pay it twice"),
    ):
        rules.registrar.sighting = PaymentSighting(progress, "OVH shows it.")
        with pytest.raises(NotPossible, match=why):
            rules.workflow.not_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id))


def test_a_click_about_an_earlier_payment_says_nothing_about_the_next(rules):
    first = undecided(rules)
    rules.workflow.not_paid(first.id, by=rules.dan, shown=first.mark)
    rules.workflow.pay(first.id, payer=rules.dan, method=2, shown=rules.mark(first.id))
    rules.registrar.next_fault = "lost_before"
    second = rules.settle(first.id, steps=4)
    assert second.payment_is_undecided
    for settle in (rules.workflow.it_was_paid, rules.workflow.not_paid):
        for shown in (first.mark, ""):
            with pytest.raises(CardOutdated):
                settle(second.id, by=rules.cleo, shown=shown)
    assert rules.mark(second.id) == second.mark


@pytest.mark.parametrize("deed", ["it_was_paid", "not_paid"])
def test_a_trouble_that_comes_meanwhile_makes_no_click_about_a_payment_stale(rules, monkeypatch, deed):
    cart = undecided(rules)
    monkeypatch.setattr(rules.registrar, "payment", failing(RegistrarUnavailable("OVH does not answer.")))
    assert rules.settle(cart.id).trouble
    monkeypatch.undo()
    assert getattr(rules.workflow, deed)(cart.id, by=rules.dan, shown=cart.mark).state is not S.NEEDS_ATTENTION


def test_nothing_is_settled_while_ovh_cannot_be_asked(rules, monkeypatch):
    cart = undecided(rules)

    def silent(*_args):
        raise RegistrarUnavailable("OVH does not answer just now.")

    monkeypatch.setattr(rules.registrar, "payment", silent)
    for settle in (rules.workflow.it_was_paid, rules.workflow.not_paid):
        with pytest.raises(RegistrarUnavailable):
            settle(cart.id, by=rules.dan, shown=rules.mark(cart.id))
    assert rules.workflow.cart(cart.id).payment_is_undecided


def test_a_payment_that_is_not_undecided_is_not_settled(rules):
    cart = rules.paid()
    for settle in (rules.workflow.it_was_paid, rules.workflow.not_paid):
        with pytest.raises(NotPossible):
            settle(cart.id, by=rules.dan, shown=rules.mark(cart.id))


@pytest.mark.parametrize(("life", "at"), [(14, 11), (6, 3), (4, 2), (1, 0.5)])
def test_the_reminder_comes_three_days_before_the_end_or_at_half_the_later(life, at):
    made = datetime(2026, 11, 1, tzinfo=UTC)
    assert remind_at(made, made + timedelta(days=life)) == made + timedelta(days=at)


def test_the_payers_are_reminded_once_whatever_restarts(rules):
    cart = rules.ordered()
    for day in range(13):
        assert len(reminders(rules, cart.id)) == (day > 11)
        rules.restart()
        rules.settle(cart.id, steps=2, seconds=43_200)
    assert len(reminders(rules, cart.id)) == 1
    assert rules.workflow.cart(cart.id).note is None


def test_a_reminder_that_comes_too_late_is_left_out(rules):
    cart = rules.ordered()
    rules.clock.now = NOW + timedelta(days=15)
    rules.settle(cart.id, steps=2)
    assert reminders(rules, cart.id) == []


def test_an_invoice_that_comes_after_the_delivery_is_found_once(rules):
    cart = rules.paid()
    rules.registrar.deliver()
    cart = rules.settle(cart.id)
    assert (cart.state, cart.order.invoice) == (S.DELIVERED, None)
    rules.registrar.invoice = "FR7"
    cart = rules.settle(cart.id, steps=5, seconds=3600)
    assert cart.order.invoice == "FR7"
    assert rules.fulfilment.next_due() is None
    assert [e.note for e in rules.workflow.story(cart.id, by=rules.ada)[1]].count("OVH's invoice is FR7.") == 1
    assert rules.workflow.invoice_link(cart.id, payer=rules.dan).endswith("/FR7")
    with pytest.raises(NotAllowed):
        rules.workflow.invoice_link(cart.id, payer=rules.ben)


def test_an_invoice_that_never_comes_is_not_asked_for_for_ever(rules):
    cart = rules.paid()
    rules.registrar.deliver()
    rules.settle(cart.id, steps=150, seconds=6 * 3600)
    assert rules.fulfilment.next_due() is None
    with pytest.raises(NotPossible, match="has not sent the invoice"):
        rules.workflow.invoice_link(cart.id, payer=rules.dan)


def sends(rules, monkeypatch):
    """OVH takes each payment on and shows nothing of it; returns what was sent."""
    sent = []
    monkeypatch.setattr(rules.registrar, "pay", lambda _order, method, **_: sent.append(method))
    return sent


def test_a_payment_that_ovh_accepted_and_does_not_show_is_for_a_person_and_no_other_is_offered(rules, monkeypatch):
    cart, sent = rules.ordered(), sends(rules, monkeypatch)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=19).state is S.PAYING
    assert rules.settle(cart.id, steps=100).payment_is_undecided
    with pytest.raises(NotPossible):
        rules.workflow.pay(cart.id, payer=rules.dan, method=2, shown=rules.mark(cart.id))
    assert sent == [1]


def test_a_payment_that_ovh_accepted_and_whose_transaction_failed_was_none(rules, monkeypatch):
    cart = rules.ordered()
    sends(rules, monkeypatch)
    rules.registrar.sighting = PaymentSighting(PaymentProgress.NOT_SEEN, "Its transaction 7 failed.", failed=True)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=20).state is S.CHECKED_OUT


def accepted(rules, monkeypatch):
    """A payment that OVH took on and never shows, until a person is asked."""
    cart = rules.ordered()
    sends(rules, monkeypatch)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    cart = rules.settle(cart.id, steps=120)
    assert cart.payment_is_undecided
    return cart


def test_whoever_sees_at_the_bank_that_an_accepted_payment_was_taken_is_believed(rules, monkeypatch):
    cart = accepted(rules, monkeypatch)
    assert rules.workflow.it_was_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id)).state is S.PAID


def test_an_order_that_is_cancelled_after_it_accepted_a_payment_is_for_ovhs_support(rules, monkeypatch):
    cart = accepted(rules, monkeypatch)
    rules.registrar.sighting = PaymentSighting(PaymentProgress.CANCELLED, "OVH cancelled it.")
    after = rules.settle(cart.id, steps=30, seconds=60)
    assert after.state is S.NEEDS_ATTENTION
    assert after.note.endswith("If it was taken, ask OVH's support to give it back.")


def test_an_order_that_ovh_changed_since_the_card_showed_it_is_looked_at_again(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    order = rules.registrar.orders[cart.order.id]
    rules.registrar.orders[order.id] = replace(order, total=euros("3.00"), tax=euros("0.50"))
    rules.advance(cart.id)
    after = rules.workflow.cart(cart.id)
    assert (after.state, after.order.total, rules.registrar.payments) == (S.CHECKED_OUT, euros("3.00"), [])
    assert "€3.59 before, €3.00 now. Nothing was paid" in after.note
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    assert rules.settle(cart.id, steps=2).state is S.PAID


def test_nobody_can_say_that_it_was_not_paid_while_a_transaction_has_not_ended(rules):
    cart = undecided(rules)
    rules.registrar.sighting = CONFIRMING
    with pytest.raises(NotPossible, match="another one now could pay it twice"):
        rules.workflow.not_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id))


def test_nobody_can_say_that_it_was_not_paid_for_a_day_after_money_was_taken_that_may_be_its_own(rules):
    """OVH's orders may lag behind its transactions."""
    cart = undecided(rules)
    rules.registrar.sighting = replace(UNDECIDED, taken_at=rules.clock.now)
    for hours in (0, 23):
        rules.clock.now += timedelta(hours=hours)
        with pytest.raises(NotPossible) as refused:
            rules.workflow.not_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id))
        assert str(refused.value).startswith(
            f"{UNDECIDED.seen} If it paid order {cart.order.id}, another payment could"
        )
    rules.clock.now += timedelta(hours=1)
    assert rules.workflow.not_paid(cart.id, by=rules.dan, shown=rules.mark(cart.id)).state is S.CHECKED_OUT


@pytest.mark.parametrize(("error", "minutes"), SILENT)
def test_a_payment_of_which_ovh_does_not_tell_is_for_a_person(rules, monkeypatch, error, minutes):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, shown=rules.mark(cart.id))
    rules.registrar.next_fault = "lost_before"
    rules.advance(cart.id)
    monkeypatch.setattr(rules.registrar, "payment", failing(error))
    assert advanced(rules, cart.id, minutes - 10).state is S.PAYING
    after = advanced(rules, cart.id, 20)
    assert after.payment_is_undecided
    assert error.sentence in after.note
