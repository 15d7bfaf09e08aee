"""App Home shows what waits for me, and its buttons work."""

import pytest

from sandbox.slack import Actor
from tests.story.conftest import Story


@pytest.fixture
def mode() -> str:
    return "socket"


async def home_says(story: Story, who: Actor, words: str) -> str:
    return await story.slack.until(lambda: who.home and words in who.home.plain_text() and who.home.plain_text())


async def test_an_empty_home_says_what_to_do(story: Story):
    await story.ada.open_home()
    words = await home_says(story, story.ada, "Nothing waits for you.")
    assert "`/domain search name.ovh` starts one." in words


async def test_what_waits_is_approved_and_paid_from_home_and_home_stays_current(story: Story):
    await story.requested()
    await story.cleo.open_home()
    await story.dan.open_home()
    await home_says(story, story.cleo, "waits for approval")
    await story.cleo.click(story.cleo.home, "Approve")
    await home_says(story, story.dan, "OVH keeps the order open")
    await home_says(story, story.cleo, "Nothing waits for you.")
    await story.dan.select(story.dan.home, "payment_method", "8120046")
    await story.dan.click(story.dan.home, "Pay")
    await story.card("is delivered")
    assert story.orders[0].payments == [8120046]
    await home_says(story, story.dan, "order 256900123")


async def test_a_refusal_on_home_comes_as_a_direct_message(story: Story):
    card = await story.requested()
    await story.cleo.open_home()
    await home_says(story, story.cleo, "waits for approval")
    stale = story.cleo.home.blocks
    await story.dan.click(card, "Approve")
    await story.payable()
    story.slack.state.homes["U0CLEO"].view["blocks"] = stale
    await story.cleo.click(story.cleo.home, "Approve")
    await story.sees(story.cleo, "nothing to decide any more", channel="cleo")


async def test_a_request_can_be_rejected_from_home(story: Story):
    await story.requested()
    await story.cleo.open_home()
    await home_says(story, story.cleo, "waits for approval")
    await story.cleo.click(story.cleo.home, "Reject")
    await story.slack.until(lambda: story.cleo.modal)
    await story.cleo.submit(reason="Not now")
    await story.card("was rejected by <@U0CLEO>: Not now")
