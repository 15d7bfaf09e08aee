"""An approver is notified before they change a cart that they could approve."""

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.scenarios.conftest import Scenario

CAUTION = catalogue.cart.caution(1)


@pytest.mark.parametrize("button", ["Years", "Owner and answers"])
async def test_a_form_warns_the_approver_and_nobody_else(scenario: Scenario, button: str):
    """Cleo, an approver, reads the caution in the form; Ben does not."""
    await scenario.search_and_add("name.ovh")
    shown = await scenario.sees(scenario.ada, button)
    await scenario.cleo.click(shown, button)
    assert CAUTION in (await scenario.form_says(CAUTION, who=scenario.cleo)).plain_text()
    await scenario.ben.click(shown, button)
    form = await scenario.form_says("name.ovh", who=scenario.ben)
    assert CAUTION not in form.plain_text()


async def test_an_approver_who_adds_reads_that_another_decides(scenario: Scenario):
    """The answer to `/domain add` in another's cart says that the approval is another's now."""
    await scenario.search_and_add("name.ovh")
    await scenario.cleo.command("add other.ovh")
    await scenario.sees(scenario.cleo, catalogue.cart.NO_LONGER_APPROVES)


async def test_an_approver_who_chose_years_cannot_approve(scenario: Scenario):
    """Cleo chose the years: the request form says so, Cleo is refused kindly, and another approver decides."""
    await scenario.search_and_add("name.ovh")
    shown = await scenario.sees(scenario.ada, "Years")
    await scenario.cleo.click(shown, "Years")
    await scenario.form_says(CAUTION, who=scenario.cleo)
    assert await scenario.cleo.submit(**{"name.ovh": "1 3"}) == {}
    await scenario.sees(scenario.cleo, "3 years")
    await scenario.ada.click(shown, "Request approval")
    await scenario.form_says("changed by <@U0CLEO>")
    await scenario.ada.submit(purpose="For the launch")
    card = await scenario.card(catalogue.card.TO_APPROVE)
    await scenario.clicks_in_vain(scenario.cleo, card, "Approve", said("own_choice", cart=1))
    await scenario.dan.click(card, "Approve")
    await scenario.card(catalogue.card.TO_PAY)
