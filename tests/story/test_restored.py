"""A database is put back under the real bot: an old card shows it, and nothing is ordered or paid twice."""

import asyncio
import copy
import json
import re
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from handlers.messages import words as catalogue
from ordering.model.recovery import FLOOR
from sandbox.slack import Message
from sandbox.stage import Stage
from tests.refusing import said
from tests.story.conftest import Story

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
async def desk(stage: Stage) -> Story:
    await stage.bot.start()
    return Story(stage)


async def back_up(desk: Story) -> Restore:
    """Copy the database as it is now; returns what kills the bot, puts the copy back, and starts the bot."""
    stage, url = desk.stage, desk.stage.environment["DATABASE_URL"]
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


async def healthz(desk: Story) -> dict[str, str]:
    def read() -> dict[str, str]:
        try:
            with urlopen(f"http://127.0.0.1:{desk.stage.bot.port}/healthz", timeout=5) as answer:
                return dict(json.load(answer)["checks"])
        except HTTPError as refused:
            with refused:
                return dict(json.load(refused)["checks"])

    return await asyncio.to_thread(read)


async def is_on_hold(desk: Story) -> None:
    async with asyncio.timeout(15):
        while "on hold" not in (await healthz(desk)).get("recover_mode", ""):  # noqa: ASYNC110 - a page tells nobody
            await asyncio.sleep(0.1)


async def recover(desk: Story) -> str:
    """Compare in a terminal, let the floor pass by OVH's clock, and end recover mode; return what was printed.

    On PostgreSQL the floor counts from the word that all processes are stopped.
    """
    printed, arguments = "", ("recover", "--yes", "--all-stopped")
    if desk.stage.environment["DATABASE_URL"].startswith("postgresql"):
        with pytest.raises(RuntimeError, match="ended with 1") as waits:
            await desk.stage.bot.run_command(*arguments)
        printed = str(waits.value)
    desk.ovh.clock.put(FLOOR.total_seconds() + 60)
    return printed + await desk.stage.bot.run_command(*arguments)


def direct(desk: Story, user: str) -> list[Message]:
    channel = desk.slack.state.world.conversation(user).id
    return desk.slack.state.messages[channel]


async def test_an_old_card_after_a_restore_orders_and_pays_nothing_twice(desk: Story):
    """Put the database back, decide another cart, press the old card; compare, end recover mode, press it again."""
    await desk.requested()
    restore = await back_up(desk)
    await desk.cleo.click(await desk.card(catalogue.card.TO_APPROVE), "Approve")
    old = copy.deepcopy(await desk.payable(_LEASES))
    await restore()

    # Another cart's events take the numbers of those that are lost.
    await desk.ben.command("add other.ovh")
    cart = await desk.sees(desk.ben, "Request approval")
    await desk.ben.click(cart, "Request approval")
    await desk.slack.until(lambda: desk.ben.modal)
    await desk.ben.submit(purpose="For another launch")
    other = await desk.sees(desk.cleo, "other.ovh", channel="approvals", seconds=_LEASES)
    await desk.cleo.click(other, "Approve")
    await desk.slack.until(lambda: len(desk.orders) == 2 or None, _LEASES)

    await desk.clicks_in_vain(desk.dan, old, "Pay", said("on_hold"))
    await is_on_hold(desk)
    held = await desk.card(catalogue.on_hold.card_head(1), seconds=_LEASES)
    assert "Approve" not in held.plain_text()
    await desk.cleo.open_home()
    await desk.home_says(desk.cleo, catalogue.on_hold.HOME_HEAD)
    for operator in (desk.cleo, desk.dan):
        async with asyncio.timeout(10):
            while not (told := direct(desk, operator.id)):  # noqa: ASYNC110 - Slack's state tells nobody
                await asyncio.sleep(0.05)
        assert [message.text for message in told if catalogue.on_hold.BEGUN_ALONE in message.text] == [told[0].text]
    with suppress(TimeoutError):
        await desk.slack.until(lambda: len(desk.orders) > 2 or None, 3)
    assert [order.payments for order in desk.orders] == [[], []]

    printed = await recover(desk)
    assert f"{desk.orders[0].id}" in printed
    assert "fits #1" in printed
    assert re.search("Recover mode is (over|off)", printed)  # off: the running bot was quicker
    card = await desk.card(catalogue.card.TO_APPROVE, seconds=_LEASES)
    assert (
        await desk.slack.until(lambda: catalogue.on_hold.BACK in str(desk.slack.messages("approvals")) or None)
    ) is True
    await desk.clicks_in_vain(desk.dan, old, "Pay", said("card_before_restore", cart=1))
    assert [order.payments for order in desk.orders] == [[], []]

    await desk.cleo.click(card, "Approve")
    await desk.sees(desk.cleo, f"order {desk.orders[0].id}", channel="approvals", seconds=_LEASES)
    assert desk.checkouts() == 2
    assert len(desk.orders) == 2


async def test_operators_compare_and_release_in_slack(desk: Story):
    """The same by buttons: Compare now shows what OVH has, only then I have compared appears."""
    await desk.requested()
    restore = await back_up(desk)
    approved = copy.deepcopy(await desk.card(catalogue.card.TO_APPROVE))
    await desk.cleo.click(approved, "Approve")
    old = copy.deepcopy(await desk.payable(_LEASES))
    await restore()
    await desk.clicks_in_vain(desk.dan, old, "Pay", said("on_hold"))
    await is_on_hold(desk)
    # The button of before the loss is on record still: recover mode holds it.
    await desk.clicks_in_vain(desk.cleo, approved, "Approve", said("on_hold"))
    told = (await desk.slack.until(lambda: direct(desk, desk.cleo.id) or None))[0]
    assert "I have compared" not in told.plain_text()
    await desk.cleo.click(told, "Compare now")
    found = await desk.slack.until(
        lambda: next((m for m in direct(desk, desk.cleo.id) if "that I don't know" in m.plain_text()), None)
    )
    assert f"{desk.orders[0].id}" in found.plain_text()
    await desk.cleo.click(found, "I have compared")
    await desk.slack.until(lambda: [m for m in direct(desk, desk.cleo.id) if "at the earliest" in m.text] or None)
    assert "on hold" in (await healthz(desk))["recover_mode"]
    if desk.stage.environment["DATABASE_URL"].startswith("postgresql"):
        return  # a process of the lost state may live for a day
    desk.ovh.clock.put(FLOOR.total_seconds() + 60)
    await desk.card(catalogue.card.TO_APPROVE, seconds=60)
    assert len(desk.orders) == 1
