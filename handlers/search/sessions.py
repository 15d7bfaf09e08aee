"""The searches of the last time, so that their buttons find them: pages, Stop, Ask again, Refresh."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import structlog

from handlers.toolkit.responder import Reply
from handlers.toolkit.threads import Bridge
from handlers.views.search_pages import Found, Standing
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.offer import Availability, Verdict
from ordering.ports.search_sessions import KeptSearch, Shelf, Wish

P = ParamSpec("P")
T = TypeVar("T")

_MOST_KEPT = 300
_MOST_NAMES = 20_000  # of all kept searches together; an answer takes about a kilobyte
_KEPT_FOR = 4 * 3600.0  # seconds since it was last used
MOST_AT_ONCE = 3  # searches of one person: each holds a thread while it reads
_BEAT, _WRITTEN_EVERY = 1.0, 4  # seconds; beats, as hundreds of answers are half a megabyte
_SHELF_TAKES = 1.0  # seconds at most
_log = structlog.get_logger()


@dataclass(eq=False)
class Search:
    """One person's search. `reply` is the newest way to its message: every click on it brings a fresh one.

    `page` is the one that they look at, as the button says that they press.
    """

    user: str
    names: tuple[DomainName, ...]
    unreadable: Sequence[str]
    reply: Reply
    allow_premium: bool
    left_out: Sequence[str] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    answers: dict[DomainName, Availability] = field(default_factory=dict)
    standing: Standing = Standing.STOPPED  # it is not under way until somebody runs it
    refreshing: set[DomainName] = field(default_factory=set)  # asked again; old answers stay until new ones come
    page: int = 0
    seconds_left: float = 0.0
    awaited: set[DomainName] = field(default_factory=set)  # until all of these are there, nobody is woken
    is_due: bool = False  # the next answer is to be shown
    news: asyncio.Event = field(default_factory=asyncio.Event)
    show_now: bool = False
    stop_now: bool = False
    used_at: float = 0.0  # by the clock of `Searches`
    is_drawing: bool = False  # its message is being updated
    is_outdated: bool = False  # something changed since that update began
    is_elsewhere: bool = False  # another process has it under way: here it is only shown

    @classmethod
    def of(cls, kept: KeptSearch, reply: Reply) -> Search:
        """A search as another process left it, or has it under way."""
        search = cls(kept.user, kept.names, kept.unreadable, reply, kept.allow_premium, kept.left_out, kept.id)
        search.answers = {answer.domain: answer for answer in kept.answers}
        search.end()
        if kept.under_way:
            search.standing, search.is_elsewhere = Standing.ASKING, True
            search.refreshing, search.seconds_left = set(kept.refreshing), kept.seconds_left
        return search

    def kept(self) -> KeptSearch:
        """What other processes need of it."""
        return KeptSearch(
            id=self.id,
            user=self.user,
            names=self.names,
            answers=tuple(self.answers.values()),
            unreadable=tuple(self.unreadable),
            left_out=tuple(self.left_out),
            refreshing=tuple(self.refreshing),
            seconds_left=self.seconds_left,
            allow_premium=self.allow_premium,
        )

    @property
    def answered(self) -> int:
        """How many names have the answer that is looked for."""
        return len(self.answers) - len(self.refreshing)

    def lacks(self, name: DomainName) -> bool:
        """Whether the answer for a name is still to come."""
        return name not in self.answers or name in self.refreshing

    def begin(self, names: Sequence[DomainName]) -> None:
        """Ask these: an answer that is known is shown with its age until the new one comes, an unknown one dropped."""
        for name in names:
            if name in self.answers and self.answers[name].verdict is Verdict.UNKNOWN:
                del self.answers[name]
        self.refreshing = {name for name in names if name in self.answers}
        self.standing, self.stop_now = Standing.ASKING, False

    def end(self) -> None:
        """Nobody asks any more, for whatever reason: only what has all its answers is complete."""
        self.refreshing.clear()
        self.standing = Standing.DONE if len(self.answers) == len(self.names) else Standing.STOPPED

    def take(self, answer: Availability) -> None:
        """Keep an answer. Who shows them is woken when it matters, not for each of hundreds.

        That OVH did not tell this time takes nothing from what it told before.
        """
        if answer.verdict is not Verdict.UNKNOWN or answer.domain not in self.refreshing:
            self.answers[answer.domain] = answer
        self.refreshing.discard(answer.domain)
        was_awaited = answer.domain in self.awaited
        self.awaited.discard(answer.domain)
        if self.is_due or (was_awaited and not self.awaited):
            self.news.set()

    def wish(self, reply: Reply, *, stop: bool = False) -> None:
        """Somebody wants to see it now, or to have it end."""
        self.reply = reply
        self.show_now, self.stop_now = True, self.stop_now or stop
        self.news.set()

    def found(self) -> Found:
        """What the view draws of it."""
        return Found(
            id=self.id,
            names=self.names,
            answers=list(self.answers.values()),
            now=datetime.now(UTC),
            standing=self.standing,
            unreadable=self.unreadable,
            left_out=self.left_out,
            refreshing=len(self.refreshing),
            seconds_left=self.seconds_left,
            page=self.page,
            allow_premium=self.allow_premium,
        )


class Searches:
    """The searches of this process, limited in number, names and age; a click on a dropped one says so.

    A search under way is never dropped. `clock` counts seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: OrderedDict[str, Search] = OrderedDict()  # the one used last at the end
        self._clock = clock
        self._names = 0
        self._running: Counter[str] = Counter()

    async def keep(self, search: Search) -> None:
        """Have the buttons under a search find it, though nobody runs it."""
        self._remember(search)

    async def find(self, search_id: str, user: str, reply: Reply) -> Search | None:
        """A person's own search, as long as it is kept, with a fresh way to its message."""
        self._drop_old()
        search = self._kept.get(search_id)
        if search is None or search.user != user:
            return None
        search.reply = reply
        self._remember(search)
        return search

    def forget(self, search_id: str) -> None:
        """Let its buttons find it no more."""
        search = self._kept.pop(search_id, None)
        if search is not None:
            self._names -= len(search.names)

    def has_room(self, user: str) -> bool:
        """Whether a person may have one more under way here."""
        return self._running[user] < MOST_AT_ONCE

    @asynccontextmanager
    async def running(self, search: Search, names: Sequence[DomainName]) -> AsyncIterator[None]:
        """Have a search under way for these names; raises `NotPossible` where it may not, and leaves it as it was."""
        if not self.has_room(search.user):
            raise NotPossible(
                f"{MOST_AT_ONCE} of your searches are still under way. Try again when one of them ends.",
                code="too_many_searches",
                most=MOST_AT_ONCE,
            )
        self._running[search.user] += 1
        try:
            async with self._in_hand(search):
                search.begin(names)
                try:
                    yield
                finally:
                    search.end()
        finally:
            self._running[search.user] -= 1

    async def stop(self, search: Search) -> bool:
        """Have a search end; false where nobody runs it."""
        search.wish(search.reply, stop=True)
        return search.standing is Standing.ASKING

    @asynccontextmanager
    async def _in_hand(self, search: Search) -> AsyncIterator[None]:
        self._remember(search)
        yield

    def _remember(self, search: Search) -> None:
        self.forget(search.id)
        self._kept[search.id] = search
        self._names += len(search.names)
        search.used_at = self._clock()
        self._drop_old()

    def _drop_old(self) -> None:
        """Drop the least recently used searches until all limits hold."""
        old = self._clock() - _KEPT_FOR
        newest = next(reversed(self._kept), None)
        for search in list(self._kept.values()):
            too_many = len(self._kept) > _MOST_KEPT or self._names > _MOST_NAMES
            if search.used_at >= old and not too_many:
                return
            if search.standing is not Standing.ASKING and (search.used_at < old or search.id != newest):
                self.forget(search.id)


