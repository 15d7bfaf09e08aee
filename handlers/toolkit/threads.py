"""Thread pools between the event loop and the blocking core, each with a fixed number of real threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Generic, ParamSpec, TypeVar, cast

from anyio import (
    BrokenResourceError,
    CapacityLimiter,
    create_memory_object_stream,
    create_task_group,
    from_thread,
    to_thread,
)
from anyio.streams.memory import MemoryObjectSendStream

P = ParamSpec("P")
T = TypeVar("T")

_AHEAD = 64  # items that may be buffered for a slow reader before the producing thread waits


class Bridge:
    """Runs blocking functions in at most `threads` threads, first come, first served.

    A thread frees its own place when its function returns. A cancelled caller frees a place only if its function
    had not started. So the number of threads stays bounded however many callers are cancelled.
    """

    def __init__(self, threads: int) -> None:
        self._places = CapacityLimiter(threads)
        # The pool counts its places itself: anyio's limiter frees a place when the caller is cancelled.
        self._unbounded = CapacityLimiter(float("inf"))

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a blocking function in a thread. A cancelled caller leaves it to finish, and its result is dropped."""
        job = _Job(partial(function, *args, **kwargs), self._places)
        await self._places.acquire_on_behalf_of(job)
        try:
            # `run` returns None only if the caller was cancelled, who then reads no result.
            return cast(T, await to_thread.run_sync(job.run, limiter=self._unbounded, abandon_on_cancel=True))
        finally:
            job.abandon()

    @asynccontextmanager
    async def stream(
        self, function: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[AsyncIterator[T]]:
        """Read a blocking iterator in a thread and pass its items on as they come.

        A reader that leaves early ends the thread at its next item.
        """
        send, receive = create_memory_object_stream[T](_AHEAD)
        try:
            async with create_task_group() as tasks, receive:
                tasks.start_soon(self.call, _feed, send, partial(function, *args, **kwargs))
                yield receive
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None  # one function, one failure: a group would hide its kind


class _Job(Generic[T]):
    """One call that holds one place: either its thread frees the place, or a caller that left before it started."""

    def __init__(self, function: Callable[[], T], places: CapacityLimiter) -> None:
        self._function = function
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._guard = threading.Lock()
        self._taken = False

    def run(self) -> T | None:
        """Run in the thread; None if the caller was cancelled before, so that no one reads the result."""
        if not self._take():
            return None
        try:
            return self._function()
        finally:
            with suppress(RuntimeError):  # the loop is closed: the process is ending
                self._loop.call_soon_threadsafe(self._places.release_on_behalf_of, self)

    def abandon(self) -> None:
        """Free the place, from the event loop, if the function has not started."""
        if self._take():
            self._places.release_on_behalf_of(self)

    def _take(self) -> bool:
        with self._guard:
            was_free, self._taken = not self._taken, True
            return was_free


def _feed(send: MemoryObjectSendStream[T], function: Callable[[], Iterator[T]]) -> None:
    try:
        with suppress(BrokenResourceError):  # the reader has left
            for item in function():
                from_thread.run(send.send, item)
    finally:
        from_thread.run_sync(send.close)
