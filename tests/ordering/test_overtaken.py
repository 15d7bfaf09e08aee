"""A process that slept before its money call knows that it sent nothing: another one that took over is corrected."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState as S
from ordering.model.errors import CartChanged, RegistrarUnavailable
from ordering.model.facts import EventKind as K
from ordering.model.ids import CartId
from ordering.model.money_call import CallState, RecordedCall, orders, pays
from ordering.process.fulfilment import Fulfilment
from store.errors import DatabaseUnusable
from tests.builders import failing
from tests.ordering.paying import DAY, MINUTES

NAMES = orders(["name.ovh"])


def another_process(rules) -> Fulfilment:
    return Fulfilment(
        store=rules.store, registrar=rules.registrar, policy=rules.policy, clock=rules.clock, rights=rules.people
    )


def paying(rules, method=1):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=method, mark=rules.mark(cart.id))


def sleeps_at(rules, monkeypatch, call, meanwhile):
    """The next such call of OVH is made after `meanwhile`, by a process that slept until then."""
    calls = getattr(rules.registrar, call)

    def late(*args, **kwargs):
        monkeypatch.setattr(rules.registrar, call, calls)
        meanwhile()
        return calls(*args, **kwargs)

    monkeypatch.setattr(rules.registrar, call, late)


def taken_over(rules, cart):
    """Another process finds the attempt without an intent, and counts it as sent."""

    def meanwhile() -> None:
        rules.clock.now += 2 * MINUTES
        other = another_process(rules)
        for _ in range(2):
            other.advance(cart.id)
        now = rules.workflow.queries.cart(cart.id)
        assert now.state is S.CHECKING_OUT or now.is_undecided or now.payment.sent_at is not None

    return meanwhile


def state_of_calls(rules, subject):
    with rules.store.read() as carts:
        return [call.state for call in carts.money_calls(subject)]


@pytest.mark.parametrize("call", ["leave_marker", "markers", "ready_to_pay"])
def test_an_overtaken_payment_is_payable_at_once(rules, monkeypatch, call):
    """Its process wakes before it sends, finds its cart changed, and says that nothing left."""
    cart = paying(rules)
    sleeps_at(rules, monkeypatch, call, taken_over(rules, cart))
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    again = rules.workflow.queries.cart(cart.id)
    assert (again.state, again.payment, again.fact.kind) == (S.CHECKED_OUT, None, K.PAYMENT_NOT_SENT)
    assert (again.fact.data["reason"], again.fact.data["error"]) == ("not_sent", "held_up")
    assert state_of_calls(rules, pays(cart.order.id)) == [CallState.UNSENT]
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=2).state is S.PAID
    assert rules.registrar.payments == [(cart.order.id, 1)]


@pytest.mark.parametrize("call", ["leave_marker", "markers", "ready_to_check_out"])
def test_an_overtaken_checkout_is_ordered_at_once(rules, monkeypatch, call):
    """Nobody is asked whether it was ordered, and nobody waits for an order that cannot come."""
    cart = rules.approved()
    sleeps_at(rules, monkeypatch, call, taken_over(rules, cart))
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    back = rules.workflow.queries.cart(cart.id)
    assert (back.state, back.fact.kind, state_of_calls(rules, NAMES)) == (
        S.APPROVED,
        K.CHECKOUT_RESCHEDULED,
        [CallState.UNSENT],
    )
    assert rules.run_worker(cart.id, steps=2, seconds=5).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_person_who_was_asked_need_not_answer(rules, monkeypatch):
    """The other process could not tell whether it was ordered, as its cart at OVH is gone."""
    cart = rules.approved()

    def meanwhile() -> None:
        rules.registrar.undecided = True
        taken_over(rules, cart)()
        assert rules.workflow.queries.cart(cart.id).is_undecided
        rules.registrar.undecided = False

    sleeps_at(rules, monkeypatch, "markers", meanwhile)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    assert rules.run_worker(cart.id, steps=2, seconds=5).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


@pytest.mark.parametrize("begins", ["approved", "paying"])
def test_a_call_that_fails_after_the_takeover_was_not_sent(rules, monkeypatch, begins):
    """OVH does not answer the process that woke: it is corrected all the same."""
    cart = rules.approved() if begins == "approved" else paying(rules)
    woke = taken_over(rules, cart)

    def meanwhile() -> None:
        woke()
        monkeypatch.setattr(rules.registrar, "markers", failing(RegistrarUnavailable()))

    sleeps_at(rules, monkeypatch, "leave_marker", meanwhile)
    with pytest.raises(CartChanged):  # it cannot save the trouble either
        rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is (S.APPROVED if begins == "approved" else S.CHECKED_OUT)


@pytest.mark.parametrize("begins", ["approved", "paying"])
def test_a_correction_waits_for_the_database(rules, monkeypatch, caplog, begins):
    """What could not be recorded is recorded at the start of the process's next step, of whichever request."""
    cart = rules.approved() if begins == "approved" else paying(rules)
    begin, woke = rules.store.begin, taken_over(rules, cart)

    def meanwhile() -> None:
        woke()
        monkeypatch.setattr(rules.store, "begin", failing(DatabaseUnusable("read-only")))

    sleeps_at(rules, monkeypatch, "ready_to_check_out" if begins == "approved" else "ready_to_pay", meanwhile)
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    assert ["unsent_not_recorded" in line for line in caplog.messages] == [True]
    monkeypatch.setattr(rules.store, "begin", begin)
    assert rules.workflow.queries.cart(cart.id).state is (S.CHECKING_OUT if begins == "approved" else S.NEEDS_ATTENTION)
    other = rules.requested("other.ovh", "C2")
    rules.fulfilment.advance(other.id)
    assert rules.workflow.queries.cart(cart.id).state is (S.APPROVED if begins == "approved" else S.CHECKED_OUT)


