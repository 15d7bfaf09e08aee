"""What the rules make of a call that buys or pays and that was not sent, and when it is signed."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState as S
from ordering.model.errors import CartChanged
from ordering.model.facts import EventKind, Fact
from ordering.process.checkout import Checkout
from ordering.process.floors import Floors
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.intent import Intents, Objection
from ordering.process.money_markers import MoneyMarkers
from ordering.process.order_search import OrderSearch
from ordering.process.polling import PollSchedule
from ordering.process.recovery import RecoverMode
from ordering.process.transitions import Logbook
from tests.builders import NOW


def paying(rules):
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    return cart


def test_a_checkout_that_was_not_sent_is_ordered_once(rules):
    """It goes back to approved at once, and its cart at OVH is discarded: there is nothing to look for."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "not_sent", True
    rules.fulfilment.advance(cart.id)
    rules.registrar.undecided = False
    back = rules.workflow.queries.cart(cart.id)
    assert (back.state, rules.registrar.orders) == (S.APPROVED, {})
    assert set(rules.registrar.carts) == rules.registrar.discarded
    assert back.fact == Fact(EventKind.CHECKOUT_RESCHEDULED, {"attempt": 1, "error": "not_sent"})
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_payment_that_was_not_sent_is_payable_at_once(rules):
    """Nobody waits for what surely did not happen: the payer chooses again, also the same method."""
    cart = paying(rules)
    rules.registrar.next_fault = "not_sent"
    rules.fulfilment.advance(cart.id)
    again = rules.workflow.queries.cart(cart.id)
    assert (again.state, again.payment, rules.registrar.payments) == (S.CHECKED_OUT, None, [])
    assert not any(method.refused for method in again.order.methods)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, 1)]


@pytest.mark.parametrize("begins", ["approved", "paying"])
def test_a_call_that_cannot_be_prepared_has_no_intent(rules, begins):
    """Without a permit, a token or a connection nothing is written down as sent, and the step comes again."""
    cart = rules.approved() if begins == "approved" else paying(rules)
    before = rules.workflow.queries.cart(cart.id)
    rules.registrar.next_fault = "not_ready"
    rules.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.attempt, kept.payment) == (before.state, before.attempt, before.payment)
    assert rules.registrar.payments == []
    assert set(rules.registrar.carts) - {cart for cart, order in rules.registrar.carts.items() if order} == (
        rules.registrar.discarded
    )
    after = rules.run_worker(cart.id, steps=3)
    assert after.state is (S.CHECKED_OUT if begins == "approved" else S.PAID)
    assert len(rules.registrar.orders) == 1


def test_both_calls_are_signed_with_the_time_of_their_intent(rules):
    """By OVH's clock, as the intent says: not with the time at which they leave."""
    rules.registrar.ahead = timedelta(minutes=-10)
    cart = paying(rules)
    rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert rules.registrar.signed_at == [kept.attempt.started_at, kept.payment.sent_at_ovh]
    assert kept.attempt.started_at == NOW - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("call", "kind"), [("check_out", EventKind.CHECKOUT_STARTED), ("pay", EventKind.PAYMENT_STARTED)]
)
def test_the_intent_is_on_record_before_the_call(rules, monkeypatch, call, kind):
    """A process that dies at that moment leaves a cart, and the next one knows what was sent."""
    cart, send = rules.approved() if call == "check_out" else paying(rules), getattr(rules.registrar, call)
    seen = []

    def sends(*args, **kwargs):
        _, events = rules.workflow.queries.timeline(cart.id, by=rules.dan)
        seen.append((rules.workflow.queries.cart(cart.id).state, events[-1].kind))
        return send(*args, **kwargs)

    monkeypatch.setattr(rules.registrar, call, sends)
    rules.fulfilment.advance(cart.id)
    assert seen == [(S.CHECKING_OUT if call == "check_out" else S.PAYING, kind)]


def test_a_checkout_that_another_process_overtook_leaves_no_cart(rules, monkeypatch):
    """It built a cart at OVH, and its intent comes too late: that cart is discarded."""
    cart = rules.approved()

    def overtaken() -> timedelta:
        monkeypatch.undo()
        rules.advance(cart.id)
        return timedelta()

    monkeypatch.setattr(rules.registrar, "clock_ahead", overtaken)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, len(rules.registrar.orders)) == (S.CHECKED_OUT, 1)
    assert rules.registrar.discarded == set(rules.registrar.carts) - {kept.attempt.registrar_cart}


def test_an_intent_that_is_stopped_gives_the_cart_back(rules):
    """The permit of the prepared call is free by then: it may be the only one."""

    def stop(carts, intent):
        return Objection(carts.cart(intent.id), EventKind.CHECKOUT_RESCHEDULED, {"attempt": 9, "error": "not_sent"})

    cart, store, registrar = rules.approved(), rules.store, rules.registrar
    book, settle = Logbook(store, rules.clock, PollSchedule()), timedelta(seconds=60)
    search = OrderSearch(book, registrar, settle=settle, floors=Floors())
    foreign = ForeignOrders(store, registrar, rules.clock)
    markers = MoneyMarkers(store, registrar, RecoverMode(store, rules.clock))
    intents = Intents(store, [stop])
    Checkout(book, registrar, rules.policy, intents, search, foreign, markers, settle=settle).check_out(cart)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, rules.registrar.orders) == (S.APPROVED, {})
    assert kept.fact == Fact(EventKind.CHECKOUT_RESCHEDULED, {"attempt": 9, "error": "not_sent"})
    assert set(rules.registrar.carts) == rules.registrar.discarded
