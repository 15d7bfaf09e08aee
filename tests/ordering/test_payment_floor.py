"""Silence is never "not paid": an order can be paid again by proof alone, or when a floor by OVH's clock is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotPossible, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import EventKind, Fact
from ordering.process.floors import Floors
from ordering.process.predecessor import end_predecessors_calls
from tests.builders import a_quote, failing
from tests.ordering.paying import (
    CONFIRMING,
    DAY,
    FAILED,
    HOURS,
    MINUTES,
    NOTHING,
    PAID,
    REFUSED,
    TAKEN,
    UNDER_WAY,
    after,
    pays,
    pays_again,
    takes_on,
)
from tests.refusing import refuses

S = CartState
SECOND = timedelta(seconds=1)


def test_the_floors_are_fifteen_minutes_and_a_day():
    """What is configured for the tests and the campaign is not what the product uses."""
    assert Floors() == Floors(ended=timedelta(minutes=15), unknown=timedelta(days=1))


@pytest.mark.parametrize("fault", ["refused", "unavailable"])
def test_a_refused_call_is_payable_when_the_floor_is_over(rules, fault):
    """A proxy may have repeated a call that was taken, and OVH refuses or throttles the copy."""
    cart = pays(rules, fault)
    assert (cart.state, cart.payment.refusal is not None) == (S.PAYING, True)
    ended = cart.payment.ended_at_ovh
    assert cart.payment.waits_until_ovh == ended + 15 * MINUTES
    assert after(rules, cart.id, ended + 15 * MINUTES - SECOND - rules.clock.now).state is S.PAYING
    assert after(rules, cart.id, 3 * SECOND).state is S.CHECKED_OUT
    assert pays_again(rules, cart.id, method=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, 2)]


def test_a_refused_call_that_paid_shows_late_and_is_paid_once(rules):
    """The copy was refused, the first call paid, and OVH shows it minutes later."""
    cart = pays(rules, "refused")
    after(rules, cart.id, 10 * MINUTES)
    with refuses("not_payable", NotPossible, state="paying"):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
    rules.registrar.reconciliation = PAID
    assert after(rules, cart.id, 4 * MINUTES).state is S.PAID


def test_nobody_is_asked_after_a_refused_call(rules):
    """OVH did answer: the card says so at once, and the payer waits for the floor's end."""
    cart = pays(rules, "refused")
    assert (cart.fact.kind, cart.fact.data["turned_away"]) == (EventKind.PAYMENT_CALL_REFUSED, False)
    assert cart.fact.data["error"] == cart.payment.refusal == "registrar_refused"
    states = {after(rules, cart.id, MINUTES).state for _ in range(14)}
    assert states == {S.PAYING}


def test_with_a_method_that_was_removed_nothing_is_sent(rules):
    """The order's list of methods is read before the call, so the click is answered at once."""
    rules.registrar.listed = False
    cart = pays(rules)
    assert (cart.state, rules.registrar.payments) == (S.CHECKED_OUT, [])
    assert (cart.fact.kind, cart.fact.data["reason"]) == (EventKind.PAYMENT_NOT_SENT, "method_gone")


@pytest.mark.parametrize("fault", ["refused", "lost_before"])
def test_a_method_that_was_removed_since_the_call_proves_nothing(rules, monkeypatch, fault):
    """A first copy of the call may have paid before that, so the refusal waits for the floor as any other."""
    lists = iter([True])
    monkeypatch.setattr(rules.registrar, "lists_method", lambda *_: next(lists, False))
    cart = pays(rules, fault)
    assert after(rules, cart.id, 14 * MINUTES).state is not S.CHECKED_OUT


def test_a_list_that_ovh_refuses_to_show_hinders_nobody(rules, monkeypatch):
    monkeypatch.setattr(rules.registrar, "lists_method", failing(RegistrarRefused()))
    assert pays(rules).state is S.PAID


