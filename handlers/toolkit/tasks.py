"""Background tasks that continue after the acknowledgement: kept, counted, and drained before the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

_APART = 0.004  # seconds between two starts: enough to acknowledge ten commands, so each of hundreds is answered soon


class Work:
    """Keeps strong references to our tasks, because an event loop keeps only weak ones."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_begins = float("-inf")

    def start(self, job: Coroutine[object, object, None]) -> None:
        """Run a job in the background. A job that need not begin immediately awaits its `turn` first."""
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def turn(self) -> None:
        """Wait for this job's turn to begin: a short time after the previous one."""
        now = asyncio.get_running_loop().time()
        begins = max(now, self._next_begins)
        self._next_begins = begins + _APART
        await asyncio.sleep(begins - now)

    async def drain(self, seconds: float) -> None:
        """Wait up to `seconds` for the running tasks to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def cut_short(self, seconds: float) -> None:
        """Cancel the remaining tasks; they get `seconds` to notify their users. The database keeps their progress."""
        await asyncio.sleep(0)  # a task that was started at this very moment could not notify its user yet
        for task in self._tasks:
            task.cancel()
        await self.drain(seconds)
