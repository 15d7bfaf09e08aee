"""Work that goes on after the acknowledgement: held, counted, and drained before the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

_APART = 0.004  # seconds; ten commands are acknowledged in that time, so that of hundreds at once each is heard soon


class Work:
    """Tasks of ours. A loop keeps only weak references, this strong ones."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_begins = float("-inf")

    def start(self, job: Coroutine[object, object, None]) -> None:
        """Have a job done. What needs not begin at once waits for its `turn` first."""
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def turn(self) -> None:
        """Wait for one's turn to begin: a little after the one before."""
        now = asyncio.get_running_loop().time()
        begins = max(now, self._next_begins)
        self._next_begins = begins + _APART
        await asyncio.sleep(begins - now)

    async def drain(self, seconds: float) -> None:
        """Let what was begun end within that time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def cut_short(self, seconds: float) -> None:
        """Cancel what is left, and give it that time to tell so: the memory knows where it stood."""
        await asyncio.sleep(0)  # what was started this very moment could not tell it yet
        for task in self._tasks:
            task.cancel()
        await self.drain(seconds)
