"""Each money call leaves a marker at OVH; one that no attempt on record explains stops everything of its subject."""

from contextlib import contextmanager

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged, NotAllowed, OnHold, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import EventKind, Fact
from ordering.model.ids import OrderId
from ordering.model.money_call import CallState, RecordedCall, orders, pays
from ordering.model.recovery import Cause
from ordering.process.money_markers import attempt_is_announced
from ordering.process.recovery import RecoverMode
from store.errors import DatabaseUnusable
from tests.builders import failing
from tests.ordering.recovering import release

S, K = CartState, EventKind
NAMES = orders(["name.ovh"])


def calls(rules, subject=NAMES):
    with rules.store.read() as carts:
        return carts.money_calls(subject)


def lost(rules, subject=NAMES, started_at=None):
    """A marker of an attempt that a restored database does not know."""
    return rules.registrar.leave_marker(subject, started_at)


def test_a_request_leaves_two_markers(rules):
    """One for its order, one for its payment, each with an attempt on record that was intended."""
    cart = rules.paid()
    about = [subject for subject, _ in rules.registrar.left_markers]
    assert about == [NAMES, pays(cart.order.id)]
    recorded = [*calls(rules), *calls(rules, about[1])]
    assert [call.state for call in recorded] == [CallState.INTENDED] * 2
    assert [call.marker for call in recorded] == [marker for _, marker in rules.registrar.left_markers]


@pytest.mark.parametrize("asks_to", ["order", "pay"])
def test_a_person_is_asked_with_recover_mode_on(rules, monkeypatch, asks_to):
    """Though the database lost the commit that switched it on: the question switches it on, too."""
    monkeypatch.setattr(RecoverMode, "begin", lambda *_, **__: None)
    if asks_to == "order":
        cart = rules.approved()
        lost(rules)
    else:
        cart = paying(rules)
        lost(rules, pays(cart.order.id))
    after = rules.run_worker(cart.id)
    assert (after.state, after.fact.kind) == (S.NEEDS_ATTENTION, K.ATTEMPT_NOT_ON_RECORD)
    assert rules.workflow.recover_mode.is_on


def test_the_attempt_is_on_record_before_its_marker(rules, monkeypatch):
    """And the markers are listed after that one was made, before the intent."""
    seen: list[tuple[str, int, CartState]] = []

    def watched(name):
        call = getattr(rules.registrar, name)

        def watches(*arguments):
            seen.append((name, len(calls(rules)), rules.workflow.queries.cart(1).state))
            return call(*arguments)

        monkeypatch.setattr(rules.registrar, name, watches)

    watched("leave_marker")
    watched("markers")
    rules.run_worker(rules.approved().id, steps=1)
    assert seen == [("leave_marker", 1, S.APPROVED), ("markers", 1, S.APPROVED)]


def test_a_marker_that_is_not_on_record_stops_the_checkout(rules):
    """A database that went back orders nothing again; recover mode is switched on."""
    lost(rules)
    after = rules.run_worker(rules.approved().id)
    assert (after.state, after.fact.kind, rules.registrar.orders) == (S.NEEDS_ATTENTION, K.ATTEMPT_NOT_ON_RECORD, {})
    assert after.fact.data["markers"]
    assert rules.workflow.recover_mode.standing().recovery.cause is Cause.MARKERS


def test_a_marker_of_other_names_stops_nothing(rules):
    """Markers are compared by their subject."""
    lost(rules, orders(["name.ovh", "other.ovh"]))
    lost(rules, pays(OrderId(1)))
    assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT


def test_attempts_of_an_earlier_request_are_on_record(rules):
    """The same names, ordered and cancelled before, are no lost attempt."""
    first = rules.ordered()
    rules.registrar.cancel(first.order.id)
    assert rules.run_worker(first.id).state is S.CANCELLED
    assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT


def test_an_approver_orders_in_spite_of_a_lost_try(rules):
    """After recover mode and a look at OVH; the requester may not say so."""
    lost(rules)
    stopped = rules.run_worker(rules.approved().id)
    with pytest.raises(OnHold):
        rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    assert release(rules)
    with pytest.raises(NotAllowed):
        rules.workflow.recovery.order_anyway(stopped.id, by=rules.ada, mark=stopped.mark)
    rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    assert rules.run_worker(stopped.id).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_try_again_does_not_forget_a_lost_try(rules):
    """It stops the checkout again where no comparison showed it, and its own unsent tries are on record."""
    lost(rules)
    stopped = rules.run_worker(rules.approved().id)
    assert release(rules)
    lost(rules)  # another one, of a process that still lives
    rules.workflow.recovery.try_again(stopped.id, by=rules.dan, mark=stopped.mark)
    again = rules.run_worker(stopped.id)
    assert (again.state, again.fact.kind) == (S.NEEDS_ATTENTION, K.ATTEMPT_NOT_ON_RECORD)
    assert {call.state for call in calls(rules)} == {CallState.UNSENT}


