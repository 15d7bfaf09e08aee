"""A rate limiter for all processes with the same OVH key: its state is a database row, drawn from in batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from registrars.ovh.throttling.rate_limiter import AdaptiveTokenBucket

_LONGEST_SLEEP = 1.0  # seconds; another process may have met OVH's limit, or may call less
_LAST_RESERVE = 0.5  # seconds
_log = structlog.get_logger()


class LimiterState(Protocol):
    """The last state written, None before the first one, and the time by the database's clock in seconds."""

    now: float
    state: Mapping[str, Any] | None


class LimiterStorage(Protocol):
    """The storage of the shared state, locked by one process at a time."""

    def held(self) -> AbstractContextManager[LimiterState]:
        """Lock the row; the value of `state` is written when the context ends."""


@dataclass
class _Request:
    """The calls this process requests next, and the results it has to report."""

    calls: int = 0
    successes: bool = False
    throttled: list[float | None] = field(default_factory=list)


class SharedRateLimiter:
    """The scheduler's alternative to `AdaptiveTokenBucket`, shared by several processes.

    Its own thread draws calls from the row, so no caller waits for the database. If the database does not answer, this
    process goes on with its copy of the state: OVH's throttle responses then enforce the limit.
    """

    def __init__(self, storage: LimiterStorage, *, per_second: float, burst: float) -> None:
        self._storage = storage
        self._per_second, self._burst = per_second, burst
        self._copy = AdaptiveTokenBucket(
            per_second=per_second, burst=burst, now=time.monotonic()
        )  # of the state as last seen
        self._reserved = 0
        self._request = _Request()
        self._wanted = threading.Condition()
        self._closed = False
        self._news: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._reserve, name="ovh-budget", daemon=True)
        self._thread.start()

    @property
    def rate(self) -> float:
        return self._copy.rate

    def listen(self, news: Callable[[], None]) -> None:
        """Register `news`, to be called when calls were drawn."""
        self._news = news

    def wait(self, now: float, *, wanted: int = 1) -> float | None:
        """Return 0 if a drawn call is left; else None, and request `wanted` calls from the row."""
        del now  # the row has its own clock
        with self._wanted:
            if self._reserved > 0:
                return 0.0
            self._request.calls = max(wanted, 1)
            self._wanted.notify()
        return None

    def spend(self) -> None:
        with self._wanted:
            self._reserved -= 1

    def refund(self) -> None:
        with self._wanted:
            self._reserved += 1

    def seconds_for(self, calls: int, now: float) -> float:
        with self._wanted:
            return self._copy.seconds_for(calls, now)

    def on_throttled(self, now: float, seconds: float | None = None) -> None:
        """Handle a throttle response: this process slows down at once, the others at their next draw."""
        with self._wanted:
            self._reserved = min(self._reserved, 0)
            self._copy.on_throttled(now, seconds)
            self._request.throttled.append(seconds)
            self._wanted.notify()

    def on_success(self, now: float) -> None:
        with self._wanted:
            self._copy.on_success(now)
            self._request.successes = True

    def close(self) -> None:
        with self._wanted:
            self._closed = True
            self._wanted.notify()
        self._thread.join(_LAST_RESERVE)  # frees its database connection

    def _reserve(self) -> None:
        while (request := self._next_request()) is not None:
            reserved, pause = self._ask_for(request)
            with self._wanted:
                self._reserved += reserved
                if request.calls and not reserved:
                    self._request.calls = self._request.calls or request.calls
                    self._wanted.wait(min(pause, _LONGEST_SLEEP))
            if reserved:
                self._news()

    def _next_request(self) -> _Request | None:
        with self._wanted:
            while not (self._closed or self._request.calls or self._request.throttled):
                self._wanted.wait()
            request, self._request = self._request, _Request()
            return None if self._closed else request

    def _ask_for(self, request: _Request) -> tuple[int, float]:
        """Draw from the row; return the number of calls, or how long until there is one."""
        try:
            with self._storage.held() as current:
                shared = AdaptiveTokenBucket(per_second=self._per_second, burst=self._burst, now=current.now)
                if current.state is not None:
                    shared.restore(current.state)
                for seconds in request.throttled:
                    shared.on_throttled(current.now, seconds)
                if request.successes:
                    shared.on_success(current.now)
                reserved, pause = _spend_up_to(shared, request.calls, current.now)
                current.state = shared.state()
                behind = time.monotonic() - current.now
        except Exception as error:  # noqa: BLE001 - a database that is away, or a row of another version: nobody may wait indefinitely
            _log.warning("budget_not_shared", error=type(error).__name__)
            with self._wanted:
                return _spend_up_to(self._copy, request.calls, time.monotonic())
        with self._wanted:
            self._copy.restore(shared.state(), later=behind)
        return reserved, pause


def _spend_up_to(rate_limiter: AdaptiveTokenBucket, calls: int, now: float) -> tuple[int, float]:
    spent = 0
    while spent < calls and not (pause := rate_limiter.wait(now) or 0.0):
        rate_limiter.spend()
        spent += 1
    return spent, 0.0 if spent or not calls else pause
