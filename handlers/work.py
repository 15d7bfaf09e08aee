"""Work that goes on after the acknowledgement: held, counted, and drained before the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Work:
    """Tasks of ours. A loop keeps only weak references to tasks, so this keeps strong ones."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, job: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Let what was begun end within that time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def cut_short(self, seconds: float) -> None:
        """Cancel what is left, and give it that time to tell so: the memory knows where it stood."""
        for task in self._tasks:
            task.cancel()
        await self.drain(seconds)
