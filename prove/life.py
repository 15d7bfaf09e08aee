"""One bot, from its start to its death, on a thread and an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import timedelta

from bot.settings import Settings
from bot.wiring import Bot
from ordering.logbook import Pace
from prove.mortality import GATE, Gate, Killed

# A payment must leave within half of the settling time: on a busy machine that takes a second.
SETTINGS = {"DESK_SETTLE_SECONDS": "2", "DESK_EXTENSIONS": "ovh,com", "OVH_SUBSIDIARY": "FR", "PORT": "0"}
# As in earnest, some fifteen times quicker.
PACE = Pace(quickest=timedelta(seconds=0.12), slowest=timedelta(seconds=1))
LEASE = timedelta(seconds=0.7)
_LAST_BREATH = 1.0  # seconds for cancelled tasks to end; what they try has no effect


class Life:
    """Start it, kill it, or let it die at the boundary that its gate was told. `over` is set when it is gone."""

    def __init__(self, environment: Mapping[str, str], *, dies_at: int | None = None) -> None:
        self._settings = Settings.model_validate({name.lower(): value for name, value in environment.items()})
        self.gate = Gate(dies_at, on_death=self._fall)
        self.ready = threading.Event()
        self.over = threading.Event()
        self.failure: BaseException | None = None
        self._end = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        self.gate.close()
        self._fall()

    def join(self) -> None:
        self._thread.join(10)

    def _fall(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end.set)

    def _run(self) -> None:
        GATE.set(self.gate)
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except Killed:
            pass  # while it was starting
        except BaseException as error:  # noqa: BLE001 - told by whoever waits for this life
            self.failure = error
        finally:
            self._loop.close()
            self.ready.set()
            self.over.set()

    async def _live(self) -> None:
        # The database is at the newest revision already: Alembic, which serves one thread at a time, has nothing to do.
        bot = await Bot.build(self._settings, pace=PACE, lease=LEASE)
        try:
            await bot.start()
            self.ready.set()
            await bot.until(self._end)  # as its process does: a driver that fails ends the life, and says why
        finally:
            self.gate.close()
            await _abandon(bot)


async def _abandon(bot: Bot) -> None:
    """Drop all that a bot has in memory: its tasks where they stand, its connections."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=_LAST_BREATH)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # seen: it died
    await bot.stop()
