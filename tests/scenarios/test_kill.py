"""`kill -9` between any two acts and a restart loses nothing."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from handlers.messages import words as catalogue
from sandbox.stage import Stage
from tests.saying import added, result_of
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
async def killed(stage: Stage) -> Scenario:
    await stage.bot.start()
    return Scenario(stage)


async def kill_and_restart(scenario: Scenario) -> None:
    await scenario.stage.bot.kill()
    await scenario.stage.bot.start()


async def test_killed_between_all_acts_the_order_is_made_and_paid_once(killed: Scenario):
    scenario = killed
    await scenario.ada.command("search name.ovh")
    found = await scenario.sees(scenario.ada, result_of("name.ovh"))
    await kill_and_restart(scenario)
    await scenario.ada.click(found, "Add to cart")
    await scenario.sees(scenario.ada, added("name.ovh"))
    await kill_and_restart(scenario)
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    await kill_and_restart(scenario)
    await scenario.cleo.click(card, "Approve")
    await kill_and_restart(scenario)  # wherever the checkout is just now
    if catalogue.card.TO_APPROVE in (await scenario.card("#1")).plain_text():
        await scenario.cleo.click(card, "Approve")  # the click itself was not yet on record
    card = await scenario.payable(seconds=40)
    await kill_and_restart(scenario)
    await scenario.dan.click(card, "Pay")
    await kill_and_restart(scenario)  # wherever the payment is just now
    newest = await scenario.card("#1")
    if catalogue.card.TO_PAY in newest.plain_text():
        await scenario.dan.click(newest, "Pay")
    await scenario.card(catalogue.card.DELIVERED, seconds=40)
    assert [order.payments for order in scenario.orders] == [[8120045]]


async def test_sigterm_stops_the_bot_cleanly_within_five_seconds(killed: Scenario):
    assert await killed.stage.bot.stop() == 0


async def test_sigterm_does_not_wait_for_an_ovh_that_never_answers(killed: Scenario):
    killed.ovh.faults.add("GET", "/order/cart/*/domain", "hang", seconds=9)
    await killed.ada.command("search name.ovh")
    async with asyncio.timeout(5):
        while killed.ovh.faults.waiting:  # noqa: ASYNC110 - the fault itself tells nobody
            await asyncio.sleep(0.05)
    assert await killed.stage.bot.stop() == 0


async def test_a_payment_that_was_killed_waits_minutes_not_a_day(killed: Scenario):
    """The next process on the SQLite file knows that the sender is dead, and dates the end of its call."""
    await killed.ordered()
    killed.ovh.faults.add("POST", "/me/order/*/pay", "held")
    await killed.dan.click(await killed.payable(), "Pay")
    with closing(sqlite3.connect(killed.stage.folder / "desk.db")) as database:

        async def column(name: str) -> str:
            """Wait until the request has this moment on record; return its state then."""
            async with asyncio.timeout(40):
                while True:
                    state, moment = database.execute(f"SELECT state, {name} FROM carts WHERE id = 1").fetchone()
                    if moment is not None:
                        return str(state)
                    await asyncio.sleep(0.05)

        await column("payment_sent_at")
        await asyncio.sleep(0.5)  # the call is with the proxy
        await kill_and_restart(killed)
        assert await column("payment_ended_at_ovh") == "paying"
    assert "payment_calls_ended_with_their_process" in killed.stage.log.read_text()
