"""The one door from the event loop to the blocking core: a bounded pool of threads of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import ParamSpec, TypeVar

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

_AHEAD = 64  # answers that may wait for a slow reader before the asking thread waits too


class Bridge:
    """Runs blocking functions in at most `threads` threads, so that neither the loop nor the core is stalled."""

    def __init__(self, threads: int) -> None:
        self._limiter = CapacityLimiter(threads)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a blocking function in a thread; a cancelled caller leaves it to finish, its result unseen."""
        bound = partial(function, *args, **kwargs)
        return await to_thread.run_sync(bound, limiter=self._limiter, abandon_on_cancel=True)

    @asynccontextmanager
    async def stream(
        self, function: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[AsyncIterator[T]]:
        """Read a blocking iterator in a thread and hand its items over as they come.

        A reader that leaves early ends the thread at its next item.
        """
        send, receive = create_memory_object_stream[T](_AHEAD)
        try:
            async with create_task_group() as tasks, receive:
                tasks.start_soon(self.call, _feed, send, partial(function, *args, **kwargs))
                yield receive
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None  # one function, one failure: a group would hide its kind


def _feed(send: MemoryObjectSendStream[T], function: Callable[[], Iterator[T]]) -> None:
    try:
        with suppress(BrokenResourceError):  # nobody reads any more
            for item in function():
                from_thread.run(send.send, item)
    finally:
        from_thread.run_sync(send.close)
