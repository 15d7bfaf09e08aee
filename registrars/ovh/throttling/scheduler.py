"""The scheduler of all calls to OVH: decides which call goes next, and when."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Protocol, Self

from ordering.model.errors import RateLimitTimeout, RegistrarUnavailable

_SHARE = 10  # polling gets one of this many permits left by money calls and people


class Priority(IntEnum):
    """Call priorities, highest first.

    MONEY_CALL is the money call itself; MONEY prepares and checks it, so a money call never waits behind the
    pre-flights of others, which prepare carts as well. PEOPLE are calls for users who wait for one answer. POLLING
    keeps a share next to searches, so they never stop the bot from following paid orders.
    """

    MONEY_CALL = 0
    MONEY = 1
    PEOPLE = 2
    SEARCH = 3
    POLLING = 4


class RateLimiter(Protocol):
    """The rate limiter protocol, implemented by `AdaptiveTokenBucket` and `SharedRateLimiter`.

    Times are of the monotonic clock.
    """

    @property
    def rate(self) -> float: ...

    def listen(self, news: Callable[[], None]) -> None: ...

    def wait(self, now: float, *, wanted: int = 1) -> float | None: ...

    def spend(self) -> None: ...

    def refund(self) -> None: ...

    def seconds_for(self, calls: int, now: float) -> float: ...

    def on_throttled(self, now: float, seconds: float | None = None) -> None: ...

    def on_success(self, now: float) -> None: ...

    def close(self) -> None: ...


@dataclass(order=True)
class _QueueEntry:
    """A queue entry; `news` wakes only its holder."""

    priority: Priority
    number: int
    news: threading.Condition = field(compare=False)


class Permit:
    """A permit for one API call. Releasing it frees a slot; an unused permit is refunded."""

    def __init__(self, scheduler: CallScheduler) -> None:
        self._scheduler = scheduler
        self._held = True
        self.used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._held:
            self._held = False
            self._scheduler.release(refund=not self.used)


class CallScheduler:
    """A priority queue in front of a rate limiter, with at most `concurrency` calls in flight. Thread-safe."""

    def __init__(self, rate_limiter: RateLimiter, *, concurrency: int) -> None:
        self._rate_limiter = rate_limiter
        self._room = concurrency
        self._queue: list[_QueueEntry] = []
        self._numbers = count()
        self._since_polling = 0  # permits given to searches
        self._closed = False
        self._lock = threading.Lock()
        rate_limiter.listen(self.news)

    @property
    def rate(self) -> float:
        """The calls a second that are allowed now."""
        return self._rate_limiter.rate

    @property
    def waiting(self) -> int:
        """The number of calls that wait for a permit."""
        return len(self._queue)

    def acquire(self, priority: Priority, *, within: float | None = None) -> Permit:
        """Wait for a permit. Use it in a `with`, around the call.

        Raises `RateLimitTimeout` if none is free `within` this many seconds, `RegistrarUnavailable` when the scheduler
        closes.
        """
        deadline = float("inf") if within is None else time.monotonic() + within
        with self._lock:
            entry = _QueueEntry(priority, next(self._numbers), threading.Condition(self._lock))
            heapq.heappush(self._queue, entry)
            try:
                while (pause := self._pause_for(entry)) != 0:
                    entry.news.wait(_until(deadline, pause))
                self._rate_limiter.spend()
                self._room -= 1
                self._count(priority)
            finally:
                self._queue.remove(entry)  # usually at its front
                heapq.heapify(self._queue)
                self._notify_first()
        return Permit(self)

    def release(self, *, refund: bool = False) -> None:
        """Release a permit; `refund` one that was not used."""
        with self._lock:
            self._room += 1
            if refund:
                self._rate_limiter.refund()
            self._notify_first()

    def on_throttled(self, seconds: float | None = None) -> None:
        """Handle a throttle response with the wait in seconds that OVH requested."""
        with self._lock:
            self._rate_limiter.on_throttled(time.monotonic(), seconds)

    def on_success(self) -> None:
        """Handle a success."""
        with self._lock:
            self._rate_limiter.on_success(time.monotonic())

    def seconds_for(self, calls: int) -> float:
        """Return how long so many more calls take at the present rate, without OVH's response times."""
        with self._lock:
            return self._rate_limiter.seconds_for(calls, time.monotonic())

    def news(self) -> None:
        """Handle a notification that the rate limiter may allow more calls."""
        with self._lock:
            self._notify_first()

    def close(self) -> None:
        """Allow no further calls, and fail those that wait."""
        with self._lock:
            self._closed = True
            for entry in self._queue:
                entry.news.notify()
        self._rate_limiter.close()

    def _notify_first(self) -> None:
        if self._queue:
            self._first().news.notify()

    def _count(self, priority: Priority) -> None:
        if priority is Priority.POLLING:
            self._since_polling = 0
        elif priority is Priority.SEARCH:
            self._since_polling += 1

    def _first(self) -> _QueueEntry:
        first = self._queue[0]
        if first.priority is Priority.SEARCH and self._since_polling >= _SHARE - 1:
            return min((entry for entry in self._queue if entry.priority is Priority.POLLING), default=first)
        return first

    def _pause_for(self, entry: _QueueEntry) -> float | None:
        """Return 0 to go now, seconds to wait before checking again, or None to wait for a notification."""
        if self._closed:
            raise RegistrarUnavailable(code="stopping")
        if self._first() is not entry or self._room < 1:
            return None
        return self._rate_limiter.wait(time.monotonic(), wanted=len(self._queue))


def _until(deadline: float, pause: float | None) -> float | None:
    """Return how long to wait: the pause, but not beyond the deadline."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise RateLimitTimeout
    if left == float("inf"):
        return pause
    return left if pause is None else min(pause, left)
