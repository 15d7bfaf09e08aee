"""Runs side by side until the time is over, and what was seen in them."""

from __future__ import annotations

import asyncio
import signal
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from prove.databases import Databases
from prove.doomed import Doomed
from prove.laws import Broken, broken_laws
from prove.life import Life
from prove.team import Stuck, Team
from prove.trouble import Trouble
from sandbox.stage import Stage

_SIDE_BY_SIDE = 20
_TRUE_KILLS_SIDE_BY_SIDE = 4  # each starts processes
SETTINGS = {"DESK_SETTLE_SECONDS": "0.6", "DESK_EXTENSIONS": "ovh,com", "OVH_SUBSIDIARY": "FR", "PORT": "0"}


@dataclass
class Seen:
    """What a campaign saw; `broken` holds the seed with each broken law."""

    runs: int = 0
    troubled: int = 0
    races: int = 0
    twice: int = 0
    true_kills: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str, str]] = field(default_factory=list)


class Campaign:
    """One cart a run, from the first command to its end, with the trouble that the run's seed brings."""

    def __init__(self, *, seed: int, databases: Databases) -> None:
        self._seed = seed
        self._databases = databases
        self.seen = Seen()

    async def last(self, seconds: float) -> Seen:
        """Run until the time is over; what was begun is brought to its end."""
        until = time.monotonic() + seconds
        seeds = iter(range(self._seed, self._seed + 10_000_000))

        async def work(*, truly: bool) -> None:
            while time.monotonic() < until:
                await self.run(next(seeds), truly=truly)

        workers = [work(truly=False) for _ in range(_SIDE_BY_SIDE)]
        workers += [work(truly=True) for _ in range(_TRUE_KILLS_SIDE_BY_SIDE)]
        await asyncio.gather(*workers)
        return self.seen

    async def run(self, seed: int, *, truly: bool = False) -> list[Broken]:
        """One run; `truly` kills the bot as a process of its own, by `kill -9`."""
        trouble = Trouble.drawn(Random(seed))
        with TemporaryDirectory(prefix="prove-") as folder:
            database = await asyncio.to_thread(self._databases.new, Path(folder))
            stage = Stage(Path(folder), settings=SETTINGS | {"DATABASE_URL": database})
            stage.ovh.orders.deliver_after = 0.1
            await stage.open()
            try:
                broken = await self._on(stage, trouble, database, truly=truly)
            finally:
                await stage.close()
                await asyncio.to_thread(self._databases.drop, database)
        self._note(seed, trouble, broken)
        return broken

    async def _on(self, stage: Stage, trouble: Trouble, database: str, *, truly: bool) -> list[Broken]:
        fate = self._die_truly(stage, trouble.deaths) if truly else self._die(stage, trouble.deaths)
        fated = asyncio.create_task(fate)
        await stage.slack.connected(30)
        trouble.befall(stage)
        walk = asyncio.create_task(Team(stage, Random(trouble.chance)).buy("name.ovh", race=trouble.race))
        broken: list[Broken] = []
        try:
            await asyncio.wait({walk, fated}, return_when=asyncio.FIRST_COMPLETED)
            if not walk.done():
                fated.result()
            self.seen.endings[_in_short(await walk)] += 1
        except Stuck as stuck:
            broken.append(("carts stuck without a person told", str(stuck)[:300]))
        except Exception as error:  # noqa: BLE001 - told with its seed, and the others go on
            broken.append(("runs that failed by themselves", "".join(traceback.format_exception(error))[-2000:]))
        finally:
            for task in (walk, fated):
                task.cancel()
            await asyncio.wait({walk, fated})
        return broken + await asyncio.to_thread(lambda: list(broken_laws(stage, database)))

    async def _die(self, stage: Stage, deaths: tuple[int, ...]) -> None:
        """One life after another in this process; the last one lasts until the run is over."""
        for dies_at in (*deaths, None):
            life = Life(stage.environment, dies_at=dies_at)
            try:
                await asyncio.to_thread(life.over.wait)
            finally:
                life.kill()
                await asyncio.to_thread(life.join)
            if life.failure is not None:
                raise life.failure
            self.seen.deaths[_at(life.gate.died_at or "")] += 1

    async def _die_truly(self, stage: Stage, deaths: tuple[int, ...]) -> None:
        for dies_at in (*deaths, None):
            code = await Doomed(stage.environment, stage.log, dies_at).ends()
            if code != -signal.SIGKILL:
                raise RuntimeError(f"the bot ended by itself:\n{stage.log.read_text()[-2000:]}")
            self.seen.true_kills += 1

    def _note(self, seed: int, trouble: Trouble, broken: list[Broken]) -> None:
        self.seen.runs += 1
        self.seen.troubled += trouble.is_any
        self.seen.races += trouble.race
        self.seen.twice += trouble.twice
        self.seen.faults.update(kind for _, _, kind in trouble.faults)
        self.seen.broken += [(seed, law, what) for law, what in broken]


_ENDINGS = ("is delivered", "was not bought", "was rejected", "needs a person")


def _in_short(ending: str) -> str:
    return next((words for words in _ENDINGS if words in ending), "ended otherwise")


def _at(boundary: str) -> str:
    """``before OVH``, ``after Slack``: the kind of a boundary."""
    side, _, what = boundary.partition(" ")
    if "Slack" in what:
        return f"{side} Slack"
    return boundary if "commit" in what or side == "the" else f"{side} OVH"
