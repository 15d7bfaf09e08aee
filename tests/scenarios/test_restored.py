"""A database is put back under the real bot: an old card shows it, and nothing is ordered or paid twice."""

import asyncio
import copy
import re
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import pytest

from handlers.messages import words as catalogue
from ordering.model.recovery import FLOOR, Cause, Recovery
from sandbox.slack import Message
from sandbox.stage import Stage
from tests.builders import NOW
from tests.refusing import said
from tests.saying import after_time
from tests.scenarios.conftest import Scenario
from tests.scenarios.recovering import healthz, is_on_hold, recover

RELEASED = after_time(catalogue.on_hold.released(Recovery(Cause.CARD, NOW, floor_from=NOW)))

# Four starts of the bot, each followed by the leases of the one before.
pytestmark = pytest.mark.timeout(300)
_LEASES = 45.0  # seconds; on PostgreSQL a killed process's leases last 20
Restore = Callable[[], Awaitable[None]]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Run each story on both databases."""
    base = {"DESK_SETTLE_SECONDS": "3"}
    return base if request.param == "sqlite" else base | {"DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture
async def scenario(stage: Stage) -> Scenario:
    await stage.bot.start()
    return Scenario(stage)


async def back_up(scenario: Scenario) -> Restore:
    """Copy the database as it is now; returns what kills the bot, puts the copy back, and starts the bot."""
    stage, url = scenario.stage, scenario.stage.environment["DATABASE_URL"]
    if not url.startswith("sqlite"):
        return await _back_up_postgresql(stage, url)
    kept = stage.folder / "backup.db"
    with sqlite3.connect(stage.folder / "desk.db") as live, sqlite3.connect(kept) as to:
        live.backup(to)
    live.close()
    to.close()

    async def restore() -> None:
        await stage.bot.kill()
        for old in stage.folder.glob("desk.db*"):
            old.unlink()
        shutil.copy(kept, stage.folder / "desk.db")
        await stage.bot.start()

    return restore


async def _back_up_postgresql(stage: Stage, url: str) -> Restore:
    address = url.replace("postgresql+psycopg://", "postgresql://")
    found = re.search(r"/(desk_\w+)\?", address)
    assert found is not None
    name, server = found[1], address.replace(f"/{found[1]}?", "/postgres?")

    def again(*statements: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def put(source: str, target: str) -> None:
        again(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)', f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    await stage.bot.kill()  # PostgreSQL copies a database without connections only
    await asyncio.to_thread(put, name, f"{name}_copy")
    await stage.bot.start()

    async def restore() -> None:
        await stage.bot.kill()
        await asyncio.to_thread(put, f"{name}_copy", name)
        await stage.bot.start()

    return restore


def direct(scenario: Scenario, user: str) -> list[Message]:
    channel = scenario.slack.state.world.conversation(user).id
    return scenario.slack.state.messages[channel]


async def test_an_old_card_after_a_restore_does_nothing_twice(scenario: Scenario):
    """Put the database back, decide another cart, press the old card; compare, end recover mode, press it again."""
    await scenario.requested()
    restore = await back_up(scenario)
    await scenario.cleo.click(await scenario.card(catalogue.card.TO_APPROVE), "Approve")
    old = copy.deepcopy(await scenario.payable(_LEASES))
    await restore()

    # Another cart's events take the numbers of those that are lost.
    await scenario.ben.command("add other.ovh")
    cart = await scenario.sees(scenario.ben, "Request approval")
    await scenario.ben.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ben.modal)
    await scenario.ben.submit(purpose="For another launch")
    other = await scenario.sees(scenario.cleo, "other.ovh", channel="approvals", seconds=_LEASES)
    await scenario.cleo.click(other, "Approve")
    await scenario.slack.until(lambda: len(scenario.orders) == 2 or None, _LEASES)

    await scenario.clicks_in_vain(scenario.dan, old, "Pay", said("on_hold"))
    await is_on_hold(scenario)
    held = await scenario.card(catalogue.on_hold.card_head(1), seconds=_LEASES)
    assert "Approve" not in held.plain_text()
    await scenario.cleo.open_home()
    await scenario.home_says(scenario.cleo, catalogue.on_hold.HOME_HEAD)
    for operator in (scenario.cleo, scenario.dan):
        async with asyncio.timeout(10):
            while not (told := direct(scenario, operator.id)):  # noqa: ASYNC110 - Slack's state tells nobody
                await asyncio.sleep(0.05)
        assert [message.text for message in told if catalogue.on_hold.BEGUN_ALONE in message.text] == [told[0].text]
    with suppress(TimeoutError):
        await scenario.slack.until(lambda: len(scenario.orders) > 2 or None, 3)
    assert [order.payments for order in scenario.orders] == [[], []]

    printed = await recover(scenario)
    assert f"{scenario.orders[0].id}" in printed
    assert "fits #1" in printed
    assert re.search("Recover mode is (over|off)", printed)  # off: the running bot was quicker
    card = await scenario.card(catalogue.card.TO_APPROVE, seconds=_LEASES)
    assert (
        await scenario.slack.until(lambda: catalogue.on_hold.BACK in str(scenario.slack.messages("approvals")) or None)
    ) is True
    await scenario.clicks_in_vain(scenario.dan, old, "Pay", said("card_before_restore", cart=1))
    assert [order.payments for order in scenario.orders] == [[], []]

    await scenario.cleo.click(card, "Approve")
    await scenario.sees(scenario.cleo, f"order {scenario.orders[0].id}", channel="approvals", seconds=_LEASES)
    assert scenario.checkouts() == 2
    assert len(scenario.orders) == 2


async def test_operators_compare_and_release_in_slack(scenario: Scenario):
    """The same by buttons: Compare now shows what OVH has, only then I have compared appears."""
    await scenario.requested()
    restore = await back_up(scenario)
    approved = copy.deepcopy(await scenario.card(catalogue.card.TO_APPROVE))
    await scenario.cleo.click(approved, "Approve")
    old = copy.deepcopy(await scenario.payable(_LEASES))
    await restore()
    await scenario.clicks_in_vain(scenario.dan, old, "Pay", said("on_hold"))
    await is_on_hold(scenario)
    # The button of before the loss is on record still: recover mode holds it.
    await scenario.clicks_in_vain(scenario.cleo, approved, "Approve", said("on_hold"))
    told = (await scenario.slack.until(lambda: direct(scenario, scenario.cleo.id) or None))[0]
    assert "I have compared" not in told.plain_text()
    await scenario.cleo.click(told, "Compare now")
    heading = catalogue.on_hold.unknown_orders(1)
    found = await scenario.slack.until(
        lambda: next((m for m in direct(scenario, scenario.cleo.id) if heading in m.plain_text()), None)
    )
    assert f"{scenario.orders[0].id}" in found.plain_text()
    await scenario.cleo.click(found, "I have compared")
    await scenario.slack.until(lambda: [m for m in direct(scenario, scenario.cleo.id) if RELEASED in m.text] or None)
    assert "on hold" in (await healthz(scenario))["recover_mode"]
    if scenario.stage.environment["DATABASE_URL"].startswith("postgresql"):
        return  # a process of the lost state may live for a day
    scenario.ovh.clock.put(FLOOR.total_seconds() + 60)
    await scenario.card(catalogue.card.TO_APPROVE, seconds=60)
    assert len(scenario.orders) == 1