def test_an_order_over_nothing_needs_no_method_of_the_list(rules):
    """It is completed by a method that the list need not name."""
    rules.registrar.quote, rules.registrar.methods = a_quote("0.00", "0.00"), ()
    cart = rules.ordered()
    rules.registrar.listed = False
    assert pays_again(rules, cart.id, method=None).state is S.PAID


def test_a_call_that_was_not_sent_is_payable_at_once(rules):
    """The sender knows that no byte left."""
    cart = pays(rules, "not_sent")
    assert (cart.state, cart.payment) == (S.CHECKED_OUT, None)
    assert (cart.fact.kind, cart.fact.data["reason"]) == (EventKind.PAYMENT_NOT_SENT, "not_sent")
    assert cart.fact.data["error"] == "not_sent"
    assert pays_again(rules, cart.id).state is S.PAID


def test_the_end_of_a_call_is_kept_beside_another_change(rules, monkeypatch):
    """A user opens the order's page while the call is on the wire: the floor runs from the end of the call."""
    cart = rules.ordered()

    def opens(*_, **__):
        with rules.store.begin() as carts:
            paying = carts.cart(cart.id)
            carts.save(replace(paying, order=replace(paying.order, opened_at=rules.clock.now)), due_at=rules.clock.now)

    monkeypatch.setattr(rules.registrar, "pay", opens)
    kept = pays_again(rules, cart.id)
    assert kept.order.opened_at is not None
    assert kept.payment.accepted_at is not None
    assert kept.payment.ended_at_ovh is not None


def test_a_card_that_is_refused_after_a_200_is_payable_at_once(rules, monkeypatch):
    """The order shows one payment that was begun, and its end: honest cases stay quick."""
    takes_on(rules, monkeypatch)
    rules.registrar.reconciliation = REFUSED
    cart = pays(rules)
    assert (cart.state, cart.order.suggested_method.id) == (S.CHECKED_OUT, 2)
    refused = {"order": cart.order.id, "method": 1, "method_name": "VISA", "all_refused": False}
    assert cart.fact == Fact(EventKind.PAYMENT_REFUSED, {**refused, "ovh": {"said": "The card is blocked"}})


def test_a_refusal_after_a_lost_answer_waits_for_the_floor(rules):
    """A proxy may still hold the call: what was refused may have been begun elsewhere."""
    cart = pays(rules, "lost_before")
    rules.registrar.reconciliation = REFUSED
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


def test_a_refusal_after_the_page_was_opened_waits_for_the_floor(rules, monkeypatch):
    """What is refused may have been paid on the page, while ours is still on its way."""
    takes_on(rules, monkeypatch)
    cart = pays(rules)
    rules.workflow.payments.order_link(cart.id, payer=rules.dan, mark=cart.mark)
    rules.registrar.reconciliation = REFUSED
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


@pytest.mark.parametrize("shown", [None, "", "of an earlier card"])
def test_a_card_without_the_payment_opens_no_page(rules, monkeypatch, shown):
    """A user who pays on OVH's page must know from the card that a payment is under way."""
    takes_on(rules, monkeypatch)
    cart = pays(rules)
    with pytest.raises(CardOutdated):
        rules.workflow.payments.order_link(cart.id, payer=rules.dan, mark=shown)
    assert rules.workflow.queries.cart(cart.id).order.opened_at is None


def test_a_page_that_was_opened_before_the_payment_counts(rules, monkeypatch):
    """It may still be open, and OVH keeps it as long as the order."""
    takes_on(rules, monkeypatch)
    cart = rules.ordered()
    rules.workflow.payments.order_link(cart.id, payer=rules.dan)
    rules.registrar.reconciliation = REFUSED
    assert pays_again(rules, cart.id).state is S.PAYING
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


def test_an_ambiguous_refusal_waits_for_the_settling_time(rules, monkeypatch):
    """No page was opened from here, but OVH's mail leads there too."""
    takes_on(rules, monkeypatch)
    rules.registrar.reconciliation = replace(REFUSED, is_own=False)
    cart = pays(rules)
    assert (cart.state, cart.fact.kind) == (S.PAYING, EventKind.PAYMENT_WAITING)
    assert cart.fact.data["evidence"] == REFUSED.seen
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