def test_a_list_that_cannot_see_stops_everything(rules, monkeypatch):
    """A list without the marker that was just made proves nothing: nothing is sent, and the card says why."""
    lost(rules)
    with monkeypatch.context() as blind:
        blind.setattr(rules.registrar, "markers", lambda _subject: frozenset())
        waiting = rules.run_worker(rules.approved().id, steps=5)
    assert (waiting.state, waiting.blocked.code) == (S.APPROVED, "markers_not_listed")
    assert rules.registrar.orders == {}
    assert rules.run_worker(waiting.id).fact.kind is K.ATTEMPT_NOT_ON_RECORD


def test_a_refused_marker_explains_no_lost_try(rules, monkeypatch):
    """OVH said no, so it made none."""
    cart = rules.approved()
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "leave_marker", failing(RegistrarRefused()))
        rules.advance(cart.id)
    lost(rules)
    assert rules.run_worker(cart.id).fact.kind is K.ATTEMPT_NOT_ON_RECORD


@pytest.mark.parametrize("wait", [5, 16 * 60])
@pytest.mark.parametrize("was_made", [True, False])
def test_a_try_without_a_marker_explains_one_at_most(rules, monkeypatch, was_made, wait):
    """Its answer was lost: its marker is found by the next try, or was never made. A second one is a lost try's."""
    cart = rules.approved()
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "leave_marker", failing(RegistrarUnavailable()))
        rules.advance(cart.id)
    (nameless,) = calls(rules)
    if was_made:
        lost(rules, started_at=nameless.started_at)
    rules.clock.pass_by(wait)
    first = rules.run_worker(cart.id)
    assert first.state is S.CHECKED_OUT
    assert (calls(rules)[0].marker is not None) is was_made
    rules.registrar.cancel(first.order.id)
    assert rules.run_worker(first.id).state is S.CANCELLED
    lost(rules)
    again = rules.run_worker(rules.approved("name.ovh", "C2").id)
    assert again.fact.kind is K.ATTEMPT_NOT_ON_RECORD


@pytest.mark.parametrize("wait", [5, 16 * 60])
def test_a_try_that_left_none_explains_no_later_one(rules, monkeypatch, wait):
    """The database lost the next try with everything that it noted: its marker is not the first one's."""
    cart = rules.approved()
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "leave_marker", failing(RegistrarUnavailable()))
        rules.advance(cart.id)
    rules.clock.pass_by(wait)
    lost(rules, started_at=rules.clock())
    rules.clock.pass_by(5)
    after = rules.run_worker(cart.id)
    assert (after.fact.kind, rules.registrar.orders) == (K.ATTEMPT_NOT_ON_RECORD, {})
    assert rules.workflow.recover_mode.is_on


def test_a_try_explains_no_marker_without_a_date(rules, monkeypatch):
    """OVH may not show when a marker expires: then it may be any try's, also a lost one's."""
    cart = rules.approved()
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "leave_marker", failing(RegistrarUnavailable()))
        rules.advance(cart.id)
    lost(rules)
    assert rules.run_worker(cart.id).fact.kind is K.ATTEMPT_NOT_ON_RECORD


def after_the_marker(rules, monkeypatch, subject):
    """Have the next write after the marker of this kind fail."""
    begin, leave = rules.store.begin, rules.registrar.leave_marker
    armed: list[str] = []

    def begins():
        if armed:
            armed.clear()
            raise DatabaseUnusable("read-only")
        return begin()

    def leaves(about, started_at):
        marker = leave(about, started_at)
        if about.startswith(subject):
            armed.append(marker)
            monkeypatch.setattr(rules.registrar, "leave_marker", leave)
        return marker

    monkeypatch.setattr(rules.store, "begin", begins)
    monkeypatch.setattr(rules.registrar, "leave_marker", leaves)


def test_an_unsaved_marker_asks_nobody_about_an_order(rules, monkeypatch):
    """Nothing was sent and the bot knows it: it orders as soon as the database takes writes."""
    cart = rules.approved()
    after_the_marker(rules, monkeypatch, "orders")
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    assert rules.run_worker(cart.id, steps=3).state is S.CHECKED_OUT


def test_an_unsaved_marker_asks_nobody_about_a_payment(rules, monkeypatch):
    """The same before a payment."""
    cart = rules.run_worker(rules.approved().id)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    after_the_marker(rules, monkeypatch, "pays")
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    assert rules.run_worker(cart.id, steps=3).state is S.PAID
    assert len(rules.registrar.payments) == 1


