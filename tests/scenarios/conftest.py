"""The real bot, in this process, between the simulated Slack and OVH."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from bot.settings import read_settings
from handlers.messages import words as catalogue
from ordering.process.floors import Floors
from sandbox.browser import NoBrowserError
from sandbox.slack import Actor, Message, OpenView
from sandbox.stage import Stage
from tests.browser import not_run
from tests.databases import new_sqlite, open_unsynced
from tests.saying import added
from tests.scenarios.rendering import Board

_IN_LINKS = ("orderPassword", "passwd=")

PATIENCE = 40.0  # seconds; an answer that comes ends the wait, a machine that stands still for a while fails nothing


class Scenario:
    """What the tests say: people do something, and wait for what they should see."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.slack, self.ovh = stage.slack, stage.ovh
        self.ada, self.ben = self.slack.person("ada"), self.slack.person("ben")
        self.cleo, self.dan = self.slack.person("cleo"), self.slack.person("dan")
        self.gwen = self.slack.person("gwen")

    async def sees(self, who: Actor, words: str, *, channel: str = "domains", seconds: float = PATIENCE) -> Message:
        """Wait until a user sees a message with these words, and return the newest one."""
        return await self.slack.until(
            lambda: next(
                (m for m in reversed(who.messages(channel)) if words in m.plain_text() and not m.thread_ts), None
            ),
            seconds,
        )

    async def search_and_add(self, *names: str) -> None:
        for name in names:
            await self.ada.command(f"add {name}")
            await self.sees(self.ada, added(name))

    async def request(self, purpose: str = "For the launch") -> None:
        cart = await self.sees(self.ada, "Request approval")
        await self.ada.click(cart, "Request approval")
        await self.slack.until(lambda: self.ada.modal)
        assert await self.ada.submit(purpose=purpose) == {}

    async def requested(self, *names: str) -> Message:
        """A card that waits for approval, as Cleo sees it."""
        await self.search_and_add(*(names or ("name.ovh",)))
        await self.request()
        return await self.card(catalogue.card.TO_APPROVE)

    async def ordered(self, *names: str) -> Message:
        """A card that waits for payment, as Dan sees it."""
        await self.cleo.click(await self.requested(*names), "Approve")
        return await self.payable()

    async def payable(self, seconds: float = PATIENCE) -> Message:
        """The card once it offers the ways to pay."""
        return await self.card(catalogue.paying.KEEPS_OPEN, seconds=seconds)

    async def card(self, words: str, seconds: float = PATIENCE) -> Message:
        return await self.sees(self.cleo, words, channel="approvals", seconds=seconds)

    async def form_says(self, words: str, *, who: Actor | None = None) -> OpenView:
        """Wait until a user's form shows these words; without `who`, Ada's."""
        return await self.slack.until(lambda: _with(words, (who or self.ada).modal))

    async def home_says(self, who: Actor, words: str) -> OpenView:
        """Wait until a user's Home shows these words."""
        return await self.slack.until(lambda: _with(words, who.home))

    async def clicks_in_vain(self, who: Actor, message: Message, button: str, why: str) -> None:
        """A user clicks and learns why not, they alone."""
        await who.click(message, button)
        told = self.slack.state.messages[message.channel]
        await self.slack.until(lambda: [m for m in told if m.only_for == who.id and why in m.text])

    async def ovh_hangs(self) -> None:
        """Wait until the faults that were set up for OVH have begun."""
        async with asyncio.timeout(10):
            while self.ovh.faults.waiting:  # noqa: ASYNC110 - the simulated OVH tells nobody what it is asked
                await asyncio.sleep(0.02)

    async def slack_hangs(self) -> None:
        """Wait until the faults that were set up for Slack have begun."""
        async with asyncio.timeout(10):
            while self.slack.faults.waiting:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)

    @property
    def orders(self):
        return list(self.ovh.orders.all.values())

    def checkouts(self) -> int:
        return self.ovh.count("POST", "/order/cart/*/checkout")


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings() -> dict[str, str]:
    """What a test module sets otherwise than the stage does."""
    return {}


@pytest.fixture(scope="session")
def board() -> Iterator[Board]:
    rendering = Board()
    yield rendering
    rendering.close()


@pytest.fixture
async def stage(tmp_path: Path, mode: str, settings: dict[str, str], board: Board) -> AsyncIterator[Stage]:
    if "DATABASE_URL" not in settings:
        new_sqlite(tmp_path)
    opened = Stage(tmp_path, http_mode=mode == "http", settings=settings)
    await opened.open()
    yield opened
    await opened.close()
    assert opened.slack.state.faulty == []
    assert opened.slack.state.pings == []
    assert_no_secret_in_a_channel(opened)
    shown = [seen["blocks"] for _, seen in opened.slack.state.archive if seen.get("blocks")]
    try:
        unknown = await asyncio.to_thread(board.unknowns, shown)
    except NoBrowserError as error:
        not_run(error)  # the story itself ran; its messages were not rendered
    assert unknown == []


@pytest.fixture
def floors() -> Floors:
    """How long silence proves nothing of a payment; a test module that waits for the end sets less."""
    return Floors()


@pytest.fixture
async def bot(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, floors: Floors) -> AsyncIterator[Bot]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.app.open_engines", open_unsynced)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    built = await Bot.build(read_settings(), floors=floors)
    await built.start()
    yield built
    await built.stop()


@pytest.fixture
def nothing_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have people and groups read from Slack each time. Name it before `scenario`, which starts the bot."""
    monkeypatch.setattr("handlers.toolkit.members.CACHE_SECONDS", 0.0)


@pytest.fixture
def scenario(stage: Stage, bot: Bot) -> Scenario:
    return Scenario(stage)


def _with(words: str, view: OpenView | None) -> OpenView | None:
    return view if view is not None and words in view.plain_text() else None


def assert_no_secret_in_a_channel(stage: Stage) -> None:
    """An order's link and its invoice's are for one payer's eyes: never in what a channel sees."""
    for kind, shown in stage.slack.state.archive:
        if kind in {"message", "edit"} and shown.get("only_for") is None:
            assert not any(secret in str(shown) for secret in _IN_LINKS)
    database = stage.folder / "desk.db"
    if database.exists():
        assert not any(secret.encode() in database.read_bytes() for secret in _IN_LINKS)
