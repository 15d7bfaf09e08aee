"""Fair queue for calls to OVH: a few concurrent requests per user, a bounded line for the rest, users in turn."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from cachetools import TTLCache

from handlers.messages import words
from handlers.toolkit.threads import Bridge
from ordering.model.errors import NotPossible

_THREADS = 16
_AT_ONCE = 3  # concurrent requests of one user
_IN_LINE = 50  # more queued requests of the same user
_BEFORE_NOTICE = 2.0  # seconds in line before a user is notified
_BETWEEN_NOTICES = 30.0  # seconds between two notices to one user: 50 requests in line need one notice, not 50

Notice = Callable[[str], Awaitable[None]]


class LineFull(NotPossible):
    """The user's line is full; this request was not accepted."""

    usual_code = "too_many_requests"


class OvhQueue:
    """Places for requests that wait for OVH, with a thread for each. For one event loop.

    A free place goes to the user with the fewest running requests, and among equals to the next one in turn.
    """

    def __init__(self, threads: int = _THREADS, *, at_once: int = _AT_ONCE, in_line: int = _IN_LINE) -> None:
        self._bridge = Bridge(threads)
        self._free = threads
        self._at_once = at_once
        self._in_line = in_line
        self._under_way: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._noticed: TTLCache[str, None, float] = TTLCache(math.inf, _BETWEEN_NOTICES)

    @asynccontextmanager
    async def place(
        self, user: str, *, what: str = "", notice: Notice | None = None, always: bool = False
    ) -> AsyncIterator[Bridge]:
        """Hold one of the user's places, and yield the threads to call OVH in.

        `what` names the request in the refusal. `notice` is called once for a user in line, or with `always` for each
        request. Raises `LineFull` immediately if the line is full.
        """
        if len(self._lines.get(user, ())) >= self._in_line:
            raise LineFull(in_line=self._in_line, what=what)
        place = self._join(user)
        try:
            await self._wait(user, place, notice, always=always)
            yield self._bridge
        finally:
            self._leave(user, place)

    def _join(self, user: str) -> asyncio.Future[None]:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(user, deque()).append(place)
        self._serve()
        return place

    async def _wait(self, user: str, place: asyncio.Future[None], notice: Notice | None, *, always: bool) -> None:
        if notice is not None:
            await asyncio.wait({place}, timeout=_BEFORE_NOTICE)
            if not place.done() and self._may_notice(user, always=always):
                line = self._lines[user]
                await notice(words.failures.in_line(line.index(place) + 1, len(line)))
        await asyncio.wait({place})  # not `await place`: cancelling the caller must not cancel a granted place

    def _may_notice(self, user: str, *, always: bool) -> bool:
        if not always and user in self._noticed:
            return False
        self._noticed[user] = None
        return True

    def _leave(self, user: str, place: asyncio.Future[None]) -> None:
        line = self._lines.get(user)
        if line is not None and place in line:  # cancelled in line
            line.remove(place)
            if not line:
                del self._lines[user]
            return
        self._free += 1
        self._under_way[user] -= 1
        if not self._under_way[user]:
            del self._under_way[user]
        self._serve()

    def _serve(self) -> None:
        """Assign the free places: one for each user, then the next round."""
        while self._free and (user := self._next_person()) is not None:
            line = self._lines[user]
            line.popleft().set_result(None)
            self._free -= 1
            self._under_way[user] += 1
            if line:
                self._lines.move_to_end(user)
            else:
                del self._lines[user]

    def _next_person(self) -> str | None:
        waiting = [user for user in self._lines if self._under_way[user] < self._at_once]
        return min(waiting, key=lambda user: self._under_way[user], default=None)
