"""Recent search sessions, so their buttons keep working: pages, Stop, Ask again, Refresh."""

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
from ordering.ports.search_sessions import RunnerSignal, SearchSession, SearchSessionStore

P = ParamSpec("P")
T = TypeVar("T")

_MOST_KEPT = 300
_MOST_NAMES = 20_000  # in all stored searches together; an answer takes about a kilobyte
_KEPT_FOR = 4 * 3600.0  # seconds since the last use
MOST_AT_ONCE = 3  # searches per user: each holds a thread while it reads
_BEAT, _WRITTEN_EVERY = 1.0, 4  # seconds between beats; beats between writes: hundreds of answers are half a megabyte
_STORE_TIMEOUT = 1.0  # timeout of the search session store, in seconds
_log = structlog.get_logger()


@dataclass(eq=False)
class Search:
    """One user's search. `reply` is the newest way to its message: every click brings a fresh one.

    `page` is the page that the user views, as reported by the button they pressed.
    """

    user: str
    names: tuple[DomainName, ...]
    unreadable: Sequence[str]
    reply: Reply
    allow_premium: bool
    left_out: Sequence[str] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    answers: dict[DomainName, Availability] = field(default_factory=dict)
    standing: Standing = Standing.STOPPED  # stopped until a process runs it
    refreshing: set[DomainName] = field(default_factory=set)  # looked up again; old answers stay until new ones come
    page: int = 0
    seconds_left: float = 0.0
    awaited: set[DomainName] = field(default_factory=set)  # no wake-up until all of these have arrived
    is_due: bool = False  # show the next answer on arrival
    news: asyncio.Event = field(default_factory=asyncio.Event)
    show_now: bool = False
    stop_now: bool = False
    used_at: float = 0.0  # by the clock of `Searches`
    is_rendering: bool = False  # its message is being updated
    is_outdated: bool = False  # something changed since that update began
    is_elsewhere: bool = False  # another process runs it; this one only shows it

    @classmethod
    def of(cls, kept: SearchSession, reply: Reply) -> Search:
        """Return a search as another process stored it, finished or running."""
        search = cls(kept.user, kept.names, kept.unreadable, reply, kept.allow_premium, kept.left_out, kept.id)
        search.answers = {answer.domain: answer for answer in kept.answers}
        search.end()
        if kept.under_way:
            search.standing, search.is_elsewhere = Standing.ASKING, True
            search.refreshing, search.seconds_left = set(kept.refreshing), kept.seconds_left
        return search

    def kept(self) -> SearchSession:
        """Return what other processes need of this search."""
        return SearchSession(
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
        """The number of names whose answer has arrived."""
        return len(self.answers) - len(self.refreshing)

    def lacks(self, name: DomainName) -> bool:
        """Return whether the answer for a name is still missing."""
        return name not in self.answers or name in self.refreshing

    def begin(self, names: Sequence[DomainName]) -> None:
        """Start looking up these names. Known answers stay, with their age, until new ones arrive; unknown ones go."""
        for name in names:
            if name in self.answers and self.answers[name].verdict is Verdict.UNKNOWN:
                del self.answers[name]
        self.refreshing = {name for name in names if name in self.answers}
        self.standing, self.stop_now = Standing.ASKING, False

    def end(self) -> None:
        """Mark the search as ended: done if all answers have arrived, stopped otherwise."""
        self.refreshing.clear()
        self.standing = Standing.DONE if len(self.answers) == len(self.names) else Standing.STOPPED

    def take(self, answer: Availability) -> None:
        """Store an answer, and wake the display only when it matters, not for each of hundreds.

        An unknown verdict does not replace an earlier answer that is being refreshed.
        """
        if answer.verdict is not Verdict.UNKNOWN or answer.domain not in self.refreshing:
            self.answers[answer.domain] = answer
        self.refreshing.discard(answer.domain)
        was_awaited = answer.domain in self.awaited
        self.awaited.discard(answer.domain)
        if self.is_due or (was_awaited and not self.awaited):
            self.news.set()

    def signal(self, reply: Reply, *, stop: bool = False) -> None:
        """Signal that a user wants to see the search now, or to stop it."""
        self.reply = reply
        self.show_now, self.stop_now = True, self.stop_now or stop
        self.news.set()

    def found(self) -> Found:
        """Return the data that the view renders."""
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
        self._kept: OrderedDict[str, Search] = OrderedDict()  # the least recently used first
        self._clock = clock
        self._names = 0
        self._running: Counter[str] = Counter()

    async def keep(self, search: Search) -> None:
        """Store a search that is not running, so its buttons find it."""
        self._remember(search)

    async def find(self, search_id: str, user: str, reply: Reply) -> Search | None:
        """Return a user's own search while it is stored, with a fresh way to its message; None otherwise."""
        self._drop_old()
        search = self._kept.get(search_id)
        if search is None or search.user != user:
            return None
        search.reply = reply
        self._remember(search)
        return search

    def forget(self, search_id: str) -> None:
        """Drop a search: its buttons no longer find it."""
        search = self._kept.pop(search_id, None)
        if search is not None:
            self._names -= len(search.names)

    def has_room(self, user: str) -> bool:
        """Return whether a user may run one more search in this process."""
        return self._running[user] < MOST_AT_ONCE

    @asynccontextmanager
    async def running(self, search: Search, names: Sequence[DomainName]) -> AsyncIterator[None]:
        """Mark a search as running for these names. Raises `NotPossible` without a change if it may not run."""
        if not self.has_room(search.user):
            raise NotPossible(code="too_many_searches", most=MOST_AT_ONCE)
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
        """Stop a search; return False if no process runs it."""
        search.signal(search.reply, stop=True)
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
    """Search sessions of a bot with several processes: running ones are in memory, the others in the shared store.

    The store never delays a search for long, nor makes it fail: a search that it does not accept stays in memory.
    """

    def __init__(
        self, session_store: SearchSessionStore, bridge: Bridge, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self._session_store = session_store
        self._bridge = bridge

    async def keep(self, search: Search) -> None:
        try:
            await self._ask(self._session_store.put, search.kept())
        except _Unreachable:
            self._remember(search)

    async def find(self, search_id: str, user: str, reply: Reply) -> Search | None:
        if (known := await super().find(search_id, user, reply)) is not None:
            return known
        try:
            kept = await self._ask(self._session_store.find, search_id)
        except _Unreachable as error:
            raise NotPossible(code="search_not_readable") from error
        return Search.of(kept, reply) if kept is not None and kept.user == user else None

    async def stop(self, search: Search) -> bool:
        if not search.is_elsewhere:
            return await super().stop(search)
        try:
            return await self._ask(self._session_store.stop, search.id)
        except _Unreachable:
            return False

    @asynccontextmanager
    async def _in_hand(self, search: Search) -> AsyncIterator[None]:
        with suppress(_Unreachable):
            if not await self._ask(self._session_store.begin, search.kept()):
                raise NotPossible(code="search_under_way")
        self._remember(search)
        ended = asyncio.Event()
        publishing = asyncio.create_task(self._publish(search, ended))
        try:
            yield
        finally:
            ended.set()
            await publishing

    async def _publish(self, search: Search, ended: asyncio.Event) -> None:
        """Publish a search's progress periodically and at its end, and read other processes' signals."""
        beats = 0
        while not ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT):
                    await ended.wait()
            beats += 1
            newest = None if beats % _WRITTEN_EVERY else search.kept()
            with suppress(_Unreachable):
                signal = await self._ask(self._session_store.go_on, search.id, newest)
                search.is_elsewhere = signal is RunnerSignal.LOST
                if signal is not RunnerSignal.GO_ON:
                    search.signal(search.reply, stop=True)
        with suppress(_Unreachable):
            await self._ask(self._session_store.end, search.kept())
            self.forget(search.id)

    async def _ask(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the search session store with a short timeout; raises `_Unreachable` on any error."""
        try:
            async with asyncio.timeout(_STORE_TIMEOUT):
                return await self._bridge.call(method, *args, **kwargs)
        except Exception as error:
            _log.warning("searches_not_shared", error=type(error).__name__)
            raise _Unreachable from error


class _Unreachable(Exception):
    """The search session store failed. A search goes on without it."""
