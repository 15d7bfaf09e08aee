"""OVH may list a marker late: until then the list proves nothing, as a lost attempt's marker may be missing as well."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState as S
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import EventKind as K
from ordering.model.money_call import CallState, orders, pays
from ordering.process.money_markers import PATIENCE
from tests.builders import a_quote, failing
from tests.ordering.test_overtaken import another_process

NAMES = orders(["name.ovh"])
NOT_LISTED = "markers_not_listed"


def calls(rules, subject=NAMES):
    with rules.store.read() as carts:
        return carts.money_calls(subject)


def listed_after(rules, monkeypatch, seconds):
    """From now on OVH lists each marker this late."""
    leave, markers = rules.registrar.leave_marker, rules.registrar.markers
    made_at = {}

    def leaves(*arguments):
        marker = leave(*arguments)
        made_at[marker] = rules.clock.now
        return marker

    def lists(subject):
        late = rules.clock.now - timedelta(seconds=seconds)
        return frozenset(marker for marker in markers(subject) if marker not in made_at or made_at[marker] <= late)

    monkeypatch.setattr(rules.registrar, "leave_marker", leaves)
    monkeypatch.setattr(rules.registrar, "markers", lists)


def paying(rules):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)


@pytest.mark.parametrize("seconds", [8, 60, 600])
def test_a_list_that_shows_markers_late_holds_nothing_for_long(rules, monkeypatch, seconds):
    """The card says why nothing happens. The order is made once the list shows the one marker and the one cart."""
    listed_after(rules, monkeypatch, seconds)
    cart = rules.approved()
    began = rules.clock.now
    assert rules.run_worker(cart.id, steps=1, seconds=2).blocked.code == NOT_LISTED
    while rules.workflow.queries.cart(cart.id).state is S.APPROVED:
        rules.run_worker(cart.id, steps=1, seconds=2)
        assert rules.clock.now - began < timedelta(seconds=seconds * 1.2 + 10)
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.blocked, after.attempt.number) == (S.CHECKED_OUT, None, 1)
    assert len(rules.registrar.orders) == len(rules.registrar.left_markers) == 1
    (call,) = calls(rules)
    assert (call.state, call.registrar_cart) == (CallState.INTENDED, after.attempt.registrar_cart)


@pytest.mark.parametrize("seconds", [8, 600])
def test_a_payment_waits_for_the_list_as_well(rules, monkeypatch, seconds):
    """It leaves one marker, and is made once."""
    cart = paying(rules)
    listed_after(rules, monkeypatch, seconds)
    waiting = rules.run_worker(cart.id, steps=1, seconds=2)
    assert (waiting.blocked.code, waiting.payment.sent_at) == (NOT_LISTED, None)
    assert rules.run_worker(cart.id, steps=int(seconds * 1.2 / 5) + 3, seconds=5).state is S.PAID
    assert [about for about, _ in rules.registrar.left_markers] == [NAMES, pays(cart.order.id)]
    assert len(rules.registrar.payments) == 1


@pytest.mark.parametrize("asks_to", ["order", "pay"])
def test_a_list_with_an_earlier_marker_only_proves_nothing(rules, monkeypatch, asks_to):
    """It shows the marker of an attempt on record, and neither this attempt's nor that of a lost one."""
    cart = rules.approved() if asks_to == "order" else paying(rules)
    subject = NAMES if asks_to == "order" else pays(cart.order.id)
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "markers", failing(RegistrarUnavailable()))
        rules.advance(cart.id)
    listed_after(rules, monkeypatch, 60)
    rules.registrar.leave_marker(subject, None)  # of an attempt that the database lost
    orders_before = len(rules.registrar.orders)
    waiting = rules.run_worker(cart.id, steps=2, seconds=5)
    assert waiting.blocked.code == NOT_LISTED
    after = rules.run_worker(cart.id)
    assert (after.state, after.fact.kind) == (S.NEEDS_ATTENTION, K.ATTEMPT_NOT_ON_RECORD)
    assert (len(rules.registrar.orders), rules.registrar.payments) == (orders_before, [])
    assert rules.workflow.recover_mode.is_on


def test_a_marker_that_is_never_listed_is_given_up(rules, monkeypatch):
    """OVH may have lost it: the next attempt leaves another one."""
    cart = rules.approved()
    with monkeypatch.context() as blind:
        blind.setattr(rules.registrar, "markers", lambda _subject: frozenset())
        rules.run_worker(cart.id, steps=10)
        assert [call.state for call in calls(rules)] == [CallState.ANNOUNCED]
        rules.clock.pass_by(PATIENCE.total_seconds())
        rules.run_worker(cart.id, steps=1)
        assert [call.state for call in calls(rules)] == [CallState.UNSENT, CallState.ANNOUNCED]
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_terms_are_looked_at_again_after_the_wait(rules, monkeypatch):
    """A dearer price asks the approvers again, and the attempt ends as unsent."""
    listed_after(rules, monkeypatch, 60)
    cart = rules.approved()
    rules.run_worker(cart.id, steps=1)
    rules.registrar.quote = a_quote(total="99.00")
    after = rules.run_worker(cart.id)
    assert (after.state, after.fact.kind, rules.registrar.orders) == (S.SUBMITTED, K.TERMS_CHANGED, {})
    assert [call.state for call in calls(rules)] == [CallState.UNSENT]


def test_another_process_leaves_an_attempt_that_waits(rules, monkeypatch):
    """It neither orders nor counts the attempt as sent; the one that made it goes on."""
    listed_after(rules, monkeypatch, 600)
    cart = rules.approved()
    rules.run_worker(cart.id, steps=1)
    rules.clock.pass_by(300)
    with pytest.raises(RegistrarUnavailable):
        another_process(rules).advance(cart.id)
    assert [call.state for call in calls(rules)] == [CallState.ANNOUNCED]
    assert rules.run_worker(cart.id, steps=30).state is S.CHECKED_OUT
    assert len(rules.registrar.left_markers) == 1


def test_an_attempt_whose_process_died_while_it_waited(rules, monkeypatch):
    """It counts as sent after a while: its order is looked for, its cart deleted, and then it is ordered once."""
    listed_after(rules, monkeypatch, 30)
    cart = rules.approved()
    rules.run_worker(cart.id, steps=1)
    rules.restart()
    assert rules.run_worker(cart.id, steps=3).state is S.APPROVED
    rules.clock.pass_by(PATIENCE.total_seconds() + 60)
    assert rules.run_worker(cart.id, steps=1).state is S.CHECKING_OUT
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_stopped_request_holds_no_other(rules, monkeypatch):
    """The next request of the same names leaves a marker of its own."""
    listed_after(rules, monkeypatch, 60)
    first = rules.approved()
    rules.run_worker(first.id, steps=1)
    rules.workflow.approvals.stop(first.id, by=rules.dan)
    second = rules.approved("name.ovh", "C2")
    assert rules.run_worker(second.id).state is S.CHECKED_OUT
    assert [call.state for call in calls(rules)] == [CallState.UNSENT, CallState.INTENDED]


def test_an_attempt_waits_through_an_answer_that_fails(rules, monkeypatch):
    """A list that cannot be read ends no attempt."""
    listed_after(rules, monkeypatch, 60)
    cart = rules.approved()
    rules.run_worker(cart.id, steps=1)
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "markers", failing(RegistrarRefused()))
        rules.run_worker(cart.id, steps=1)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    assert len(rules.registrar.left_markers) == 1
