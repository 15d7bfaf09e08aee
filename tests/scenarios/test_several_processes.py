"""Several processes on one PostgreSQL are one desk."""

import asyncio
from collections import Counter

import pytest

from handlers.messages import words as catalogue
from sandbox.stage import Stage
from tests.saying import ADDED, STOPPED
from tests.scenarios.conftest import Scenario

_GONE = catalogue.search.gone("", button="Add to cart").strip()


@pytest.fixture
def settings(postgres_url: str) -> dict[str, str]:
    return {"DATABASE_URL": postgres_url, "DESK_SETTLE_SECONDS": "2"}


@pytest.fixture
async def scenario(stage: Stage) -> Scenario:
    """Three processes; Slack's payloads go to them in turn."""
    await asyncio.gather(*(bot.start() for bot in (stage.bot, stage.another_bot(), stage.another_bot())))
    return Scenario(stage)


async def test_three_processes_order_pay_and_report_once(scenario: Scenario):
    """Three processes order once, pay once and report everything once."""
    await scenario.dan.click(await scenario.ordered("name.ovh", "other.ovh"), "Pay")
    card = await scenario.card(catalogue.card.DELIVERED, seconds=40)
    assert [order.payments for order in scenario.orders] == [[8120045]]
    assert scenario.checkouts() == 1
    assert len(scenario.slack.messages("approvals")) == 1
    status = await scenario.sees(scenario.ada, "Registered")
    assert [m.ts for m in scenario.slack.messages("domains")] == [status.ts]
    assert [
        text for text, times in Counter(told.text for told in scenario.slack.thread(card)).items() if times > 1
    ] == []


async def test_eight_clicks_on_three_processes_approve_once(scenario: Scenario):
    card = await scenario.requested()
    await asyncio.gather(*(scenario.cleo.click(card, "Approve") for _ in range(8)))
    await scenario.payable()
    assert scenario.checkouts() == 1


class TestADeadProcess:
    @pytest.fixture
    def mode(self) -> str:
        return "socket"

    async def test_is_followed_by_another_within_half_a_minute(self, stage: Stage):
        await stage.bot.start()
        scenario = Scenario(stage)
        card = await scenario.requested()
        scenario.ovh.faults.add("POST", "/order/cart/*/checkout", "hang", seconds=60)
        await scenario.cleo.click(card, "Approve")
        await scenario.ovh_hangs()
        follower = stage.another_bot()
        await follower.start()
        await stage.bot.kill()
        await scenario.payable(seconds=40)
        assert scenario.checkouts() == 1
        assert len(scenario.orders) == 1


class TestASearch:
    """Its buttons work, whichever process gets the click."""

    @pytest.fixture
    def settings(self, postgres_url: str) -> dict[str, str]:
        return {"DATABASE_URL": postgres_url, "OVH_BURST": "100", "OVH_REQUESTS_PER_SECOND": "50"}

    async def test_is_leafed_through_and_added_anywhere(self, scenario: Scenario):
        await scenario.ada.command(f"search {' '.join(f'page-{number}.ovh' for number in range(60))}")
        shown = await scenario.sees(scenario.ada, catalogue.search.page_of(1, 5), seconds=20)
        for page in (2, 3, 4, 5):
            await scenario.ada.click(shown, "Next page")
            shown = await scenario.sees(scenario.ada, catalogue.search.page_of(page, 5))
        await scenario.ada.click(shown, "search_add_all")
        await scenario.sees(scenario.ada, ADDED)
        await scenario.sees(scenario.ada, "*Cart #1*  40 names")

    async def test_is_stopped_and_gone_on_with_anywhere(self, scenario: Scenario):
        slow = scenario.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=999, seconds=0.6)
        await scenario.ada.command(f"search {' '.join(f'far-{number}.ovh' for number in range(200))}")
        shown = await scenario.sees(scenario.ada, "/200")
        # Slack's payloads go to the three in turn, so these reach the two that do not run it.
        await scenario.ada.click(shown, "Show newest")
        await scenario.ada.click(shown, "Stop")
        stopped = await scenario.sees(scenario.ada, STOPPED)
        scenario.ovh.faults.remove(slow)
        await scenario.ada.click(stopped, "Ask again")
        await scenario.sees(scenario.ada, catalogue.search.some_available(200, 200), seconds=30)
        assert not [m for m in scenario.ada.messages("domains") if _GONE in m.plain_text()]
