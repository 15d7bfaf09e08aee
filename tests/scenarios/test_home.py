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
    await scenario.home_says(scenario.dan, "🟢 *name.ovh* · €3.59")


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


async def test_names_are_searched_and_requested_from_home(scenario: Scenario):
    """For those who dislike commands: a form, an answer that stays in the conversation, and buttons from there on."""
    await scenario.ada.open_home()
    home = await scenario.home_says(scenario.ada, catalogue.home.NOTHING_WAITING)
    await scenario.ada.click(home, "Search names")
    await scenario.slack.until(lambda: scenario.ada.modal)
    assert await scenario.ada.submit(names="  ") == {"names": catalogue.home.NAMES_MISSING}
    assert await scenario.ada.submit(names="name.ovh\ntaken-name.com") == {}
    await scenario.form_says("<https://sandbox.slack.com/archives/D0ADA|open it>")
    found = await scenario.sees(scenario.ada, "Taken", channel="ada")
    assert len(scenario.ada.messages("ada")) == 1, "the answer replaces what was shown while it ran"
    await scenario.ada.click(found, "Add to cart")
    await scenario.home_says(scenario.ada, "🛒 *Cart #1*")
    await scenario.ada.click(await scenario.home_says(scenario.ada, "Request approval"), "Request approval")
    await scenario.form_says(catalogue.cart.PURPOSE)
    assert await scenario.ada.submit(purpose="For the launch") == {}
    await scenario.home_says(scenario.ada, "Approval: <@U0CLEO> or <@U0DAN>")


async def test_a_requester_withdraws_from_home(scenario: Scenario):
    """Home has the button even where no message of the channel reaches the requester."""
    await scenario.requested()
    await scenario.ada.open_home()
    await scenario.ada.click(await scenario.home_says(scenario.ada, "Withdraw"), "Withdraw")
    await scenario.sees(scenario.ada, catalogue.decisions.withdrawn(1), channel="ada")
    await scenario.home_says(scenario.ada, catalogue.home.no_carts())
    assert scenario.checkouts() == 0


async def test_purchases_lead_to_their_message(scenario: Scenario):
    await scenario.dan.click(await scenario.ordered(), "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    done = await scenario.sees(scenario.ada, "· Registered ·")
    await scenario.ben.open_home()
    link = f"<https://sandbox.slack.com/archives/C0DOMAINS/p{done.ts.replace('.', '')}|#1>"
    home = await scenario.home_says(scenario.ben, link)
    assert "🟢 *name.ovh* · €3.59" in home.plain_text()


async def test_help_is_a_button_of_home(scenario: Scenario):
    await scenario.ada.open_home()
    await scenario.ada.click(await scenario.home_says(scenario.ada, catalogue.home.NOTHING_WAITING), "Help")
    await scenario.sees(scenario.ada, catalogue.commands.HOW_IT_WORKS, channel="ada")
