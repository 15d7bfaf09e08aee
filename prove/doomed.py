"""A bot in a process of its own that is killed by `kill -9`, at a boundary of its own or from outside."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from bot import logging as logs
from bot.app import Bot
from bot.settings import Settings
from prove.life import FLOORS, LEASE, PACE
from prove.mortality import GATE, Gate, make_mortal

# Forked from a process that has imported everything: a birth costs a tenth of what a new interpreter does.
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload([__name__])


class Doomed:
    """One such process; `dies_at` is the number of the boundary at which it kills itself, None for never."""

    def __init__(self, environment: Mapping[str, str], log: Path, dies_at: int | None = None) -> None:
        self._process = _NURSERY.Process(target=_live, args=(dict(environment), log, dies_at), daemon=True)
        self._process.start()

    async def ends(self) -> int | None:
        """Wait for its end, and return how it ended; a cancelled caller kills it."""
        try:
            await asyncio.to_thread(self._process.join)
        finally:
            self.kill()
        return self._process.exitcode

    def kill(self) -> None:
        if self._process.is_alive():
            self._process.kill()


def _live(environment: Mapping[str, str], log: Path, dies_at: int | None) -> None:
    make_mortal()
    GATE.set(Gate(dies_at, on_death=_kill_myself))
    with log.open("a") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    logs.configure("INFO", "json")
    settings = Settings.model_validate({name.lower(): value for name, value in environment.items()})
    asyncio.run(_until_killed(settings))


async def _until_killed(settings: Settings) -> None:
    bot = await Bot.build(settings, pace=PACE, lease=LEASE, floors=FLOORS)
    await bot.start()
    await bot.until_it_fails()


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