def test_a_failed_transaction_waits_for_the_floor(rules, monkeypatch):
    """It names no order, so it may be another's."""
    takes_on(rules, monkeypatch)
    rules.registrar.reconciliation = FAILED
    cart = pays(rules)
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    paid_again = after(rules, cart.id, 2 * MINUTES)
    assert paid_again.state is S.CHECKED_OUT
    assert [method.id for method in paid_again.order.methods if method.refused] == [1]


class Death(BaseException):
    """The process ends here."""


def dies_while_paying(rules, monkeypatch):
    """The request whose payment was on its way when the process ended; the next one has just started."""

    def dies(*_, **__):
        raise Death

    cart = rules.ordered()
    monkeypatch.setattr(rules.registrar, "pay", dies)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    with pytest.raises(Death):
        rules.fulfilment.advance(cart.id)
    monkeypatch.undo()
    rules.restart()
    return rules.workflow.queries.cart(cart.id)


@pytest.mark.parametrize("looked_before", [False, True])
def test_a_dead_senders_call_ends_with_it(rules, monkeypatch, looked_before):
    """Who holds the database alone knows that the sender is dead: the floor is 15 minutes from then, not a day."""
    cart = dies_while_paying(rules, monkeypatch)
    if looked_before:  # a person is asked, and the card names the day
        after(rules, cart.id, 2 * MINUTES)
    assert end_predecessors_calls(rules.store, rules.clock.now) == [cart.id]
    started = rules.clock.now
    cart = after(rules, cart.id, 2 * MINUTES)
    assert abs(cart.payment.waits_until_ovh - started - 15 * MINUTES) < MINUTES
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    assert after(rules, cart.id, started + 15 * MINUTES - SECOND - rules.clock.now).state is S.PAYING
    assert after(rules, cart.id, MINUTES).state is S.CHECKED_OUT


def test_a_call_with_an_end_is_not_dated_again(rules):
    cart = pays(rules, "lost_before")
    assert end_predecessors_calls(rules.store, rules.clock.now + DAY) == []
    assert rules.workflow.queries.cart(cart.id).payment == cart.payment


def test_without_an_end_on_record_the_floor_is_a_day(rules, monkeypatch):
    """The sender died or sleeps: its call may leave hours later."""
    cart = dies_while_paying(rules, monkeypatch)
    sent = rules.workflow.queries.cart(cart.id).payment.sent_at_ovh
    cart = after(rules, cart.id, 2 * MINUTES)
    assert cart.payment_is_undecided
    assert cart.payment.waits_until_ovh == sent + DAY
    rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    assert after(rules, cart.id, sent + DAY - SECOND - rules.clock.now).state is S.PAYING
    assert after(rules, cart.id, 3 * SECOND).state is S.CHECKED_OUT


def test_an_end_that_could_not_be_dated_is_dated_later(rules, monkeypatch):
    """The floor runs from a time that was read from OVH after the end, never from a kept difference."""
    monkeypatch.setattr(rules.registrar, "time", failing(RegistrarUnavailable()))
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.registrar.next_fault = "refused"
    rules.advance(cart.id)
    rules.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id).payment
    assert (kept.ended_at is not None, kept.ended_at_ovh) == (True, None)
    monkeypatch.undo()
    rules.clock.pass_by(40 * 60)
    rules.restart()
    now = rules.clock.now
    cart = rules.run_worker(cart.id, steps=1, seconds=0)
    assert cart.payment.ended_at_ovh == now
    assert after(rules, cart.id, 14 * MINUTES).state is S.PAYING
    assert after(rules, cart.id, 2 * MINUTES).state is S.CHECKED_OUT


