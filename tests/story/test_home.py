"""App Home shows what waits for me, and its buttons work."""

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.story.conftest import Story


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_an_empty_home_says_what_to_do(story: Story):
    await story.ada.open_home()
    home = await story.home_says(story.ada, catalogue.home.NOTHING_WAITING)
    assert catalogue.home.no_carts() in home.plain_text()


async def test_what_waits_is_approved_and_paid_from_home_and_home_stays_current(story: Story):
    await story.requested()
    await story.cleo.open_home()
    await story.dan.open_home()
    await story.cleo.click(await story.home_says(story.cleo, catalogue.card.TO_APPROVE), "Approve")
    home = await story.home_says(story.dan, catalogue.paying.KEEPS_OPEN)
    await story.home_says(story.cleo, catalogue.home.NOTHING_WAITING)
    await story.dan.select(home, "payment_method", "8120046")
    await story.dan.click(home, "Pay")
    await story.card(catalogue.card.DELIVERED)
    assert story.orders[0].payments == [8120046]
    await story.home_says(story.dan, "order 256900123")


async def test_a_refusal_on_home_comes_as_a_direct_message(story: Story):
    card = await story.requested()
    await story.cleo.open_home()
    home = await story.home_says(story.cleo, catalogue.card.TO_APPROVE)
    stale = home.blocks
    await story.dan.click(card, "Approve")
    await story.payable()
    home.view["blocks"] = stale
    await story.cleo.click(home, "Approve")
    await story.sees(story.cleo, said("already_decided", cart=1, state="checked_out"), channel="cleo")


async def test_a_request_can_be_rejected_from_home(story: Story):
    await story.requested()
    await story.cleo.open_home()
    await story.cleo.click(await story.home_says(story.cleo, catalogue.card.TO_APPROVE), "Reject")
    await story.slack.until(lambda: story.cleo.modal)
    await story.cleo.submit(reason="Not now")
    await story.card(catalogue.card.rejected("U0CLEO", "Not now"))
