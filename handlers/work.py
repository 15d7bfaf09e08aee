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
        """Let what was begun end; after that time, cancel the rest: the memory knows where it stood."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1)
