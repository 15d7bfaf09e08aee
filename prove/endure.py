"""`python -m prove.endure`: two processes on one PostgreSQL under load, one of them killed, stopped or frozen in turn.

The bots run the real `bot run`, with the production lease and poll rate. Teams buy names without a pause; at the end
each name must be delivered, by one order that was paid once.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from handlers.messages import words
from prove.databases import opened
from prove.laws import broken_laws
from prove.team import Stuck, Team
from sandbox.bot_process import BotProcess
from sandbox.slack.world import BOT_USER, Channel
from sandbox.stage import Stage

_TEAMS = 8
_LIVES_FOR = (1.0, 7.0)  # seconds between two kills, drawn each time
_LIES_DEAD_FOR = (0.0, 3.0)
# The production lease is 20 s, OVH's timeouts are 3 and 10 s, and PostgreSQL ends a transaction that idles for 20 s.
_FREEZES_FOR = (2.0, 25.0)
_ENDS = ("kill", "kill", "stop", "freeze")  # how often each is drawn


class Endurance:
    """The stage, its two bots, and the results."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage = stage
        self._chance = chance
        self._names = itertools.count(1)
        self._over = False
        self.ends: Counter[str] = Counter()  # of kills, stops and freezes
        self.endings: Counter[str] = Counter()

    async def last(self, seconds: float) -> None:
        """Kill processes and buy names until the time is over; purchases that have begun are finished."""
        bots = [self._stage.bot, self._stage.another_bot()]
        await asyncio.gather(*(bot.start() for bot in bots))
        until = time.monotonic() + seconds
        teams = [asyncio.create_task(self._buy_until(until, number)) for number in range(_TEAMS)]
        await self._kill_until(until, bots)
        await asyncio.gather(*teams)

    async def _kill_until(self, until: float, bots: list[BotProcess]) -> None:
        while time.monotonic() < until:
            await asyncio.sleep(self._chance.uniform(*_LIVES_FOR))
            victim, how = self._chance.choice(bots), self._chance.choice(_ENDS)
            self.ends[how] += 1
            if how == "freeze":
                await self._freeze(victim)
                continue
            if how == "kill":
                await victim.kill()
            elif (code := await victim.stop()) != 0:
                raise RuntimeError(f"a bot that was stopped ended with {code}")
            await asyncio.sleep(self._chance.uniform(*_LIES_DEAD_FOR))
            await victim.start()

    async def _freeze(self, victim: BotProcess) -> None:
        """Suspend a process, as when a machine pauses, and let it resume in the middle of its work."""
        os.kill(victim.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self._chance.uniform(*_FREEZES_FOR))
        finally:
            os.kill(victim.pid, signal.SIGCONT)

    async def _buy_until(self, until: float, number: int) -> None:
        channel = Channel(f"C0LOAD{number}", f"load-{number}", {"U0ADA", BOT_USER})
        self._stage.slack.state.world.channels[channel.id] = channel
        team = Team(self._stage, self._chance, channel=channel.id)
        while time.monotonic() < until:
            try:
                card = await team.buy(f"endured-{next(self._names):04}.ovh")
            except Stuck:
                self.endings["stuck"] += 1
            else:
                self.endings["delivered" if words.card.DELIVERED in card else "otherwise"] += 1


def endure(
    seconds: Annotated[float, typer.Option(help="How long to end processes and to buy.")] = 300,
    seed: Annotated[int, typer.Option(help="Of the ends and pauses.")] = 1,
) -> None:
    """Kill, stop or freeze one of two processes, again and again, and check that every cart ends where it should."""
    with tempfile.TemporaryDirectory(prefix="endure-") as folder, opened("postgresql", Path(folder)) as databases:
        url = databases.new(Path(folder))
        failed = asyncio.run(_on(Path(folder), url, seconds, Random(seed)))
    sys.exit(failed)


async def _on(folder: Path, url: str, seconds: float, chance: Random) -> bool:
    stage = Stage(folder, settings={"DATABASE_URL": url, "DESK_SETTLE_SECONDS": "5"})
    await stage.open()
    endurance = Endurance(stage, chance)
    try:
        await endurance.last(seconds)
    finally:
        await stage.close()
    broken = list(broken_laws(stage, url))
    orders = stage.ovh.orders.all.values()
    columns = ("seconds", "kill -9", "SIGTERM", "SIGSTOP", "names bought", "delivered", "other endings")
    print(f"| {' | '.join(columns)} | orders | payments | broken laws |")
    print("| ---: " * (len(columns) + 3) + "|")
    delivered, others = endurance.endings["delivered"], endurance.endings["stuck"] + endurance.endings["otherwise"]
    counted = " | ".join(str(endurance.ends[how]) for how in ("kill", "stop", "freeze"))
    payments = sum(len(order.payments) for order in orders)
    print(
        f"| {seconds:.0f} | {counted} | {delivered + others} | {delivered} | {others} "
        f"| {len(orders)} | {payments} | {len(broken)} |"
    )
    for law, what in broken:
        print(f"{law}: {what}")
    return bool(broken or others) or not delivered == len(orders) == payments


if __name__ == "__main__":
    typer.run(endure)