def test_a_payment_intent_with_a_lost_commit_is_withdrawn(rules, monkeypatch):
    """It is on record, and its sender knows that it did not send."""
    cart, begin = paying(rules), rules.store.begin

    @contextmanager
    def begins():
        with begin() as carts:
            yield carts
        if rules.workflow.queries.cart(cart.id).payment.sent_at is not None:
            monkeypatch.setattr(rules.store, "begin", begin)
            raise DatabaseUnusable("the answer was lost")

    monkeypatch.setattr(rules.store, "begin", begins)
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    again = rules.workflow.queries.cart(cart.id)
    assert (again.state, again.payment, rules.registrar.payments) == (S.CHECKED_OUT, None, [])


def test_the_payment_of_another_attempt_stays(rules, monkeypatch):
    """This process slept so long that another payment was sent: it says nothing about that one."""
    cart = paying(rules)

    def meanwhile() -> None:
        taken_over(rules, cart)()
        other = another_process(rules)
        rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=rules.mark(cart.id))
        rules.clock.now += DAY
        for _ in range(3):
            for due in other.due():
                other.advance(due)
            rules.clock.pass_by(30)
        assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
        rules.registrar.next_fault = "lost_before"
        other.advance(cart.id)

    sleeps_at(rules, monkeypatch, "markers", meanwhile)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.payment.method, kept.payment.sent_at is None) == (S.PAYING, 2, False)


def test_the_order_of_another_attempt_stays(rules, monkeypatch):
    """The other process ordered with a cart of its own, and OVH's answer was lost."""
    cart = rules.approved()

    def meanwhile() -> None:
        rules.registrar.next_fault = "lost_after"
        another_process(rules).advance(cart.id)

    sleeps_at(rules, monkeypatch, "clock_ahead", meanwhile)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT
    assert rules.run_worker(cart.id, steps=3).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_what_a_payer_said_stays(rules, monkeypatch):
    """*It was paid* is about a payment made elsewhere: OVH shows it, or a person is asked again."""
    cart = paying(rules)

    def meanwhile() -> None:
        taken_over(rules, cart)()
        assert rules.workflow.queries.cart(cart.id).payment_is_undecided
        rules.workflow.recovery.it_was_paid(cart.id, by=rules.dan, mark=rules.mark(cart.id))

    sleeps_at(rules, monkeypatch, "markers", meanwhile)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert kept.payment.is_affirmed


def test_a_lost_payment_is_not_taken_back(rules, monkeypatch):
    """OVH has a marker of a payment that is not on record: this attempt's end says nothing about that one."""
    cart, begin = paying(rules), rules.store.begin
    rules.registrar.leave_marker(pays(cart.order.id))
    listed = rules.registrar.markers

    def begins():
        monkeypatch.setattr(rules.store, "begin", begin)
        raise DatabaseUnusable("read-only")  # so it is recorded later that this attempt sent nothing

    def markers(subject):
        monkeypatch.setattr(rules.store, "begin", begins)
        return listed(subject)

    monkeypatch.setattr(rules.registrar, "markers", markers)
    rules.fulfilment.advance(cart.id)
    asked = rules.workflow.queries.cart(cart.id)
    assert (asked.fact.kind, asked.payment_is_undecided) == (K.ATTEMPT_NOT_ON_RECORD, True)
    rules.run_worker(cart.id, steps=2)
    assert rules.workflow.queries.cart(cart.id).payment_is_undecided
    assert CallState.ANNOUNCED not in state_of_calls(rules, pays(cart.order.id))


