"""An order that OVH does not know any more: nobody can pay it, and after a day a person may close the request."""

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import NotKnown, NotPossible, RegistrarUnavailable
from ordering.model.facts import EventKind, Fact
from ordering.model.sales_order import OrderStatus
from tests.builders import advanced, failing
from tests.ordering.paying import DAY, HOURS
from tests.refusing import refuses

S = CartState


@pytest.fixture
def missing(rules, monkeypatch):
    """An ordered cart whose order OVH answers with a clear 404 from now on."""
    cart = rules.ordered()
    for read in ("order", "order_status"):
        monkeypatch.setattr(rules.registrar, read, failing(NotKnown()))
    rules.clock.now += HOURS
    return advanced(rules, cart.id, 2)


def test_nobody_can_pay_an_order_that_ovh_does_not_know(rules, missing):
    """It is never payable in the meantime, and people see why."""
    assert missing.order.missing_since is not None
    assert missing.blocked.code == "not_known"
    with refuses("order_not_known", NotPossible):
        rules.workflow.payments.pay(missing.id, payer=rules.dan, method=1, mark=missing.mark)


def test_a_click_just_before_it_was_missing_sends_nothing(rules, monkeypatch):
    """The order is read again before a payment is sent."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    monkeypatch.setattr(rules.registrar, "order", failing(NotKnown()))
    rules.fulfilment.advance(cart.id)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.payment, rules.registrar.payments) == (S.CHECKED_OUT, None, [])


def test_after_a_day_a_person_is_asked_and_may_close_it(rules, missing):
    """Not before: OVH may show it again."""
    rules.clock.now = missing.order.missing_since + DAY - HOURS
    assert advanced(rules, missing.id, 50).state is S.CHECKED_OUT
    cart = advanced(rules, missing.id, 20)
    assert (cart.state, cart.order_is_missing) == (S.NEEDS_ATTENTION, True)
    with pytest.raises(NotPossible):
        rules.workflow.recovery.try_again(cart.id, by=rules.dan, mark=cart.mark)
    closed = rules.workflow.recovery.give_up(cart.id, by=rules.dan, mark=cart.mark)
    assert closed.state is S.CANCELLED
    assert closed.fact == Fact(EventKind.CLOSED, {"order": cart.order.id, "missing": True})


def test_silence_is_no_clear_404(rules, monkeypatch):
    """OVH that does not answer for days says nothing of the order."""
    cart = rules.ordered()
    for read in ("order", "order_status"):
        monkeypatch.setattr(rules.registrar, read, failing(RegistrarUnavailable()))
    rules.clock.now += 3 * DAY
    cart = advanced(rules, cart.id, 3)
    assert (cart.state, cart.order.missing_since) == (S.CHECKED_OUT, None)


@pytest.mark.parametrize("days", [0, 2])
def test_an_order_that_shows_again_can_be_paid(rules, missing, monkeypatch, days):
    """Whether or not a person was asked already, and from then on as before."""
    if days:
        rules.clock.now += days * DAY
        assert advanced(rules, missing.id, 2).order_is_missing
    monkeypatch.undo()
    cart = advanced(rules, missing.id, 12)
    assert (cart.state, cart.order.missing_since, cart.blocked) == (S.CHECKED_OUT, None, None)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=3).state is S.PAID


@pytest.mark.parametrize(("status", "state"), [(OrderStatus.CANCELLED, S.CANCELLED), (OrderStatus.CHECKING, S.PAID)])
def test_an_order_that_shows_again_with_its_end_is_settled(rules, missing, monkeypatch, status, state):
    """A person was asked, and OVH says how it ended."""
    rules.clock.now += 2 * DAY
    assert advanced(rules, missing.id, 2).order_is_missing
    monkeypatch.undo()
    order = rules.registrar.orders[missing.order.id]
    rules.registrar.orders[order.id] = type(order)(order.id, order.total, order.tax, status)
    assert advanced(rules, missing.id, 12).state is state
