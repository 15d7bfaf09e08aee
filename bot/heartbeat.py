"""The process's heartbeat: a row written every ten seconds, which health and other processes read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from handlers.toolkit.threads import Bridge
from store.engine import Engines
from store.errors import DatabaseError, SchemaChanged
from store.heartbeats import ALIVE_SECONDS, Heartbeat

EVERY = 10.0  # seconds between two heartbeats
_TICK = 1.0  # seconds; another part of the process may have found that the schema changed
_LAST_BEAT = 0.5  # seconds for removing the row at the end
_log = structlog.get_logger()


class Pulse:
    """Writes the heartbeat, and knows how long ago a write succeeded. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        engines: Engines,
        *,
        every: float = EVERY,
        within: float = ALIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engines = engines
        self._row = Heartbeat(engines)
        self._bridge = Bridge(1)  # a hanging database blocks only this thread
        self._every = every
        self._within = within
        self._clock = clock
        self._written = clock()  # the start has just checked that the database can be written
        self._why: str | None = None

    async def run(self) -> None:
        """Beat until cancelled. Raises `SchemaChanged` once another version has migrated the database."""
        while True:
            await self._beat()
            due = self._clock() + (self._every if self._why is None else _TICK)
            # If a write of another part finds another schema, the next heartbeat follows immediately and raises it.
            while (left := due - self._clock()) > 0:
                if self._engines.schema_changed.is_set():
                    break
                await asyncio.sleep(min(left, _TICK))

    async def stop(self) -> None:
        """Remove the row, if the database answers in time; otherwise its age shows the end within half a minute."""
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(_LAST_BEAT):
                await self._bridge.call(self._row.end)

    @property
    def silent(self) -> float:
        """Seconds since the last write that succeeded."""
        return self._clock() - self._written

    def reason(self) -> str | None:
        """Return the problem if no write succeeded for half a minute."""
        silent = self.silent
        if silent <= self._within:
            return None
        return f"no write went through for {silent:.0f} s, so nothing is ordered or paid. {self._why or ''}".rstrip()

    async def _beat(self) -> None:
        begun = self._clock()
        self._engines.schema_changed.clear()
        try:
            await self._bridge.call(self._row.beat)
        except SchemaChanged:
            raise
        except Exception as error:  # noqa: BLE001 - health reports it; the next beat tries again
            self._why = str(error) if isinstance(error, DatabaseError) else f"({type(error).__name__})"
            _log.warning("heartbeat_failed", error=type(error).__name__)
        else:
            self._written, self._why = begun, None