class SharedSearches(Searches):
    """The searches of a desk of several processes: those under way here are in its memory, the others on a shelf.

    The shelf never keeps a search waiting for long, nor makes it fail: what it does not take stays in memory.
    """

    def __init__(self, shelf: Shelf, bridge: Bridge, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._shelf = shelf
        self._bridge = bridge

    async def keep(self, search: Search) -> None:
        try:
            await self._ask(self._shelf.put, search.kept())
        except _Unreachable:
            self._remember(search)

    async def find(self, search_id: str, user: str, reply: Reply) -> Search | None:
        if (known := await super().find(search_id, user, reply)) is not None:
            return known
        try:
            kept = await self._ask(self._shelf.find, search_id)
        except _Unreachable as error:
            raise NotPossible(
                "I cannot look that search up just now. Press the button again in a moment.", code="search_not_readable"
            ) from error
        return Search.of(kept, reply) if kept is not None and kept.user == user else None

    async def stop(self, search: Search) -> bool:
        if not search.is_elsewhere:
            return await super().stop(search)
        try:
            return await self._ask(self._shelf.stop, search.id)
        except _Unreachable:
            return False

    @asynccontextmanager
    async def _in_hand(self, search: Search) -> AsyncIterator[None]:
        with suppress(_Unreachable):
            if not await self._ask(self._shelf.begin, search.kept()):
                raise NotPossible(
                    "This search is under way already. Its message changes by itself.", code="search_under_way"
                )
        self._remember(search)
        ended = asyncio.Event()
        publishing = asyncio.create_task(self._publish(search, ended))
        try:
            yield
        finally:
            ended.set()
            await publishing

    async def _publish(self, search: Search, ended: asyncio.Event) -> None:
        """Let the others see how a search stands, now and then and at its end, and hear what they want of it."""
        beats = 0
        while not ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT):
                    await ended.wait()
            beats += 1
            newest = None if beats % _WRITTEN_EVERY else search.kept()
            with suppress(_Unreachable):
                wish = await self._ask(self._shelf.go_on, search.id, newest)
                search.is_elsewhere = wish is Wish.LOST
                if wish is not Wish.GO_ON:
                    search.wish(search.reply, stop=True)
        with suppress(_Unreachable):
            await self._ask(self._shelf.end, search.kept())
            self.forget(search.id)

    async def _ask(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the shelf, for a moment; raises `_Unreachable`, whatever is wrong with it."""
        try:
            async with asyncio.timeout(_SHELF_TAKES):
                return await self._bridge.call(method, *args, **kwargs)
        except Exception as error:
            _log.warning("searches_not_shared", error=type(error).__name__)
            raise _Unreachable from error


class _Unreachable(Exception):
    """What others may see of a search is never worth failing it."""
