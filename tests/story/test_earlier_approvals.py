"""Two approve, and the first one leaves before the second one clicks."""

from collections.abc import Callable

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import EventKind
from tests.story.conftest import Story
from tests.story.saying import on_card


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_APPROVERS": "S0APPROVERS", "DESK_SECOND_APPROVAL_OVER": "3"}


def is_deactivated(story: Story) -> None:
    story.slack.state.world.users["U0CLEO"].deleted = True


def becomes_a_guest(story: Story) -> None:
    story.slack.state.world.users["U0CLEO"].guest = True


def leaves_the_group(story: Story) -> None:
    story.slack.state.world.groups["S0APPROVERS"].remove("U0CLEO")


@pytest.mark.parametrize("mode", ["http"], indirect=True)
@pytest.mark.parametrize("leaves", [is_deactivated, becomes_a_guest, leaves_the_group])
@pytest.mark.usefixtures("nothing_cached")
async def test_a_half_approval_ends_with_its_right(story: Story, leaves: Callable[[Story], None]):
    """The card and the second approver read it, and nothing is ordered."""
    card = await story.requested()
    await story.cleo.click(card, "Approve")
    half = await story.card("1 of 2 so far")
    leaves(story)
    await story.clicks_in_vain(story.dan, half, "Approve", catalogue.decisions.approved_partly(1, ["U0CLEO"]))
    await story.sees(story.dan, on_card(EventKind.PARTLY_APPROVED, void=1), channel="approvals")
    assert story.checkouts() == 0
