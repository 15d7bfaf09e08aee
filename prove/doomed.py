"""A bot in a process of its own that is killed by `kill -9`, at a boundary of its own or from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from bot.settings import read_settings
from bot.wiring import Bot
from prove.life import LEASE, PACE
from prove.mortality import GATE, Gate, make_mortal
from sandbox.stage import Stage

_DIES_AT = "PROVE_DIES_AT"


async def live_and_die(stage: Stage, dies_at: int | None) -> int:
    """Start one and wait for its end; a cancelled caller kills it. Returns how the process ended."""
    environment = {**os.environ, **stage.environment, _DIES_AT: str(dies_at or "")}
    with stage.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "prove.doomed", cwd=stage.folder, env=environment, stdout=log, stderr=log
        )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _live() -> None:
    bot = await Bot.build(read_settings(), pace=PACE, lease=LEASE)
    await bot.start()
    await bot.until(asyncio.Event())


if __name__ == "__main__":
    make_mortal()
    GATE.set(Gate(int(os.environ[_DIES_AT] or 0) or None, on_death=_kill_myself))
    asyncio.run(_live())
