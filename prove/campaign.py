"""Runs the scenarios in parallel until the time is over, and collects the results."""

from __future__ import annotations

import asyncio
import re
import time
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from handlers.messages import words
from prove.copies import Timeline
from prove.crash_points import THE_END
from prove.databases import Databases
from prove.fates import Fate
from prove.laws import FAILED, FOR_NO_REASON, Broken, broken_laws
from prove.life import SETTINGS
from prove.met import Met
from prove.recovering import PutBack
from prove.run_faults import RunFaults
from prove.run_limiter import RunLimiter
from prove.state_dump import dump_state
from prove.team import Stuck, Team
from prove.tokens import service_account
from prove.waiting import Waiting
from prove.walk import Walk, walk_until
from sandbox.stage import Stage

_SIDE_BY_SIDE = 10
_WALKERS = 1  # a walk takes long, and little processor time
_BIRTH = 60.0  # seconds until the first bot of a run is connected, on a busy machine
_THREADS = 200  # the campaign waits for lives in threads, and each run has up to two at a time
_TRUE_KILLS_SIDE_BY_SIDE = 3  # each starts processes
_APART = 1.0  # seconds between the starts of the first runs, which would slow each other down
_TRUE_KILLS_A_SECOND = 0.1  # at most, on each database: they are the most expensive runs
_SETTLES = 1.0  # seconds for redelivered clicks to take effect at the end, on a busy machine


@dataclass
class Seen:
    """The results of a campaign; `broken` holds each broken law with its seed."""

    runs: int = 0
    faulty: int = 0
    races: int = 0
    twice: int = 0
    approvers_ask: int = 0
    prices: int = 0
    slow_banks: int = 0
    declined: int = 0
    two_names: int = 0
    apart: int = 0
    put_right: int = 0
    again: int = 0
    elsewhere: int = 0
    answers: int = 0
    answered_untruly: int = 0
    anyway: int = 0
    anyway_untruly: int = 0
    pairs: int = 0
    walks: int = 0
    actions: int = 0
    walked_orders: int = 0
    true_kills: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    extra_faults: Counter[str] = field(default_factory=Counter)
    stumbles: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str, str]] = field(default_factory=list)


