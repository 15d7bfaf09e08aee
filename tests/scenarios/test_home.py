"""App Home shows what waits for me, and its buttons work."""

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_an_empty_home_says_what_to_do(scenario: Scenario):
    await scenario.ada.open_home()
    home = await scenario.home_says(scenario.ada, catalogue.home.NOTHING_WAITING)
    assert catalogue.home.no_carts() in home.plain_text()


async def test_home_approves_and_pays_and_stays_current(scenario: Scenario):
    """What waits is approved and paid from home and home stays current."""
    await scenario.requested()
    await scenario.cleo.open_home()
    await scenario.dan.open_home()
    await scenario.cleo.click(await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE), "Approve")
    home = await scenario.home_says(scenario.dan, catalogue.paying.KEEPS_OPEN)
    await scenario.home_says(scenario.cleo, catalogue.home.NOTHING_WAITING)
    await scenario.dan.select(home, "payment_method", "8120046")
    await scenario.dan.click(home, "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    assert scenario.orders[0].payments == [8120046]
    await scenario.home_says(scenario.dan, "order 256900123")


async def test_a_refusal_on_home_comes_as_a_direct_message(scenario: Scenario):
    card = await scenario.requested()
    await scenario.cleo.open_home()
    home = await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE)
    stale = home.blocks
    await scenario.dan.click(card, "Approve")
    await scenario.payable()
    home.view["blocks"] = stale
    await scenario.cleo.click(home, "Approve")
    await scenario.sees(scenario.cleo, said("already_decided", cart=1, state="checked_out"), channel="cleo")


async def test_a_request_can_be_rejected_from_home(scenario: Scenario):
    await scenario.requested()
    await scenario.cleo.open_home()
    await scenario.cleo.click(await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE), "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    await scenario.cleo.submit(reason="Not now")
    await scenario.card(catalogue.card.rejected("U0CLEO", "Not now"))
