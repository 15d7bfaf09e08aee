"""Whatever the bot reported as decided is on record, by the same person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.messages.en import card
from handlers.messages.en import decisions as said
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import SalesOrder
from prove.decisions import lost_decisions, repeated_decisions, repeated_in_any
from sandbox.slack.delivery import Pressed
from sandbox.stage import Stage
from tests.builders import a_line, euros

S, K = CartState, EventKind
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CART = Cart(CartId(7), "C0DOMAINS", "U0ADA", S.PAYING, NOW, (a_line(),))
UNTIL = NOW + timedelta(days=1)
TOLD = [
    (said.approved(7), S.APPROVED, K.APPROVED),
    (said.approved_partly(7), S.SUBMITTED, K.PARTLY_APPROVED),
    (said.approved_partly(7, ("U0BEN",)), S.SUBMITTED, K.PARTLY_APPROVED),
    (said.rejected(7), S.REJECTED, K.REJECTED),
    (said.withdrawn(7), S.CANCELLED, K.REQUEST_WITHDRAWN),
    (said.paying(7, euros("3.59")), S.PAYING, K.PAYMENT_REQUESTED),
    (said.paying(7, None), S.PAYING, K.PAYMENT_REQUESTED),
    (said.trying_again(7), S.APPROVED, K.RETRY_REQUESTED),
    (said.nothing_ordered(7), S.NEEDS_ATTENTION, K.DECLARED_NOT_ORDERED),
    (said.ordering_anyway(7), S.APPROVED, K.ORDERED_ANYWAY),
    (said.closed(7), S.CANCELLED, K.CLOSED),
    (said.was_paid(7), S.PAYING, K.DECLARED_PAID),
    (said.not_paid(7, None), S.PAYING, K.DECLARED_NOT_PAID),
    (said.not_paid(7, UNTIL), S.PAYING, K.DECLARED_NOT_PAID),
    (said.not_paid_so_sending(7), S.PAYING, K.DECLARED_NOT_PAID),
    (said.order_named(12, 7, owner_hidden=False), S.CHECKED_OUT, K.ORDER_ADOPTED),
    (said.order_named(12, 7, owner_hidden=True), S.CHECKED_OUT, K.ORDER_ADOPTED),
]


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def an_event(state: CartState, kind: EventKind, *, by: str | None = "U0CLEO", cart: int = 7) -> Event:
    return Event(CartId(cart), state, NOW, by=by, kind=kind, data={})


@pytest.mark.parametrize(("text", "state", "kind"), TOLD)
def test_a_told_decision_is_on_record_by_the_same_person(stage, text, state, kind):
    stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0APPROVALS"})
    assert list(lost_decisions(stage, [an_event(state, kind)])) == []
    for other in (
        an_event(state, kind, by="U0DAN"), an_event(state, kind, by=None), an_event(state, kind, cart=8),
        an_event(state, K.DELIVERED), an_event(S.DELIVERED, K.UNKNOWN),
    ):  # fmt: skip
        assert len(list(lost_decisions(stage, [other]))) == 1


def test_what_decides_nothing_is_no_decision(stage):
    """An answer to a click that changed nothing needs no event."""
    for text in (said.approved_already(7), said.order_stopped(7), said.payment_stopped(7)):
        stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0APPROVALS"})
    assert list(lost_decisions(stage, [])) == []


def test_what_is_told_directly_or_in_a_form_counts_as_well(stage):
    stage.slack.state.note("message", {"text": said.approved(7), "only_for": None, "channel": "D0CLEO"})
    stage.slack.state.note("view", {"user": "U0CLEO", "blocks": [{"text": {"text": said.rejected(7)}}]})
    recorded = [an_event(S.APPROVED, K.APPROVED), an_event(S.REJECTED, K.REJECTED)]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, []))) == 2


def test_the_card_tells_who_rejected_and_who_pays(stage):
    ordered = replace(CART, order=SalesOrder(OrderId(12), euros("3.59"), euros("0.60")))
    for status in (card.rejected("U0CLEO", "no"), card.being_paid("U0DAN", ordered)):
        shown = {"text": "Cart #7", "blocks": [{"text": {"text": card.head(7, status)}}], "channel": "C0APPROVALS"}
        stage.slack.state.note("edit", shown)
    recorded = [an_event(S.REJECTED, K.REJECTED), an_event(S.PAYING, K.PAYMENT_REQUESTED, by="U0DAN")]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, [an_event(S.REJECTED, K.REJECTED, by="U0DAN")]))) == 2


def test_of_two_decisions_of_one_kind_both_must_be_on_record(stage):
    for number in (7, 8):
        text = said.withdrawn(number)
        stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0DOMAINS"})
    (lost,) = lost_decisions(stage, [an_event(S.CANCELLED, K.REQUEST_WITHDRAWN)])
    assert lost == "cart #8 was reported to be cancelled by U0CLEO (request_withdrawn)"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def a_payment(seconds: float) -> Event:
    return Event(CartId(7), S.PAYING, at(seconds), by="U0DAN", kind=K.PAYMENT_REQUESTED, data={})


PAY = Pressed("U0DAN", "pay", "7 3.59 EUR", at(1))
PAID_TWICE = [
    Event(CartId(7), S.CHECKED_OUT, at(0)), a_payment(2), Event(CartId(7), S.CHECKED_OUT, at(3)),
    a_payment(9),
]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (None, 1),
        (Pressed("U0DAN", "pay", "7 3.59 EUR", at(8)), 0),
        (Pressed("U0DAN", "pay", "8 3.59 EUR", at(8)), 1),
        (Pressed("U0CLEO", "pay", "7 3.59 EUR", at(8)), 1),
        (Pressed("U0DAN", "approve", "7", at(8)), 1),
        (Pressed("U0DAN", "pay", "7 3.59 EUR", at(10)), 1),
    ],
)
def test_each_decision_needs_a_click_of_its_own(stage, second, told):
    stage.slack.delivery.pressed += [PAY, *([second] if second else [])]
    assert len(list(repeated_decisions(stage, PAID_TWICE))) == told


def test_a_click_for_an_earlier_state_decides_nothing(stage):
    stage.slack.delivery.pressed += [PAY, Pressed("U0DAN", "pay", "7 3.59 EUR", at(1))]
    events = [*PAID_TWICE[:2], Event(CartId(7), S.CHECKED_OUT, at(30)), a_payment(31)]
    (told,) = repeated_decisions(stage, events)
    assert "by no click of U0DAN" in told


def test_a_click_decides_once_in_each_history(stage):
    """A restored database lost that the click was carried out; within one history it still counts once."""
    stage.slack.delivery.pressed.append(PAY)
    lost, now = PAID_TWICE[:2], [PAID_TWICE[0], a_payment(4)]
    assert list(repeated_in_any(stage, [now, lost], apart=timedelta())) == []
    assert len(list(repeated_in_any(stage, [PAID_TWICE, lost], apart=timedelta()))) == 1


@pytest.mark.parametrize(
    ("action", "state", "kind"),
    [
        ("approve", S.APPROVED, K.APPROVED), ("approve", S.SUBMITTED, K.PARTLY_APPROVED),
        ("pay", S.PAYING, K.PAYMENT_REQUESTED), ("try_again", S.APPROVED, K.RETRY_REQUESTED),
        ("nothing_ordered", S.NEEDS_ATTENTION, K.DECLARED_NOT_ORDERED),
        ("order_anyway", S.APPROVED, K.ORDERED_ANYWAY), ("it_was_paid", S.PAYING, K.DECLARED_PAID),
        ("not_paid", S.PAYING, K.DECLARED_NOT_PAID),
    ],
)  # fmt: skip
def test_every_button_that_decides_is_known(stage, action, state, kind):
    events = [Event(CartId(7), S.SUBMITTED, at(0)), Event(CartId(7), state, at(2), by="U0DAN", kind=kind, data={})]
    assert len(list(repeated_decisions(stage, events))) == 1
    stage.slack.delivery.pressed.append(Pressed("U0DAN", action, "7", at(1)))
    assert list(repeated_decisions(stage, events)) == []
