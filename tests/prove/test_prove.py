"""The campaign runs, and its laws can be broken."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from bot.socket_mode import SlackSocket
from handlers.messages import words
from prove import team
from prove.laws import broken_laws
from prove.life import Life
from prove.team import Stuck, Team
from sandbox.ovh.orders import Order
from sandbox.stage import Stage
from tests.databases import new_sqlite

_ROOT = Path(__file__).parents[2]


def test_a_run_with_deaths_and_faults_keeps_every_law():
    command = [sys.executable, "-W", "ignore", "-m", "prove", "--replay", "1006"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "| runs | 1 |" in done.stdout


def test_walks_at_random_end_with_every_law_held():
    command = [sys.executable, "-W", "ignore", "-m", "prove.walk", "--walks", "3", "--seed", "7"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "every law held" in done.stdout


async def test_a_life_ends_when_it_is_killed_before_it_connects(tmp_path, monkeypatch):
    """A life ends when it is killed also where it never comes to be connected."""
    connecting = threading.Event()

    async def for_ever(_socket: SlackSocket) -> None:
        connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(SlackSocket, "open", for_ever)
    _, stage = a_stage(tmp_path)
    await stage.open()
    try:
        life = Life(stage.environment | {"PORT": "0"})
        assert await asyncio.to_thread(connecting.wait, 20)
        life.kill()
        await asyncio.to_thread(life.join)
        assert life.over.is_set()
        assert life.failure is None
    finally:
        await stage.close()


async def test_a_cart_at_which_nothing_changes_is_stuck(tmp_path, monkeypatch):
    monkeypatch.setattr(team, "_PATIENCE", 0.2)
    _, stage = a_stage(tmp_path)
    await stage.open()
    try:
        with pytest.raises(Stuck, match="there is no card"):
            await Team(stage, Random(1)).buy("name.ovh")
    finally:
        await stage.close()


def a_stage(folder: Path) -> tuple[str, Stage]:
    """An empty memory, by its address, and services that nobody asked yet."""
    return new_sqlite(folder), Stage(folder)


def an_order(number: int) -> Order:
    return Order(
        id=number,
        cart="made-up",
        description="Domain Desk #7 attempt 1",
        domains=["name.ovh"],
        total=Decimal("3.59"),
        tax=Decimal("0.60"),
        made_at=datetime.now(UTC) - timedelta(minutes=5),
        url="https://order.example?orderPassword=secret-word",
        payments=[1] * number,
    )


@pytest.mark.parametrize("whose", ["order", "bill"])
@pytest.mark.parametrize("where", ["channel", "database"])
def test_finds_a_password_without_its_link(tmp_path, where, whose):
    """A password of an order or an invoice is seen without its link."""
    database, stage = a_stage(tmp_path)
    order = stage.ovh.orders.all[1] = an_order(1)
    order.paid_at = order.made_at
    (bill,) = stage.ovh.bills.all()
    secret = order.password if whose == "order" else bill.password
    if where == "channel":
        stage.slack.state.note("message", {"text": f"Look: {secret}", "only_for": None})
    else:
        with closing(sqlite3.connect(tmp_path / "desk.db")) as sqlite, sqlite:
            sqlite.execute("INSERT INTO ovh_budget VALUES ('key', ?)", (json.dumps({"left": f"Look: {secret}"}),))
    assert [law for law, _ in broken_laws(stage, database)].count("secrets in logs, channels or database") == 1


def test_finds_extra_orders_and_second_payments(tmp_path):
    """An order out of nowhere two for one cart and a second payment are seen."""
    database, stage = a_stage(tmp_path)
    for number in (1, 2):
        stage.ovh.orders.all[number] = an_order(number)
    stage.slack.state.note("message", {"text": "https://order.example?orderPassword=…", "only_for": None})
    stage.slack.state.note("message", {"text": words.decisions.approved(7), "only_for": "U0CLEO"})
    assert {law for law, _ in broken_laws(stage, database)} == {
        "orders that no approval covers",
        "carts with more than one order",
        "payments beyond one an order",
        "decisions lost",
        "secrets in logs, channels or database",
    }