def test_an_intent_whose_commit_lost_its_answer_asks_nobody(rules, monkeypatch):
    """It is on record, nothing was sent, and its sender takes that back: it is ordered at once."""
    cart = rules.approved()
    begin = rules.store.begin

    @contextmanager
    def begins():
        with begin() as carts:
            yield carts
        if rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT:
            monkeypatch.setattr(rules.store, "begin", begin)
            raise DatabaseUnusable("the answer was lost")

    monkeypatch.setattr(rules.store, "begin", begins)
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.APPROVED
    assert rules.run_worker(cart.id, steps=2, seconds=5).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_an_attempt_of_a_closed_request_is_looked_after(rules):
    """Its order may still show: a new request of the same names looks for it first, and orders nothing next to it."""
    first = rules.approved()
    with rules.store.begin() as carts:
        started = rules.clock() + rules.registrar.ahead
        carts.announce_call(RecordedCall(NAMES, first.id, 1, started, registrar_cart="cart-1", marker="m-1"))
    rules.registrar.left_markers.append((NAMES, "m-1"))
    rules.workflow.approvals.stop(first.id, by=rules.dan)
    second = rules.approved("name.ovh", "C2")
    rules.clock.pass_by(120)
    after = rules.run_worker(second.id, steps=1)
    assert (after.state, after.attempt.registrar_cart) == (S.CHECKING_OUT, "cart-1")
    assert rules.registrar.orders == {}


@pytest.mark.parametrize("error", [RegistrarUnavailable(), RegistrarRefused()])
@pytest.mark.parametrize("call", ["leave_marker", "markers"])
def test_a_marker_that_ovh_does_not_take(rules, monkeypatch, call, error):
    """Nothing is sent, that is on record, and the next try goes through."""
    cart = rules.approved()
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, call, failing(error))
        rules.run_worker(cart.id, steps=2)
    assert (rules.workflow.queries.cart(cart.id).state, rules.registrar.orders) == (S.APPROVED, {})
    assert {known.state for known in calls(rules)} == {CallState.UNSENT}
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_a_marker_whose_answer_was_lost(rules, monkeypatch):
    """It belongs to an attempt on record, though its id never arrived."""
    cart, leave = rules.approved(), rules.registrar.leave_marker

    def made(subject, started_at):
        leave(subject, started_at)
        raise RegistrarUnavailable

    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "leave_marker", made)
        rules.advance(cart.id)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    lost(rules)
    rules.registrar.cancel(rules.workflow.queries.cart(cart.id).order.id)
    rules.run_worker(cart.id)
    assert rules.run_worker(rules.approved().id).state is S.NEEDS_ATTENTION  # one more than those


def interrupted(rules, monkeypatch, step):
    """The process dies after its marker was made, before its intent; the settling time passes."""
    with monkeypatch.context() as dying:
        dying.setattr(rules.registrar, "markers", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            step()
    rules.clock.pass_by(60)


def test_an_attempt_without_intent_counts_as_sent(rules, monkeypatch):
    """After a restore its intent may be lost: its order is looked for before anything is ordered again."""
    cart = rules.approved()
    interrupted(rules, monkeypatch, lambda: rules.advance(cart.id))
    (call,) = calls(rules)
    late = rules.registrar.check_out(call.registrar_cart, waive_retraction=True, not_after=rules.clock())
    after = rules.run_worker(cart.id, steps=3)
    assert (after.state, after.order.id, len(rules.registrar.orders)) == (S.CHECKED_OUT, late.id, 1)


def test_an_attempt_without_intent_that_made_nothing(rules, monkeypatch):
    """Its cart is deleted, and after the floor it is ordered again, once."""
    cart = rules.approved()
    interrupted(rules, monkeypatch, lambda: rules.advance(cart.id))
    looking = rules.run_worker(cart.id, steps=2)
    assert (looking.state, looking.fact) == (S.CHECKING_OUT, Fact(K.CHECKOUT_INTERRUPTED, {"attempt": 1}))
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_an_attempt_of_a_moment_ago_is_left_to_its_process(rules, monkeypatch):
    """It may be about to send: another one neither looks for its order nor orders."""
    cart = rules.approved()
    interrupted(rules, monkeypatch, lambda: rules.advance(cart.id))
    rules.clock.pass_by(-1)
    rules.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.APPROVED
    assert [call.state for call in calls(rules)] == [CallState.ANNOUNCED]


def paying(rules):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)


def test_a_lost_payment_is_for_a_person(rules):
    """OVH has a marker of a payment that is not on record: nothing is paid next to it."""
    cart = paying(rules)
    lost(rules, pays(cart.order.id))
    after = rules.run_worker(cart.id, steps=1)
    assert (after.state, after.payment_is_undecided, rules.registrar.payments) == (S.NEEDS_ATTENTION, True, [])
    assert after.fact.kind is K.ATTEMPT_NOT_ON_RECORD


