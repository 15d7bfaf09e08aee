"""Several processes on one PostgreSQL are one desk."""

import asyncio
from collections import Counter

import pytest

from sandbox.stage import Stage
from tests.story.conftest import Story


@pytest.fixture
def settings(postgres_url: str) -> dict[str, str]:
    return {"DATABASE_URL": postgres_url, "DESK_SETTLE_SECONDS": "2"}


@pytest.fixture
async def desk(stage: Stage) -> Story:
    """Three processes; Slack's payloads go to them in turn."""
    await asyncio.gather(*(bot.start() for bot in (stage.bot, stage.another_bot(), stage.another_bot())))
    return Story(stage)


async def test_three_processes_order_once_and_pay_once_and_tell_everything_once(desk: Story):
    story = desk
    await story.dan.click(await story.ordered("name.ovh", "other.ovh"), "Pay")
    card = await story.card("is delivered", seconds=40)
    assert [order.payments for order in story.orders] == [[8120045]]
    assert story.checkouts() == 1
    assert len(story.slack.messages("approvals")) == 1
    await story.slack.until(lambda: any("registered" in told.text for told in story.slack.thread(card)))
    assert [text for text, times in Counter(told.text for told in story.slack.thread(card)).items() if times > 1] == []


async def test_eight_clicks_on_three_processes_approve_once(desk: Story):
    story = desk
    card = await story.requested()
    await asyncio.gather(*(story.cleo.click(card, "Approve") for _ in range(8)))
    await story.payable()
    assert story.checkouts() == 1


class TestADeadProcess:
    @pytest.fixture
    def mode(self) -> str:
        return "socket"

    async def test_is_followed_by_another_within_half_a_minute(self, stage: Stage):
        await stage.bot.start()
        story = Story(stage)
        card = await story.requested()
        story.ovh.faults.add("POST", "/order/cart/*/checkout", "hang", seconds=60)
        await story.cleo.click(card, "Approve")
        await story.ovh_hangs()
        follower = stage.another_bot()
        await follower.start()
        await stage.bot.kill()
        await story.payable(seconds=40)
        assert story.checkouts() == 1
        assert len(story.orders) == 1
