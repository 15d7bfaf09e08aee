"""Whatever somebody was told to be decided is on record, by the same person."""

from datetime import UTC, datetime

import pytest

from ordering.cart import CartState
from ordering.events import Event
from prove.decisions import lost_decisions
from sandbox.stage import Stage

S = CartState
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TOLD = [
    ("You approved cart #7. The desk orders it now; the card shows how it goes.", S.APPROVED, None),
    ("You approved cart #7. It needs one more approver.", S.SUBMITTED, "approved, 1 of 2"),
    ("You rejected cart #7. The requester is told why.", S.REJECTED, "Not now"),
    ("You withdrew cart #7. Nothing was ordered.", S.CANCELLED, "withdrawn"),
    ("Paying €3.59 for cart #7. The card shows when OVH has it.", S.PAYING, None),
    ("Cart #7 is tried again, under the same approval.", S.APPROVED, "to be tried again"),
    ("Cart #7 is ordered again, under the same approval.", S.APPROVED, "nothing was ordered, to be tried again"),
    ("Cart #7 is closed. Nothing was ordered.", S.CANCELLED, "closed"),
    ("Cart #7 counts as paid. The desk follows the order.", S.PAID, "It was paid."),
    ("The order of cart #7 can be paid again. It is the same.", S.CHECKED_OUT, "It was not paid: a payer chooses."),
    ("Order 12 is cart #7's now. The card shows how it can be paid.", S.CHECKED_OUT, "it is order 12"),
]


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def an_event(state: CartState, note: str | None, *, by: str | None = "U0CLEO", cart: int = 7) -> Event:
    return Event(cart, state, NOW, by=by, note=note)


@pytest.mark.parametrize(("text", "state", "note"), TOLD)
def test_a_told_decision_is_on_record_by_the_same_person(stage, text, state, note):
    stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0APPROVALS"})
    assert list(lost_decisions(stage, [an_event(state, note)])) == []
    for other in (
        an_event(state, note, by="U0DAN"), an_event(state, note, by=None), an_event(state, note, cart=8),
        an_event(S.DELIVERED, "something else"),
    ):  # fmt: skip
        assert len(list(lost_decisions(stage, [other]))) == 1


def test_what_is_told_directly_or_in_a_form_counts_as_well(stage):
    stage.slack.state.note("message", {"text": TOLD[0][0], "only_for": None, "channel": "D0CLEO"})
    stage.slack.state.note("view", {"user": "U0CLEO", "blocks": [{"text": {"text": TOLD[2][0]}}]})
    recorded = [an_event(S.APPROVED, None), an_event(S.REJECTED, "Not now")]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, []))) == 2


def test_the_card_tells_who_rejected_and_who_pays(stage):
    for words in ("was rejected by <@U0CLEO>: no", "is being paid by <@U0DAN>: order 12 over €3.59"):
        card = {"text": "Cart #7", "blocks": [{"text": {"text": f"*Cart #7*  {words}"}}], "channel": "C0APPROVALS"}
        stage.slack.state.note("edit", card)
    recorded = [an_event(S.REJECTED, "no"), an_event(S.PAYING, None, by="U0DAN")]
    assert list(lost_decisions(stage, recorded)) == []
    assert len(list(lost_decisions(stage, [an_event(S.REJECTED, "no", by="U0DAN")]))) == 2


def test_of_two_decisions_of_one_kind_both_must_be_on_record(stage):
    for number in (7, 8):
        text = f"You withdrew cart #{number}. Nothing was ordered."
        stage.slack.state.note("message", {"text": text, "only_for": "U0CLEO", "channel": "C0DOMAINS"})
    (lost,) = lost_decisions(stage, [an_event(S.CANCELLED, "withdrawn")])
    assert lost == "cart #8 was told to be cancelled by U0CLEO (withdrawn)"
