"""`python -m prove.walk`: random walks over the whole interface, with faults and deaths, shrunk by hypothesis.

Users act at random in any order; after each walk the laws must hold.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from handlers.messages import words
from ordering.model.cart import Cart, CartState
from ordering.ports.store import Message as Shown
from ordering.ports.store import MessageRole
from ordering.process.floors import Floors
from prove.crash_points import add_crash_points
from prove.databases import Databases, opened
from prove.laws import FAILED, WALK, WAYS, broken_laws
from prove.life import SETTINGS, Life
from prove.run_faults import OVH_FAULTS, ROUTES
from prove.state_dump import dump_state
from sandbox.slack import Actor, Message, NoSuchButton, NotAcknowledged
from sandbox.slack.messages import elements
from sandbox.stage import Stage
from store.engine import open_engines
from store.transactions import SqlStore

_NAMES = ("one.ovh", "two.ovh", "premium-three.com")
_COUNTING = threading.Lock()
_PAUSE = 0.15  # seconds after each action, so that the bot may act in between
_REST = 150.0  # seconds at the end, without faults: longer than the retries on a busy machine
_FLOORS = Floors(ended=timedelta(seconds=4), unknown=timedelta(seconds=6))  # nothing shows late in a walk
_ENOUGH = 20  # walks; if this many ordered nothing, they show nothing
_BUTTONS = (
    "Approve", "Withdraw", "Pay", "Try again", "Close without ordering", "Nothing was ordered, try again",
    "Copy to a new cart", "Stop",
)  # fmt: skip
_S = CartState
_GOES_ON = {_S.APPROVED, _S.CHECKING_OUT, _S.PAYING, _S.PAID}  # by itself; all others have ended or wait for a user
_SENSIBLE = ("Request approval", "Approve", "Pay", words.card.DELIVERED)  # signs that adding, requesting, … were done
_SOON = 5.0  # seconds until it shows, on a busy machine
_PEOPLE = ("ada", "ben", "cleo", "dan", "gwen")


class Loop:
    """An event loop on its own thread, because hypothesis' rules are plain functions."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def do(self, action: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever the action returns
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(60)