@pytest.mark.parametrize("jump", [-3 * HOURS, 3 * HOURS, 400 * DAY])
def test_our_clock_ends_no_floor(rules, jump):
    """Our clock jumps, and OVH's goes on evenly."""
    cart = pays(rules, "refused")
    rules.clock.now += jump
    rules.registrar.ahead -= jump
    for minutes, state in ((10, S.PAYING), (6, S.CHECKED_OUT)):
        rules.clock.now += minutes * MINUTES
        rules.fulfilment.advance(cart.id)  # whenever the bot looks
        assert rules.workflow.queries.cart(cart.id).state is state


@pytest.mark.parametrize("fault", ["refused", "lost_before"])
def test_what_shows_while_the_time_is_read_is_seen(rules, monkeypatch, fault):
    """OVH is asked once more after its time was read: a first look may be older than the floor's end."""
    cart = pays(rules, fault)
    if fault == "lost_before":
        cart = after(rules, cart.id, 2 * MINUTES)
        rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark)
    rules.clock.pass_by(60 * 60)
    read = rules.registrar.time

    def reading():
        rules.registrar.reconciliation = PAID
        return read()

    monkeypatch.setattr(rules.registrar, "time", reading)
    rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.PAID


@pytest.mark.parametrize("taken", [TAKEN, CONFIRMING])
def test_an_unexplained_transaction_makes_the_floor_a_day(rules, taken):
    """It took the amount, so it may be the payment that the order does not show."""
    cart = pays(rules, "refused")
    ended, rules.registrar.taken = cart.payment.ended_at_ovh, taken
    waiting = after(rules, cart.id, 20 * MINUTES)
    assert waiting.state is S.PAYING
    assert after(rules, cart.id, ended + DAY - SECOND - rules.clock.now).state is S.PAYING
    last = after(rules, cart.id, DAY)  # the pause between two looks has grown to hours
    assert last.state is (S.PAYING if taken.unfinished else S.CHECKED_OUT)


def test_a_longer_floor_is_told_to_the_payer_with_its_end(rules):
    """A floor that is longer than an hour is reported when it starts."""
    cart = pays(rules, "refused")
    ended, rules.registrar.taken = cart.payment.ended_at_ovh, TAKEN
    cart = after(rules, cart.id, 20 * MINUTES)
    assert cart.payment.waits_until_ovh == ended + DAY
    events = rules.workflow.queries.timeline(cart.id, by=rules.dan)[1]
    (told,) = [event.data for event in events if event.kind is EventKind.PAYMENT_WAITING]
    assert (told["evidence"], told["until"]) == (TAKEN.seen, (ended + DAY).isoformat())


def test_an_explained_transaction_hinders_no_payment(rules):
    """A day after, the transactions that were counted are not this order's."""
    cart = pays(rules, "refused")
    rules.registrar.taken = TAKEN
    cart = after(rules, cart.id, 20 * MINUTES)
    cart = after(rules, cart.id, DAY)
    assert (cart.state, cart.order.explained) == (S.CHECKED_OUT, 1)
    rules.registrar.earlier = TAKEN
    assert pays_again(rules, cart.id, method=2).state is S.PAID


def test_a_click_that_comes_again_after_the_floor_pays_nothing(rules):
    """The card's mark changed, so an old click is about another payment."""
    cart = rules.ordered()
    pays_again(rules, cart.id, "refused")
    after(rules, cart.id, 20 * MINUTES)
    with pytest.raises(CardOutdated):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)


def test_a_lost_answer_of_a_payment_that_shows_is_adopted(rules):
    """Nobody is needed where OVH shows it at once."""
    assert pays(rules, "lost_after").state is S.PAID
    assert len(rules.registrar.payments) == 1


@pytest.mark.parametrize("seen", [NOTHING, UNDER_WAY, TAKEN])
def test_silence_alone_never_makes_an_order_payable(rules, seen):
    """However long OVH shows nothing, a person must say that it was not paid."""
    cart = pays(rules, "lost_before")
    rules.registrar.reconciliation = seen
    for wait in (20 * MINUTES, 2 * DAY, 30 * DAY):
        cart = after(rules, cart.id, wait)
        assert cart.state in {S.PAYING, S.NEEDS_ATTENTION}
