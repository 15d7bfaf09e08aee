"""One bot, from its start to its death, on its own thread and event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from bot.app import Bot
from bot.settings import Settings
from ordering.process.floors import Floors
from ordering.process.polling import PollSchedule
from prove.clocks import HAND, Hand
from prove.crash_points import GATE, Gate, Killed, ScheduledAction

# A payment must leave within half of `DESK_SETTLE_SECONDS`, and arrive within the other half: on a busy machine either
# takes a second.
SETTINGS = {"DESK_SETTLE_SECONDS": "3", "DESK_EXTENSIONS": "ovh,com", "OVH_SUBSIDIARY": "FR", "PORT": "0"}
# As in production, some fifteen times quicker.
POLL_SCHEDULE = PollSchedule(quickest=timedelta(seconds=0.12), slowest=timedelta(seconds=1))
LEASE = timedelta(seconds=0.7)
# Longer than the bank's delay and OVH's delay after it in a run, as in production.
FLOORS = Floors(ended=timedelta(seconds=20), unknown=timedelta(seconds=25))
_LAST_BREATH = 1.0  # seconds for cancelled tasks to end; nothing they try has an effect
_LONGEST_DEATH = 30.0  # seconds until a life that was ended is gone, on a busy machine


class Life:
    """Start the bot, kill it, or let it die at its gate's boundary. `over` is set when it is gone.

    `hand` sets its clock; the `scheduled` happen at their boundaries.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        dies_at: int | None = None,
        floors: Floors = FLOORS,
        hand: Hand | None = None,
        scheduled: Sequence[ScheduledAction] = (),
    ) -> None:
        self._hand = hand
        self._floors = floors
        self._settings = Settings.model_validate({name.lower(): value for name, value in environment.items() if value})
        self.gate = Gate(dies_at, on_death=self._fall, scheduled=scheduled)
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
        """Wait for its end; raises `RuntimeError` with its running tasks if it outlives its death."""
        self._thread.join(_LONGEST_DEATH)
        if self._thread.is_alive():
            doing = [str(task) for task in asyncio.all_tasks(self._loop)]
            raise RuntimeError("\n".join(["a life that was ended goes on:", *doing]))

    def _fall(self) -> None:
        with suppress(RuntimeError):  # its loop is closed: it is over already
            self._loop.call_soon_threadsafe(self._end.set)

    def _run(self) -> None:
        GATE.set(self.gate)
        HAND.set(self._hand)
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except Killed:
            pass  # killed while it was starting
        except BaseException as error:  # noqa: BLE001 - the caller that waits for this life reports it
            self.failure = error
        finally:
            self._loop.close()
            self.over.set()

    async def _live(self) -> None:
        # The database is already at the newest revision, so Alembic, which serves one thread at a time, has nothing to
        # do.
        bot = await Bot.build(self._settings, poll_schedule=POLL_SCHEDULE, lease=LEASE, floors=self._floors)
        living = asyncio.create_task(self._run_until_its_end(bot))
        ending = asyncio.create_task(self._end.wait())
        try:
            # It may be killed at any moment, even while it connects, which it retries indefinitely.
            await asyncio.wait({living, ending}, return_when=asyncio.FIRST_COMPLETED)
            if living.done() and not self.gate.closed:
                living.result()
        finally:
            self.gate.close()
            await _abandon(bot)

    async def _run_until_its_end(self, bot: Bot) -> None:
        await bot.start()
        await bot.until_it_fails()  # like the real process: a failing worker ends the life, and the error says why


async def _abandon(bot: Bot) -> None:
    """Drop everything that a bot has in memory: its running tasks and its connections."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=_LAST_BREATH)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it: the bot died
    await bot.stop()
