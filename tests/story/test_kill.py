"""`kill -9` between any two acts and a restart loses nothing."""

import asyncio

import pytest

from sandbox.stage import Stage
from tests.story.conftest import Story


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
async def killed(stage: Stage) -> Story:
    await stage.bot.start()
    return Story(stage)


async def kill_and_restart(story: Story) -> None:
    await story.stage.bot.kill()
    await story.stage.bot.start()


async def test_killed_between_all_acts_the_order_is_made_and_paid_once(killed: Story):
    story = killed
    await story.ada.command("search name.ovh")
    found = await story.sees(story.ada, "is available.")
    await kill_and_restart(story)
    await story.ada.click(found, "Add to cart")
    await story.sees(story.ada, "Added *name.ovh*")
    await kill_and_restart(story)
    await story.request()
    card = await story.card("waits for")
    await kill_and_restart(story)
    await story.cleo.click(card, "Approve")
    await kill_and_restart(story)  # wherever the checkout is just now
    if "waits for approval" in (await story.card("Cart #1")).plain_text():
        await story.cleo.click(card, "Approve")  # the click itself was not yet on record
    card = await story.payable(seconds=40)
    await kill_and_restart(story)
    await story.dan.click(card, "Pay")
    await kill_and_restart(story)  # wherever the payment is just now
    newest = await story.card("Cart #1")
    if "waits for payment" in newest.plain_text():
        await story.dan.click(newest, "Pay")
    await story.card("is delivered", seconds=40)
    assert [order.payments for order in story.orders] == [[8120045]]


async def test_sigterm_stops_the_bot_cleanly_within_five_seconds(killed: Story):
    assert await killed.stage.bot.stop() == 0


async def test_sigterm_does_not_wait_for_an_ovh_that_never_answers(killed: Story):
    killed.ovh.faults.add("GET", "/order/cart/*/domain", "hang", seconds=9)
    await killed.ada.command("search name.ovh")
    async with asyncio.timeout(5):
        while killed.ovh.faults.waiting:  # noqa: ASYNC110 - the fault itself tells nobody
            await asyncio.sleep(0.05)
    assert await killed.stage.bot.stop() == 0
