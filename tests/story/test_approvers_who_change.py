"""An approver is told before they change a cart that they could approve."""

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.story.conftest import Story

CAUTION = catalogue.cart.caution(1)


@pytest.mark.parametrize("button", ["Years", "Owner and answers"])
async def test_a_form_warns_the_approver_and_nobody_else(story: Story, button: str):
    """Cleo, an approver, reads the caution in the form; Ben does not."""
    await story.search_and_add("name.ovh")
    shown = await story.sees(story.ada, button)
    await story.cleo.click(shown, button)
    assert CAUTION in (await story.form_says(CAUTION, who=story.cleo)).plain_text()
    await story.ben.click(shown, button)
    form = await story.form_says("name.ovh", who=story.ben)
    assert CAUTION not in form.plain_text()


async def test_an_approver_who_adds_reads_that_another_decides(story: Story):
    """The answer to `/domain add` in another's cart says that the approval is another's now."""
    await story.search_and_add("name.ovh")
    await story.cleo.command("add other.ovh")
    await story.sees(story.cleo, catalogue.cart.NO_LONGER_APPROVES)


async def test_an_approver_who_chose_years_cannot_approve(story: Story):
    """Cleo chose the years: the request form says so, Cleo is refused kindly, and another approver decides."""
    await story.search_and_add("name.ovh")
    shown = await story.sees(story.ada, "Years")
    await story.cleo.click(shown, "Years")
    await story.form_says(CAUTION, who=story.cleo)
    assert await story.cleo.submit(**{"name.ovh": "1 3"}) == {}
    await story.sees(story.cleo, "3 years")
    await story.ada.click(shown, "Request approval")
    await story.form_says("changed by <@U0CLEO>")
    await story.ada.submit(purpose="For the launch")
    card = await story.card(catalogue.card.TO_APPROVE)
    await story.clicks_in_vain(story.cleo, card, "Approve", said("own_choice", cart=1))
    await story.dan.click(card, "Approve")
    await story.card(catalogue.card.TO_PAY)
