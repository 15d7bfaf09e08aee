"""Work that goes on after the acknowledgement: held, counted, and drained before the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

_APART = 0.004  # seconds; ten commands are acknowledged in that time, so that of hundreds at once each is heard soon


class Work:
    """Tasks of ours, each begun a little after the one before. A loop keeps only weak references, this strong ones."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_begins = float("-inf")

    def start(self, job: Coroutine[object, object, None]) -> None:
        """Have a job done: at once, or in its turn where others have just begun."""
        now = asyncio.get_running_loop().time()
        begins = max(now, self._next_begins)
        self._next_begins = begins + _APART
        task = asyncio.create_task(_after(begins - now, job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: job.close())  # one that never began would be complained of

    async def drain(self, seconds: float) -> None:
        """Let what was begun end within that time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def cut_short(self, seconds: float) -> None:
        """Cancel what is left, and give it that time to tell so: the memory knows where it stood."""
        for task in self._tasks:
            task.cancel()
        await self.drain(seconds)


async def _after(seconds: float, job: Coroutine[object, object, None]) -> None:
    await asyncio.sleep(seconds)
    await job
