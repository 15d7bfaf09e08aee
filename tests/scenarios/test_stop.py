"""SIGTERM while OVH has a call that buys or pays: the call is cut off, and its end is written down before the end."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from handlers.messages import words as catalogue
from sandbox.stage import Stage
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_a_stop_during_a_checkout_commits_that_the_call_ended(stage: Stage):
    """The next process looks at once; it does not wait until a call could have ended by itself."""
    await stage.bot.start()
    scenario = Scenario(stage)
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart/*/checkout", "hang", seconds=9)
    await scenario.cleo.click(card, "Approve")
    await scenario.ovh_hangs()
    begun = datetime.now(UTC)
    assert await stage.bot.stop() == 0
    assert datetime.now(UTC) - begun < timedelta(seconds=4)
    with closing(sqlite3.connect(stage.folder / "desk.db")) as database:
        [state] = database.execute("SELECT state FROM carts").fetchone()
        [due_at] = database.execute("SELECT due_at FROM timers WHERE kind = 'step'").fetchone()
    assert state == "checking_out"
    # The intent alone would have the next process wait for a quarter of the settling time.
    assert datetime.fromisoformat(due_at).replace(tzinfo=UTC) < begun + timedelta(seconds=8)
    log = stage.log.read_text()
    assert 0 < log.index('"ovh_silent"') < log.rindex('"stopped"')
    await stage.bot.start()
    await scenario.payable()
    assert (len(scenario.orders), scenario.checkouts()) == (1, 1)
    await stage.bot.stop()


async def test_a_stop_during_a_payment_ends_in_time_and_pays_once(stage: Stage):
    await stage.bot.start()
    scenario = Scenario(stage)
    card = await scenario.ordered()
    scenario.ovh.faults.add("POST", "/me/order/*/pay", "hang", seconds=9)
    await scenario.dan.click(card, "Pay")
    await scenario.ovh_hangs()
    assert await stage.bot.stop() == 0
    await stage.bot.start()
    await scenario.card(catalogue.card.DELIVERED, seconds=30)
    assert scenario.orders[0].payments == [8120045]
    assert scenario.ovh.count("POST", "/me/order/*/pay") == 1
    await stage.bot.stop()
