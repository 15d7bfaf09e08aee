"""A bot in a separate process that is killed by `kill -9`, at one of its boundaries or from outside.

It may also freeze at a boundary (SIGSTOP, as when a machine is suspended), and resume in the middle of its work.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bot import logging as logs
from bot.app import Bot
from bot.settings import Settings
from prove.crash_points import GATE, Gate, ScheduledAction, add_crash_points
from prove.extra_faults import Freeze
from prove.life import FLOORS, LEASE, POLL_SCHEDULE

# Forked from a process that has imported everything: a start costs a tenth of a new interpreter's.
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload([__name__])


class CrashingProcess:
    """One such process; `dies_at` is the number of the boundary at which it kills itself, None for never.

    `on_wake` is called with the boundary at which it froze, once it resumes.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        log: Path,
        dies_at: int | None = None,
        *,
        freeze: Freeze | None = None,
        on_wake: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._freeze = freeze
        self._on_wake = on_wake
        self._frozen, says = _NURSERY.Pipe(duplex=False)
        places = freeze.at if freeze else None
        self._process = _NURSERY.Process(
            target=_live, args=(dict(environment), log, dies_at, places, says), daemon=True
        )
        self._process.start()
        says.close()  # the process's own end must be the only one: otherwise reading never ends

    async def ends(self) -> int | None:
        """Wait for the process's end, and return how it ended; a cancelled caller kills it."""
        waking = asyncio.create_task(self._wake())
        try:
            await asyncio.to_thread(self._process.join)
        finally:
            self.kill()
            waking.cancel()
            await asyncio.wait({waking})
            self._frozen.close()
        return self._process.exitcode

    def kill(self) -> None:
        if self._process.is_alive():
            self._process.kill()

    async def _wake(self) -> None:
        if self._freeze is None:
            return
        with suppress(EOFError, OSError):  # it ended before it froze
            boundary = await asyncio.to_thread(self._frozen.recv)
            await asyncio.sleep(self._freeze.seconds)
            if self._process.pid is not None and self._process.is_alive():
                os.kill(self._process.pid, signal.SIGCONT)
                self._on_wake(boundary)


def _live(
    environment: Mapping[str, str], log: Path, dies_at: int | None, freezes_at: int | str | None, says: Connection
) -> None:
    add_crash_points()
    scheduled = (
        [] if freezes_at is None else [ScheduledAction(freezes_at, partial(_freeze, says, log.with_suffix(".frozen")))]
    )
    GATE.set(Gate(dies_at, on_death=_kill_myself, scheduled=scheduled))
    with log.open("a") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    logs.configure("INFO", "json")
    settings = Settings.model_validate({name.lower(): value for name, value in environment.items() if value})
    asyncio.run(_until_killed(settings))


async def _until_killed(settings: Settings) -> None:
    bot = await Bot.build(settings, poll_schedule=POLL_SCHEDULE, lease=LEASE, floors=FLOORS)
    await bot.start()
    await bot.until_it_fails()


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _freeze(says: Connection, once: Path, boundary: str) -> None:
    """Stop this whole process until it is resumed from outside; only the first life of a run that gets there stops."""
    try:
        once.touch(exist_ok=False)
    except FileExistsError:
        return
    says.send(boundary)
    os.kill(os.getpid(), signal.SIGSTOP)
