"""Detects a stuck job: only a job that makes progress keeps its lease."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timedelta

STUCK_AFTER = timedelta(minutes=2)  # longer than the longest call and its longest wait for a permit


class Progress:
    """When a job last ended a call. Its thread reports, the worker reads. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._is_queued = False

    def made(self) -> None:
        """Report that a call ended, whatever its result."""
        self._last = self._clock()

    @contextmanager
    def queued(self) -> Iterator[None]:
        """Count the wait in the rate limiter's queue as progress."""
        self._is_queued = True
        try:
            yield
        finally:
            self.made()
            self._is_queued = False

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Make the code in this block, in this thread, report here."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def is_stuck(self, after: timedelta) -> bool:
        """Return whether no call ended for this long."""
        return not self._is_queued and self._clock() - self._last >= after.total_seconds()


def current_progress() -> Progress | None:
    """Return the progress of the job that runs in this thread; None outside of jobs."""
    return _CURRENT.get()


def queued() -> AbstractContextManager[None]:
    """Count this thread's wait in this block as progress of its job; outside of jobs do nothing."""
    progress = current_progress()
    return nullcontext() if progress is None else progress.queued()


_CURRENT: ContextVar[Progress | None] = ContextVar("progress", default=None)
