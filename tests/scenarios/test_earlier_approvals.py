"""Two approve, and the first one leaves before the second one clicks."""

from collections.abc import Callable

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import EventKind
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_APPROVERS": "S0APPROVERS", "DESK_SECOND_APPROVAL_OVER": "3"}


def is_deactivated(scenario: Scenario) -> None:
    scenario.slack.state.world.users["U0CLEO"].deleted = True


def becomes_a_guest(scenario: Scenario) -> None:
    scenario.slack.state.world.users["U0CLEO"].guest = True


def leaves_the_group(scenario: Scenario) -> None:
    scenario.slack.state.world.groups["S0APPROVERS"].remove("U0CLEO")


@pytest.mark.parametrize("mode", ["http"], indirect=True)
@pytest.mark.parametrize("leaves", [is_deactivated, becomes_a_guest, leaves_the_group])
@pytest.mark.usefixtures("nothing_cached")
async def test_a_half_approval_ends_with_its_right(scenario: Scenario, leaves: Callable[[Scenario], None]):
    """The card and the second approver read it, and nothing is ordered."""
    card = await scenario.requested()
    await scenario.cleo.click(card, "Approve")
    half = await scenario.card("✓ <@U0CLEO> approved.")
    leaves(scenario)
    await scenario.clicks_in_vain(scenario.dan, half, "Approve", catalogue.decisions.approved_partly(1, ["U0CLEO"]))
    await scenario.sees(scenario.dan, on_card(EventKind.PARTLY_APPROVED, void=1), channel="approvals")
    assert scenario.checkouts() == 0