class Campaign:
    """Runs one cart per run, from the first command to its end, with the faults that the run's seed draws."""

    def __init__(self, *, seed: int, databases: Databases) -> None:
        self._seed = seed
        self._databases = databases
        self.seen = Seen()

    async def last(self, seconds: float) -> Seen:
        """Run until the time is over; runs that have begun are finished."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        until = time.monotonic() + seconds
        seeds = iter(range(self._seed, self._seed + 10_000_000))

        limiter = RunLimiter()
        measuring = asyncio.create_task(limiter.measure())

        async def work(number: int, *, truly: bool = False) -> None:
            await asyncio.sleep(number * _APART)
            while time.monotonic() < until:
                often = self.seen.true_kills >= (time.monotonic() - until + seconds) * _TRUE_KILLS_A_SECOND
                kills = truly and not often
                async with limiter.run():
                    await self.run(next(seed for seed in seeds if not kills or _has_deaths(seed)), truly=kills)

        workers = [work(number) for number in range(_SIDE_BY_SIDE)]
        workers += [work(number, truly=True) for number in range(_TRUE_KILLS_SIDE_BY_SIDE)]
        walkers = [self._walk(until, number) for number in range(_WALKERS)]
        await asyncio.gather(*workers, *walkers)
        measuring.cancel()
        return self.seen

    async def _walk(self, until: float, number: int) -> None:
        first = self._seed + number * 1_000_000
        self.seen.broken += await asyncio.to_thread(walk_until, until, databases=self._databases, first_seed=first)
        self.seen.walks, self.seen.actions = Walk.seen["walks"], Walk.seen["actions"]
        self.seen.walked_orders = Walk.seen["walked_orders"]

    async def run(self, seed: int, *, truly: bool = False) -> list[Broken]:
        """Run one scenario; `truly` runs the bot as a separate process that is killed by `kill -9`."""
        faults = RunFaults.of(seed)
        truly = truly or faults.extra.freeze is not None  # only a separate process can be frozen
        with TemporaryDirectory(prefix="prove-") as folder:
            database = await asyncio.to_thread(self._databases.new, Path(folder))
            stage = Stage(Path(folder), settings=SETTINGS | {"DATABASE_URL": database})
            if faults.extra.tokens is not None:
                stage.use(service_account(stage))
            stage.ovh.orders.deliver_after = 0.1
            await stage.open()
            try:
                met = faults.inject(stage)
                broken = await self._on(stage, met, database, truly=truly)
            finally:
                await stage.close()
                await asyncio.to_thread(self._databases.drop, database)
        self.note(seed, met, broken)
        return broken

    async def _on(self, stage: Stage, met: Met, database: str, *, truly: bool) -> list[Broken]:
        fates = self._fates(met, truly=truly)
        fated = asyncio.create_task(_all_of(fate.run() for fate in fates))
        team, waiting = _team(met), Waiting(database)
        team.looks_at = waiting.look
        restore = met.drawn.extra.restore
        put_back = PutBack(met, restore, database, team, fates) if restore is not None else None
        walk = asyncio.create_task(self._walk_through(met, team, put_back))
        broken: list[Broken] = []
        tasks: set[asyncio.Task[Any]] = {walk, fated}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not walk.done():
                await fated
            ending = await walk
            self.seen.endings[_in_short(ending)] += 1
            if words.card.NEEDS_ATTENTION in ending and not met.explains:
                broken.append((FOR_NO_REASON, ending))
        except Stuck as stuck:
            held = await asyncio.to_thread(lambda: list(dump_state(database)))
            broken.append(("carts stuck without a person told", "\n    ".join([str(stuck), *held])))
        except Exception as error:  # noqa: BLE001 - reported with its seed, and the others go on
            broken.append(_failed(error))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            if met.full_disk is not None:
                await met.full_disk.end()
        if not broken and not fated.cancelled() and (failure := fated.exception()) is not None:
            broken.append(_failed(failure))
        broken += put_back.broken if put_back is not None else []
        met.extra_faults += waiting.cases
        broken += await asyncio.to_thread(lambda: list(met.look_back(Timeline.read(database))))
        return broken + await asyncio.to_thread(
            lambda: list(broken_laws(stage, database, met.lost, apart=met.clocks_apart))
        )

    async def _walk_through(self, met: Met, team: Team, put_back: PutBack | None) -> str:
        stage, faults = met.stage, met.drawn
        await stage.slack.connected(_BIRTH)
        putting_back = asyncio.create_task(put_back.run()) if put_back is not None else None
        try:
            ending = await team.buy(*faults.names, race=faults.race, refuse=faults.refuse)
            if putting_back is not None and put_back is not None and put_back.has_begun:
                await putting_back
                ending = await team.go_on()
        finally:
            if putting_back is not None:
                putting_back.cancel()
                await asyncio.wait({putting_back})
        if await stage.slack.delivery.all_again():
            await asyncio.sleep(_SETTLES)
        return ending

    def _fates(self, met: Met, *, truly: bool) -> list[Fate]:
        def died(boundary: str | None) -> None:
            self.seen.true_kills += truly
            met.deaths += truly or self._died(boundary)

        deaths = [met.drawn.deaths]
        if self._databases.shared and met.drawn.others_deaths is not None:
            deaths.append(met.drawn.others_deaths)
        clocks = met.drawn.extra.clocks
        ahead = clocks.ahead if clocks is not None else (0.0, 0.0)
        return [
            Fate(met, each, truly=truly, ahead=own, on_death=died) for each, own in zip(deaths, ahead, strict=False)
        ]

    def _died(self, boundary: str | None) -> bool:
        """Count a death; return whether it was one, not the end of the run."""
        if boundary is None or boundary == THE_END:
            return False
        self.seen.deaths[_at(boundary)] += 1
        self.seen.places[_IDS.sub("*", boundary)] += 1
        return True

    def note(self, seed: int, met: Met, broken: list[Broken]) -> None:
        """Count one run, by the faults that occurred."""
        faults = met.drawn
        self.seen.runs += 1
        self.seen.faulty += met.is_any
        self.seen.races += faults.race
        self.seen.twice += faults.twice
        self.seen.pairs += self._databases.shared and faults.others_deaths is not None
        self.seen.approvers_ask += faults.approver_asks
        self.seen.prices += met.price_changed
        self.seen.slow_banks += met.bank_slow
        self.seen.declined += met.declined
        self.seen.two_names += met.two_names
        self.seen.apart += met.apart
        self.seen.put_right += met.was_put_right
        self.seen.again += met.stage.slack.delivery.again
        self.seen.elsewhere += met.stage.slack.delivery.elsewhere
        if met.oracle is not None:
            self.seen.answers += met.oracle.answers_given
            self.seen.answered_untruly += met.oracle.answered_untruly
            self.seen.anyway += met.oracle.anyway
            self.seen.anyway_untruly += met.oracle.anyway_untruly
        self.seen.faults += met.faults
        self.seen.extra_faults += met.extra_faults
        self.seen.stumbles += met.stumbles
        self.seen.broken += [(seed, law, what) for law, what in broken]


def _team(met: Met) -> Team:
    """Create the simulated users of a run."""
    faults = met.drawn
    requester = "cleo" if faults.approver_asks else "ada"
    # One request in five is returned for changes first.
    returns = Random(f"returns {faults.chance}").random() < _RETURNED
    team = Team(met.stage, Random(faults.chance), requester=requester, untrue=faults.untrue, returns=returns)
    met.oracle = team.oracle
    if met.colleague is not None:
        team.oracle.on_cancel = met.colleague.cancels
    return team


def _has_deaths(seed: int) -> bool:
    """Return whether a seed kills a bot. A true kill costs a process, so runs without a death do not get one."""
    faults = RunFaults.of(seed)
    return bool(faults.deaths) and faults.extra.clocks is None  # only lives in this process have clocks of their own


def _failed(error: BaseException) -> Broken:
    return FAILED, "".join(traceback.format_exception(error))[-2000:]


async def _all_of(fates: Iterable[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as together:
        for fate in fates:
            together.create_task(fate)


_IDS = re.compile(r"[0-9a-f-]{36}|\d+|\?.*|[\w-]+\.(ovh|com)")  # differences between runs, not between places
_RETURNED = 0.2  # of the requests
_ENDINGS = (words.card.DELIVERED, words.card.NOT_BOUGHT, words.card.REJECTED, words.card.NEEDS_ATTENTION)


def _in_short(ending: str) -> str:
    return next((words for words in _ENDINGS if words in ending), "ended otherwise")


def _at(boundary: str) -> str:
    """Return the kind of a boundary, such as ``before OVH`` or ``after Slack``."""
    side, _, what = boundary.partition(" ")
    if "Slack" in what:
        return f"{side} Slack"
    return boundary if "commit" in what else f"{side} OVH"