@pytest.mark.parametrize("begins", ["approved", "paying"])
def test_an_attempt_that_ends_during_a_take_over_was_not_sent(rules, monkeypatch, begins):
    """Its process records that it sent nothing while another one reads OVH's clock: nothing counts as sent."""
    cart = rules.approved() if begins == "approved" else paying(rules)
    subject = NAMES if begins == "approved" else pays(cart.order.id)
    with monkeypatch.context() as asleep:
        asleep.setattr(rules.registrar, "markers", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            rules.fulfilment.advance(cart.id)
    rules.clock.now += 2 * MINUTES

    def ends() -> None:
        with rules.store.begin() as carts:
            (call,) = carts.money_calls(subject)
            carts.update_call(replace(call, state=CallState.UNSENT))

    sleeps_at(rules, monkeypatch, "time", ends)
    other = another_process(rules)
    with pytest.raises(CartChanged):
        other.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.attempt is None or begins == "paying") == (
        S.APPROVED if begins == "approved" else S.PAYING,
        True,
    )
    assert kept.payment is None or kept.payment.sent_at is None
    assert state_of_calls(rules, subject) == [CallState.UNSENT]
    other.advance(cart.id)
    assert rules.run_worker(cart.id, steps=2).state is (S.CHECKED_OUT if begins == "approved" else S.PAID)
    assert (len(rules.registrar.orders), len(rules.registrar.payments)) == (1, begins == "paying")


def test_another_request_that_counts_it_as_sent_is_corrected(rules, monkeypatch):
    """The request of the attempt was stopped, and a new one of the same names took the attempt for its own."""
    first = rules.approved()
    second: list[int] = []

    def meanwhile() -> None:
        rules.workflow.approvals.stop(first.id, by=rules.dan)
        second.append(rules.approved("name.ovh", "C2").id)
        rules.clock.now += 2 * MINUTES
        another_process(rules).advance(CartId(second[0]))
        assert rules.workflow.queries.cart(second[0]).state is S.CHECKING_OUT

    sleeps_at(rules, monkeypatch, "markers", meanwhile)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(first.id)
    back = rules.workflow.queries.cart(second[0])
    assert (back.state, back.fact.kind) == (S.APPROVED, K.CHECKOUT_RESCHEDULED)
    assert rules.workflow.queries.cart(first.id).state is S.CANCELLED
    assert rules.run_worker(second[0], steps=2, seconds=5).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_checkout_that_is_held_up_again_waits_longer(rules, monkeypatch):
    """As after any other attempt that made no order: each wait is twice as long, and at last a person decides."""
    cart, waits = rules.approved(), []
    for _ in range(5):
        with rules.store.read() as carts:
            due_at = carts.next_due()
        waits.append(due_at - rules.clock.now)
        rules.clock.now = due_at
        sleeps_at(rules, monkeypatch, "markers", taken_over(rules, cart))
        with pytest.raises(CartChanged):
            rules.fulfilment.advance(cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert [wait / timedelta(seconds=2) for wait in waits] == [0, 2, 4, 8, 16]
    assert (after.state, after.fact.kind) == (S.NEEDS_ATTENTION, K.CHECKOUT_ATTEMPTS_EXHAUSTED)
    assert rules.registrar.orders == {}


def test_a_mistake_in_one_correction_stops_no_other_request(rules, monkeypatch, caplog):
    """It is logged as an error, and the attempt ends without the correction: its order is searched for as usual."""
    cart, other = rules.approved(), rules.approved("other.ovh", "C2")
    monkeypatch.setattr(rules.fulfilment._checkout, "_take_back", failing(ValueError("a bug")))  # noqa: SLF001 - the correction fails
    sleeps_at(rules, monkeypatch, "markers", taken_over(rules, cart))
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    assert [record.levelname for record in caplog.records if "correction_failed" in record.message] == ["ERROR"]
    assert state_of_calls(rules, NAMES) == [CallState.UNSENT]
    caplog.clear()
    rules.fulfilment.advance(other.id)
    assert rules.workflow.queries.cart(other.id).state is S.CHECKED_OUT
    assert caplog.messages == []
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 2


def test_a_correction_that_meets_another_change_comes_again(rules, monkeypatch):
    """The next step of any request makes it."""
    cart, other = rules.approved(), rules.requested("other.ovh", "C2")
    checkout = rules.fulfilment._checkout  # noqa: SLF001 - one correction loses against another process
    corrects = checkout._take_back  # noqa: SLF001 - as above
    lost: list[RecordedCall] = []

    def loses(call, carts):
        if not lost:
            lost.append(call)
            raise CartChanged(cart.id)
        corrects(call, carts)

    monkeypatch.setattr(checkout, "_take_back", loses)
    sleeps_at(rules, monkeypatch, "markers", taken_over(rules, cart))
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT
    rules.fulfilment.advance(other.id)
    assert (rules.workflow.queries.cart(cart.id).state, state_of_calls(rules, NAMES)) == (
        S.APPROVED,
        [CallState.UNSENT],
    )
