"""Whatever somebody was told to be decided is on record, by the same person."""

from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from prove.decisions import lost_decisions, repeated_decisions
from sandbox.slack.delivery import Pressed
from sandbox.stage import Stage

S, K = CartState, EventKind
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TOLD = [
    ("You approved cart #7. The desk orders it now; the card shows how it goes.", S.APPROVED, K.APPROVED),
    ("You approved cart #7. It needs one more approver.", S.SUBMITTED, K.PARTLY_APPROVED),
    ("You rejected cart #7. The requester is told why.", S.REJECTED, K.REJECTED),
    ("You withdrew cart #7. Nothing was ordered.", S.CANCELLED, K.REQUEST_WITHDRAWN),
    ("Paying €3.59 for cart #7. The card shows when OVH has it.", S.PAYING, K.PAYMENT_REQUESTED),
    ("Cart #7 is tried again, under the same approval.", S.APPROVED, K.RETRY_REQUESTED),
    ("Thank you. I'll order cart #7 again once it's sure.", S.NEEDS_ATTENTION, K.DECLARED_NOT_ORDERED),
    ("I'll order cart #7 now.", S.APPROVED, K.ORDERED_ANYWAY),
    ("Cart #7 is closed. Nothing was ordered.", S.CANCELLED, K.CLOSED),
    ("Noted: cart #7 was paid. I keep looking.", S.PAYING, K.DECLARED_PAID),
    ("Noted: cart #7 was not paid. I keep looking.", S.PAYING, K.DECLARED_NOT_PAID),
    ("Order 12 is cart #7's now. The card shows how it can be paid.", S.CHECKED_OUT, K.ORDER_ADOPTED),
]


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def an_event(state: CartState, kind: EventKind, *, by: str | None = "U0CLEO", cart: int = 7) -> Event:
    return Event(cart, state, NOW, by=by, kind=kind, data={})


@pytest.mark.parametrize(("text", "state", "kind"), TOLD)
def test_a_told_decision_is_on_record_by_the_same_person(stage, text, state, kind):
    stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0APPROVALS"})
    assert list(lost_decisions(stage, [an_event(state, kind)])) == []
    for other in (
        an_event(state, kind, by="U0DAN"), an_event(state, kind, by=None), an_event(state, kind, cart=8),
        an_event(state, K.DELIVERED), an_event(S.DELIVERED, K.UNKNOWN),
    ):  # fmt: skip
        assert len(list(lost_decisions(stage, [other]))) == 1


def test_what_is_told_directly_or_in_a_form_counts_as_well(stage):
    stage.slack.state.note("message", {"text": TOLD[0][0], "only_for": None, "channel": "D0CLEO"})
    stage.slack.state.note("view", {"user": "U0CLEO", "blocks": [{"text": {"text": TOLD[2][0]}}]})
    recorded = [an_event(S.APPROVED, K.APPROVED), an_event(S.REJECTED, K.REJECTED)]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, []))) == 2


def test_the_card_tells_who_rejected_and_who_pays(stage):
    for words in ("was rejected by <@U0CLEO>: no", "is being paid by <@U0DAN>: order 12 over €3.59"):
        card = {"text": "Cart #7", "blocks": [{"text": {"text": f"*Cart #7*  {words}"}}], "channel": "C0APPROVALS"}
        stage.slack.state.note("edit", card)
    recorded = [an_event(S.REJECTED, K.REJECTED), an_event(S.PAYING, K.PAYMENT_REQUESTED, by="U0DAN")]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, [an_event(S.REJECTED, K.REJECTED, by="U0DAN")]))) == 2


def test_of_two_decisions_of_one_kind_both_must_be_on_record(stage):
    for number in (7, 8):
        text = f"You withdrew cart #{number}. Nothing was ordered."
        stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0DOMAINS"})
    (lost,) = lost_decisions(stage, [an_event(S.CANCELLED, K.REQUEST_WITHDRAWN)])
    assert lost == "cart #8 was told to be cancelled by U0CLEO (request_withdrawn)"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def a_payment(seconds: float) -> Event:
    return Event(7, S.PAYING, at(seconds), by="U0DAN", kind=K.PAYMENT_REQUESTED, data={})


PAY = Pressed("U0DAN", "pay", "7 3.59 EUR", at(1))
PAID_TWICE = [
    Event(7, S.CHECKED_OUT, at(0)), a_payment(2), Event(7, S.CHECKED_OUT, at(3)),
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
    story = [*PAID_TWICE[:2], Event(7, S.CHECKED_OUT, at(30)), a_payment(31)]
    (told,) = repeated_decisions(stage, story)
    assert "by no click of U0DAN" in told


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
    story = [Event(7, S.SUBMITTED, at(0)), Event(7, state, at(2), by="U0DAN", kind=kind, data={})]
    assert len(list(repeated_decisions(stage, story))) == 1
    stage.slack.delivery.pressed.append(Pressed("U0DAN", action, "7", at(1)))
    assert list(repeated_decisions(stage, story)) == []