class Walk(RuleBasedStateMachine):
    """One workspace, its users, and everything that can happen to them."""

    databases: ClassVar[Databases]
    seen: ClassVar[Counter[str]] = Counter()

    @initialize(head_start=st.sampled_from([3, 4, 2, 1, 0]))
    def begin(self, head_start: int) -> None:
        """Begin with nothing, a request or an order: otherwise few walks would ever get that far.

        Most walks of a seed begin with the first value.
        """
        self.loop = Loop()
        self._folder = tempfile.TemporaryDirectory(prefix="walk-")
        self._url = self.databases.new(Path(self._folder.name))
        self._stage = Stage(Path(self._folder.name), settings=SETTINGS | {"DATABASE_URL": self._url})
        self._stage.ovh.orders.deliver_after = 0.1
        self._stage.slack.delivery.again_after = 600.0  # a rule decides when it is due
        self.loop.do(self._stage.open())
        self._live()
        for seen in _SENSIBLE[:head_start]:
            self._try(self._next())
            with suppress(TimeoutError):
                self.loop.do(self._stage.slack.until(partial(self._newest_saying, seen), _SOON))

    @rule(who=st.sampled_from(_PEOPLE), word=st.sampled_from(["add", "remove", "search"]), name=st.sampled_from(_NAMES))
    def types(self, who: str, word: str, name: str) -> None:
        self._try(self._person(who).command(f"{word} {name}"))

    @rule(who=st.sampled_from(_PEOPLE))
    def asks(self, who: str) -> None:
        self._try(self._ask(self._person(who)))

    @rule(who=st.sampled_from(_PEOPLE), button=st.sampled_from(_BUTTONS), twice=st.booleans())
    def presses(self, who: str, button: str, *, twice: bool) -> None:
        if (card := self._newest_with(button)) is not None:
            self._try(self._press(self._person(who), card, button, 2 if twice else 1))

    @rule(route=st.sampled_from(ROUTES), kind=st.sampled_from(OVH_FAULTS))
    def ovh_stumbles(self, route: tuple[str, str], kind: Any) -> None:  # noqa: ANN401 - one of the faults
        self._stage.ovh.faults.add(*route, kind, seconds=0.5)

    @rule(spared=st.integers(0, 3))
    def is_killed(self, spared: int) -> None:
        if not spared:
            self._die()
            self._live()

    @rule(times=st.integers(1, 6))
    def goes_on(self, times: int) -> None:
        """Let users do the sensible thing now and then: otherwise nothing would ever be ordered."""
        for _ in range(times):
            self._try(self._next())

    @rule(name=st.sampled_from(_NAMES))
    def rises(self, name: str) -> None:
        self._stage.ovh.names.rise(name, "1.00")

    @rule()
    def clicks_come_again(self) -> None:
        """Redeliver all clicks, in whatever state their carts are."""
        self.loop.do(self._stage.slack.delivery.all_again())

    @rule()
    def a_day_passes(self) -> None:
        self._stage.ovh.a_day_later()

    def teardown(self) -> None:
        if not hasattr(self, "_stage"):
            return
        try:
            stuck = self._come_to_rest()
            self._die()
            orders = self._stage.ovh.orders.all.values()
            self._count(walks=1, walked_orders=len(orders))
            assert stuck == [], "\n".join([*stuck, *dump_state(self._url)])
            broken = list(broken_laws(self._stage, self._url))
            assert broken == [], broken
            assert self._stage.slack.state.faulty == [], self._stage.slack.state.faulty
        finally:
            self.loop.do(self._stage.close())
            self.databases.drop(self._url)
            self._folder.cleanup()
            self.loop.close()

    def _come_to_rest(self) -> list[str]:
        """Go on without faults; return the carts that neither end nor wait for a notified user."""
        self._stage.ovh.faults.clear()
        if self._life.over.is_set():
            self._die()  # raises if it ended by itself
            self._live()
        end = time.monotonic() + _REST
        with closing(open_engines(self._url)) as engines:
            while (stuck := list(self._at_a_loss(SqlStore(engines)))) and time.monotonic() < end:
                self.loop.do(asyncio.sleep(_PAUSE))
        return stuck

    def _at_a_loss(self, store: SqlStore) -> Iterator[str]:
        with store.read() as reading:
            outdated = reading.outdated()
            for cart in reading.every_cart():
                cards = [m for m in reading.messages(cart.id) if m.role is MessageRole.APPROVAL]
                if cart.state in _GOES_ON or (cart.id in outdated and cart.state is not _S.OPEN):
                    why = cart.blocked or cart.fact
                    yield f"cart #{cart.id} is {cart.state.in_words}, {'not ' * (cart.id in outdated)}told; {why}"
                elif cart.requester and not any(self._is_told(cart, card) for card in cards):
                    yield f"cart #{cart.id} is {cart.state.in_words}, which no card says"

    def _is_told(self, cart: Cart, card: Shown) -> bool:
        """Return whether this message, as Slack shows it, has the cart's state."""
        visible = self._stage.slack.state.find(card.channel, card.ts or "")
        return visible is not None and words.card.head_alone(cart) in visible.text

    def _count(self, **many: int) -> None:
        with _COUNTING:
            self.seen.update(many)

    def _live(self) -> None:
        self._life = Life(self._stage.environment, floors=_FLOORS)
        self.loop.do(self._stage.slack.connected(20))

    def _die(self) -> None:
        self._life.kill()
        self._life.join()
        if self._life.failure is not None:
            raise self._life.failure

    def _person(self, name: str) -> Actor:
        return self._stage.slack.person(name)

    def _newest_with(self, button: str) -> Message | None:
        """Return the newest message with this button: words alone may be in a status message, too."""
        return next((m for m in self._visible() if button in _labels(m)), None)

    def _newest_saying(self, words: str) -> Message | None:
        return next((m for m in self._visible() if words in m.plain_text()), None)

    def _visible(self) -> Iterator[Message]:
        """Yield what everybody sees, the newest first within each channel."""
        every = [m for messages in self._stage.slack.state.messages.values() for m in messages if not m.ephemeral]
        yield from reversed(every)

    def _try(self, action: Coroutine[Any, Any, Any]) -> None:
        """Try an action; ignore a missing button or a missing answer."""
        self._count(actions=1)

        async def tried() -> None:
            with suppress(NotAcknowledged, NoSuchButton, TimeoutError):
                await action
            await asyncio.sleep(_PAUSE)

        self.loop.do(tried())

    async def _next(self) -> None:
        if (card := self._newest_with("Pay")) is not None:
            await self._person("dan").click(card, "Pay")
        elif (card := self._newest_with("Approve")) is not None:
            await self._person("cleo").click(card, "Approve")
        elif self._newest_with("Request approval") is not None:
            await self._ask(self._person("ada"))
        else:
            await self._person("ada").command("add one.ovh")

    async def _ask(self, who: Actor) -> None:
        cart = self._newest_with("Request approval")
        if cart is not None:
            who.close_modal()
            await who.click(cart, "Request approval")
            await self._stage.slack.until(lambda: who.modal, 1)
            await who.submit(purpose="For the launch")

    async def _press(self, who: Actor, card: Message, button: str, times: int) -> None:
        await asyncio.gather(*(who.click(card, button) for _ in range(times)), return_exceptions=True)


