"""The head of the audit log arrives in the approval channel, over real Slack calls, and `verify` takes its line."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import Bot
from handlers.messages import words as catalogue
from ordering.model.witness import Witness
from ordering.ports.store import TimerKind
from ordering.process.head_witness import NO_CART
from ordering.record.verification import Audit
from store.engine import Engines, open_engines
from store.transactions import SqlStore
from tests.saying import HOLE
from tests.scenarios.conftest import Scenario

KEY = "fake-key-of-a-test"


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_WITNESS_KEY": KEY}


@pytest.fixture
def engines(scenario: Scenario) -> Iterator[Engines]:
    """The bot's database, as a second process has it."""
    opened = open_engines(f"sqlite:///{scenario.stage.folder / 'desk.db'}")
    yield opened
    opened.close()


def make_due(store: SqlStore) -> None:
    with store.begin() as carts:
        carts.set_timer(NO_CART, TimerKind.WITNESS, datetime.now(UTC) - timedelta(seconds=1))


def head_of(store: SqlStore) -> tuple[int, str | None]:
    with store.read() as carts:
        return carts.head()


def faults(store: SqlStore, known_head: str) -> list[str]:
    with store.read() as carts:
        return [str(fault) for fault in Audit(carts.record(), known_head=known_head).faults()]


async def test_the_channel_gets_a_line_that_verifies(scenario: Scenario, bot: Bot, engines: Engines):
    """It is signed, it names the newest event, and the next round posts nothing."""
    await scenario.requested()
    store = SqlStore(engines)
    await asyncio.to_thread(make_due, store)
    number, digest = await asyncio.to_thread(head_of, store)
    await bot.head_witness.post()
    await bot.head_witness.post()
    before, after = catalogue.witness.head(number, HOLE).split(HOLE)
    shown = await scenario.sees(scenario.cleo, before, channel="approvals")
    line = shown.plain_text().partition(before)[2].partition(after)[0]
    noted = Witness.parse(line)
    assert noted is not None
    assert (noted.number, noted.digest, noted.is_signed_with(KEY)) == (number, digest, True)
    assert await asyncio.to_thread(faults, store, noted.digest) == []
    posts = [seen for kind, seen in scenario.slack.state.archive if kind == "message" and before in str(seen)]
    assert len(posts) == 1
