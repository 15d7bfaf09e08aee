"""Calls that a proxy keeps before it delivers them to OVH."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Held:
    """Holds calls for a time, or until `release`; `waiting` counts those that are held now."""

    def __init__(self) -> None:
        self.waiting = 0
        self._released = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    async def wait(self, seconds: float | None) -> None:
        """Return after `seconds` or at the next `release`, whichever comes first; None is no limit."""
        self.waiting += 1
        self._empty.clear()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), seconds)
        finally:
            self.waiting -= 1
            if not self.waiting:
                self._empty.set()

    async def release(self) -> None:
        """Let all held calls go, and return when none is held; calls that come later are held again."""
        self._released.set()
        self._released = asyncio.Event()
        await self._empty.wait()