def _labels(message: Message) -> set[str]:
    return {(element.get("text") or {}).get("text", "") for _, element in elements(message.blocks)}


def walk_until(end: float, *, databases: Databases, first_seed: int) -> list[tuple[int, str, str]]:
    """Walk until the monotonic clock reaches `end`; return each broken law with the seed that reproduces it.

    Safe to call from several threads. The counts are in `Walk.seen`.
    """
    broken: list[tuple[int, str, str]] = []
    for number in range(first_seed, first_seed + 1_000_000):
        if time.monotonic() >= end:
            break
        try:
            walk(number, databases=databases)
        except Exception as error:  # noqa: BLE001 - reported with its seed, and the walks go on
            broken.append((number, WALK, "".join(traceback.format_exception(error))[-3000:]))
    if (why := ordered_nothing(Walk.seen)) is not None:
        broken.append((first_seed, FAILED, why))
    return broken


def ordered_nothing(seen: Mapping[str, int]) -> str | None:
    """Return a complaint if enough walks ordered nothing: the laws then held for nothing."""
    if seen.get("walks", 0) < _ENOUGH or seen.get("walked_orders", 0):
        return None
    return f"{seen['walks']} random walks ordered nothing at all, so they show nothing"


def walk(number: int, *, databases: Databases, ways: int = WAYS, steps: int = 25) -> None:
    """Take the walks that a seed draws; raises if a law is broken, with the shortest walk that was found."""
    # Of no module: hypothesis would read its source each time, and reading sources is not thread-safe (Python 3.11:
    # "AST constructor recursion depth mismatch").
    mine = type("Walk", (Walk,), {"databases": databases, "__module__": "walks"})
    chosen = settings(
        max_examples=ways,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(mine), settings=chosen)


def walks(
    ways: Annotated[int, typer.Option("--walks", help="How many.")] = 100,
    steps: Annotated[int, typer.Option(help="Deeds in each, at most.")] = 25,
    begin: Annotated[int, typer.Option("--seed", help="The same seed walks the same ways.")] = 1,
    database: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
) -> None:
    """Walk at random, and fail if a law is broken, with the shortest walk that was found."""
    from bot import logging as logs  # noqa: PLC0415 - --help stays quick

    logs.configure("ERROR", "json")
    add_crash_points()
    with tempfile.TemporaryDirectory(prefix="walks-") as folder, opened(database, Path(folder)) as databases:
        walk(begin, databases=databases, ways=ways, steps=steps)
    if (why := ordered_nothing(Walk.seen)) is not None:
        raise SystemExit(why)
    counts = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in Walk.seen.items())
    print(f"On {database}: {counts}; every law held.")


if __name__ == "__main__":
    typer.run(walks)
