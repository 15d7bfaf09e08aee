"""A rate limiter for all processes with the same OVH key: its state is a database row, drawn from in batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from registrars.ovh.throttling.rate_limiter import Budget

_LONGEST_SLEEP = 1.0  # seconds; another process may have met OVH's limit, or may call less
_LAST_DRAW = 0.5  # seconds
_log = structlog.get_logger()


class Page(Protocol):
    """The last state written, None before the first one, and the time by the database's clock in seconds."""

    now: float
    state: Mapping[str, Any] | None


class Ledger(Protocol):
    """The storage of the shared state, locked by one process at a time."""

    def held(self) -> AbstractContextManager[Page]:
        """Lock the row; the value of `state` is written when the context ends."""


@dataclass
class _Wish:
    """The calls this process requests next, and the results it has to report."""

    calls: int = 0
    answered: bool = False
    complaints: list[float | None] = field(default_factory=list)


class SharedBudget:
    """The scheduler's alternative to `Budget`, shared by several processes.

    Its own thread draws calls from the row, so no caller waits for the database. If the database does not answer, this
    process goes on with its copy of the state: OVH's throttle responses then enforce the limit.
    """

    def __init__(self, ledger: Ledger, *, per_second: float, burst: float) -> None:
        self._ledger = ledger
        self._per_second, self._burst = per_second, burst
        self._copy = Budget(per_second=per_second, burst=burst, now=time.monotonic())  # of the state as last seen
        self._drawn = 0
        self._wish = _Wish()
        self._wanted = threading.Condition()
        self._closed = False
        self._news: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._draw, name="ovh-budget", daemon=True)
        self._thread.start()

    @property
    def pace(self) -> float:
        return self._copy.pace

    def listen(self, news: Callable[[], None]) -> None:
        """Register `news`, to be called when calls were drawn."""
        self._news = news

    def wait(self, now: float, *, wanted: int = 1) -> float | None:
        """Return 0 if a drawn call is left; else None, and request `wanted` calls from the row."""
        del now  # the row has its own clock
        with self._wanted:
            if self._drawn > 0:
                return 0.0
            self._wish.calls = max(wanted, 1)
            self._wanted.notify()
        return None

    def spend(self) -> None:
        with self._wanted:
            self._drawn -= 1

    def refund(self) -> None:
        with self._wanted:
            self._drawn += 1

    def seconds_for(self, calls: int, now: float) -> float:
        with self._wanted:
            return self._copy.seconds_for(calls, now)

    def complained(self, now: float, seconds: float | None = None) -> None:
        """Handle a throttle response: this process slows down at once, the others at their next draw."""
        with self._wanted:
            self._drawn = min(self._drawn, 0)
            self._copy.complained(now, seconds)
            self._wish.complaints.append(seconds)
            self._wanted.notify()

    def answered(self, now: float) -> None:
        with self._wanted:
            self._copy.answered(now)
            self._wish.answered = True

    def close(self) -> None:
        with self._wanted:
            self._closed = True
            self._wanted.notify()
        self._thread.join(_LAST_DRAW)  # frees its database connection

    def _draw(self) -> None:
        while (wish := self._next_wish()) is not None:
            drawn, pause = self._ask_for(wish)
            with self._wanted:
                self._drawn += drawn
                if wish.calls and not drawn:
                    self._wish.calls = self._wish.calls or wish.calls
                    self._wanted.wait(min(pause, _LONGEST_SLEEP))
            if drawn:
                self._news()

    def _next_wish(self) -> _Wish | None:
        with self._wanted:
            while not (self._closed or self._wish.calls or self._wish.complaints):
                self._wanted.wait()
            wish, self._wish = self._wish, _Wish()
            return None if self._closed else wish

    def _ask_for(self, wish: _Wish) -> tuple[int, float]:
        """Draw from the row; return the number of calls, or how long until there is one."""
        try:
            with self._ledger.held() as page:
                shared = Budget(per_second=self._per_second, burst=self._burst, now=page.now)
                if page.state is not None:
                    shared.restore(page.state)
                for seconds in wish.complaints:
                    shared.complained(page.now, seconds)
                if wish.answered:
                    shared.answered(page.now)
                drawn, pause = _taken(shared, wish.calls, page.now)
                page.state = shared.state()
                behind = time.monotonic() - page.now
        except Exception as error:  # noqa: BLE001 - a database that is away, or a row of another version: nobody may wait for ever
            _log.warning("budget_not_shared", error=type(error).__name__)
            with self._wanted:
                return _taken(self._copy, wish.calls, time.monotonic())
        with self._wanted:
            self._copy.restore(shared.state(), later=behind)
        return drawn, pause


def _taken(budget: Budget, calls: int, now: float) -> tuple[int, float]:
    taken = 0
    while taken < calls and not (pause := budget.wait(now) or 0.0):
        budget.spend()
        taken += 1
    return taken, 0.0 if taken or not calls else pause