def test_a_payment_of_a_moment_ago_is_left_to_its_process(rules, monkeypatch):
    """Another process neither counts it as sent nor pays."""
    cart = paying(rules)
    interrupted(rules, monkeypatch, lambda: rules.advance(cart.id))
    rules.clock.pass_by(-1)
    rules.advance(cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.payment.sent_at, rules.registrar.payments) == (S.PAYING, None, [])


def test_a_payment_without_intent_counts_as_sent(rules, monkeypatch):
    """It is watched, not sent again."""
    cart = paying(rules)
    interrupted(rules, monkeypatch, lambda: rules.advance(cart.id))
    rules.registrar.pay(cart.order.id, 1, not_after=rules.clock())
    assert rules.run_worker(cart.id, steps=3).state is S.PAID
    assert len(rules.registrar.payments) == 1


def test_no_intent_without_an_announced_attempt(rules):
    """The intent's own transaction takes the attempt up; there is no other way to one."""
    cart = rules.approved()
    with rules.store.begin() as carts, pytest.raises(CartChanged):
        attempt_is_announced(carts, cart)


def test_calls_are_kept_by_subject(rules):
    """On record oldest first, as they were updated."""
    cart = rules.approved()
    with rules.store.begin() as carts:
        first = carts.announce_call(RecordedCall("pays 7", cart.id, 1, rules.clock()))
        carts.announce_call(RecordedCall("pays 77", cart.id, 1, rules.clock()))
        second = carts.announce_call(RecordedCall("pays 7", cart.id, 2, rules.clock(), marker="m"))
    assert calls(rules, "pays 7") == [first, second]
    assert first.state is CallState.ANNOUNCED


@pytest.mark.parametrize("writes", [1, 2], ids=["the intent", "that nothing was sent, too"])
@pytest.mark.parametrize("what", ["ready_to_check_out", "ready_to_pay"])
def test_an_intent_that_cannot_be_saved_is_tried_again(rules, monkeypatch, what, writes):
    """The process knows that it sent nothing, so nobody is asked: there is one order and one payment at once."""
    refused = 0
    begin, ready = rules.store.begin, getattr(rules.registrar, what)

    def begins():
        nonlocal refused
        if refused:
            refused -= 1
            raise DatabaseUnusable("The database is read-only.")
        return begin()

    def is_ready(*args, **kwargs):
        nonlocal refused
        refused = writes
        monkeypatch.setattr(rules.registrar, what, ready)
        return ready(*args, **kwargs)

    monkeypatch.setattr(rules.store, "begin", begins)
    monkeypatch.setattr(rules.registrar, what, is_ready)
    cart = rules.approved()
    if what == "ready_to_pay":
        cart = rules.run_worker(cart.id)
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    with pytest.raises(DatabaseUnusable):
        rules.fulfilment.advance(cart.id)
    after = rules.run_worker(cart.id, steps=4, seconds=3)  # within the settling time
    assert after.state is (S.CHECKED_OUT if what == "ready_to_check_out" else S.PAID)
    assert (len(rules.registrar.orders), len(rules.registrar.payments)) == (1, what == "ready_to_pay")


@pytest.mark.parametrize("what", ["order", "payment"])
def test_an_attempt_that_came_in_between_is_looked_after(rules, monkeypatch, what):
    """This process slept after its first look; another one announced an attempt, sent it, and lost its intent."""
    cart = rules.approved()
    subject, look = NAMES, "prepare"
    if what == "payment":
        cart = rules.run_worker(cart.id)
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
        subject, look = pays(cart.order.id), "order"
    looks = getattr(rules.registrar, look)

    def sleeps(*args, **kwargs):
        monkeypatch.setattr(rules.registrar, look, looks)
        with rules.store.begin() as carts:
            carts.announce_call(RecordedCall(subject, cart.id, 1, rules.clock.now, registrar_cart="theirs"))
        return looks(*args, **kwargs)

    monkeypatch.setattr(rules.registrar, look, sleeps)
    with pytest.raises(CartChanged):
        rules.fulfilment.advance(cart.id)
    assert (len(rules.registrar.orders), rules.registrar.payments) == (what == "payment", [])
    after = rules.run_worker(cart.id, steps=3, seconds=1)
    assert [call.state for call in calls(rules, subject)] == [CallState.ANNOUNCED]  # left to its process for a moment
    after = rules.run_worker(cart.id, steps=12, seconds=10)
    assert calls(rules, subject)[0].state is CallState.INTENDED  # then it counts as sent
    assert after.state is not S.APPROVED
    assert rules.registrar.payments == []


def test_two_announced_attempts_commit_no_intent(rules):
    """Each may be the one that is sent next."""
    cart = rules.approved()
    with rules.store.begin() as carts:
        for _ in range(2):
            carts.announce_call(RecordedCall(NAMES, cart.id, 1, rules.clock.now))
        with pytest.raises(CartChanged):
            attempt_is_announced(carts, cart)
