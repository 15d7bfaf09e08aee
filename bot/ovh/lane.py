"""The one lane to OVH: who may call next, and how fast."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from ordering.errors import RegistrarUnavailable

_SLOWEST = 0.1  # of the full pace, however often OVH complained
_RECOVERY = 1.05  # each good answer brings the pace a twentieth back
_LONGEST_PAUSE = 60.0  # seconds; then it is worth a look, whatever OVH said


class Priority(IntEnum):
    """Money before people before polling."""

    MONEY = 0
    PEOPLE = 1
    POLLING = 2


class Lane:
    """A token bucket with a bound on calls under way, and a fair queue before it.

    `per_second` and `burst` are the pace under OVH's unpublished limit; `turn` in `slot` makes searches take turns.
    """

    def __init__(self, *, per_second: float, burst: int, concurrency: int) -> None:
        self._full = self._rate = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._filled_at = time.monotonic()
        self._paused_until = 0.0
        self._room = concurrency
        self._queue: list[tuple[int, int, int]] = []
        self._asked = 0
        self._closed = False
        self._changed = threading.Condition()

    @property
    def pace(self) -> float:
        """Calls a second that are allowed just now."""
        return self._rate

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._queue)

    @contextmanager
    def slot(self, priority: Priority, *, turn: int = 0, within: float | None = None) -> Iterator[None]:
        """Wait for one's turn, then hold a place for one call.

        Raises `RegistrarUnavailable` where the turn does not come `within` so many seconds, and when the lane closes.
        """
        deadline = float("inf") if within is None else time.monotonic() + within
        with self._changed:
            self._asked += 1
            ticket = (int(priority), turn, self._asked)
            heapq.heappush(self._queue, ticket)
            try:
                while (pause := self._pause_for(ticket)) != 0:
                    self._changed.wait(_until(deadline, pause))
            finally:
                self._leave_queue(ticket)
            self._tokens -= 1
            self._room -= 1
        try:
            yield
        finally:
            with self._changed:
                self._room += 1
                self._changed.notify_all()

    def slow_down(self, seconds: float | None = None) -> None:
        """OVH complained: halve the pace, drop what was saved up, and pause for as long as it said.

        Calls that were under way together complain together, so only the first of them halves.
        """
        with self._changed:
            now = time.monotonic()
            if now >= self._paused_until:
                self._rate = max(self._rate / 2, self._full * _SLOWEST)
            self._tokens = min(self._tokens, 0.0)
            self._paused_until = max(self._paused_until, now + min(seconds or 1.0, _LONGEST_PAUSE))

    def recover(self) -> None:
        """OVH answered: come back to the full pace, step by step."""
        with self._changed:
            self._rate = min(self._full, self._rate * _RECOVERY)

    def close(self) -> None:
        """Let nobody call any more, and send away those who wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _leave_queue(self, ticket: tuple[int, int, int]) -> None:
        self._queue.remove(ticket)
        heapq.heapify(self._queue)
        self._changed.notify_all()

    def _pause_for(self, ticket: tuple[int, int, int]) -> float | None:
        """0: go now; a number: look again after as many seconds; None: wait for a change."""
        if self._closed:
            raise RegistrarUnavailable("The desk is stopping, so OVH was not asked.")
        if self._queue[0] != ticket or self._room < 1:
            return None
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        waits = max(self._paused_until - now, (1 - self._tokens) / self._rate)
        return max(waits, 0.0)


def _until(deadline: float, pause: float | None) -> float | None:
    """How long to wait: as long as asked, but not beyond the deadline."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise RegistrarUnavailable("OVH is kept too busy just now, so it was not asked. Try again in a minute.")
    if left == float("inf"):
        return pause
    return left if pause is None else min(pause, left)
