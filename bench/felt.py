"""Table 1: what a person who searches in Slack waits for, while OVH takes 60 calls a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from bench.acks import crowd, stage_of
from bench.child import SlowOvh, slow_ovh
from bench.table import Goal, Table
from sandbox.slack import Actor
from sandbox.stage import Stage

_A_MINUTE = 60  # calls that OVH takes a minute, and at once after a quiet minute; the bot's own defaults are the same
_SETTINGS = {"OVH_REQUESTS_PER_SECOND": "1", "OVH_BURST": "60"}
_FEW, _MANY, _MANY_QUICK = 10, 120, 80  # names
_REFILL = 8.0  # seconds until the calls of the start are saved up again
_MEDIAN_ANSWER = 0.26  # seconds, of `bench.ovh`
_SAVED_GOAL, _NONE_SAVED_GOAL = 2.0, 3.0  # seconds to the first useful answer, with and without calls saved up
_LATEST_GOAL = 1.15  # times the shortest time that 60 calls a minute allow


@dataclass(frozen=True)
class _Felt:
    """One search: its names, seconds to the first message with an answer, and to the complete result."""

    names: int
    first: float
    last: float


def searches(*, quick: bool) -> Table:
    """Table 1. The default settings, from the command to Slack's messages."""
    table = Table(
        "1. A search in Slack, at 60 calls a minute", ["names", "calls saved up", "first s", "last s", "ideal s"]
    )
    many = _MANY_QUICK if quick else _MANY
    with slow_ovh() as ovh:
        few = asyncio.run(_small_searches(ovh))
        large, after, seen = asyncio.run(_large_search(ovh, many))
    ideal = many - _A_MINUTE + _MEDIAN_ANSWER
    table.add(_FEW, "60", few.first, few.last, _MEDIAN_ANSWER)
    table.add(many, "60", large.first, large.last, ideal)
    table.add(_FEW, "none", after.first, after.last, _FEW + _MEDIAN_ANSWER)
    table.goals += [
        Goal(f"first useful answer of {_FEW} names", few.first, _SAVED_GOAL, unit=" s"),
        Goal(f"first useful answer of {many} names", large.first, _SAVED_GOAL, unit=" s"),
        Goal("first useful answer with no calls saved up", after.first, _NONE_SAVED_GOAL, unit=" s"),
        Goal(f"last answer of {many} names, to the ideal", large.last / ideal, _LATEST_GOAL),
        Goal("429s", seen, 1),
    ]
    table.notes.append("ideal: the shortest time that 60 calls a minute allow, and one median answer of OVH.")
    return table


async def _small_searches(ovh: SlowOvh) -> _Felt:
    """The median of three, together fewer than the calls saved up."""
    async with _bot(ovh) as (stage, person):
        felt = [await _search(stage, person, f"few{number}", _FEW) for number in range(3)]
    return _Felt(_FEW, median(one.first for one in felt), median(one.last for one in felt))


async def _large_search(ovh: SlowOvh, names: int) -> tuple[_Felt, _Felt, int]:
    """A search of more names than calls are saved up, a small one right after it, and how many answers were 429."""
    async with _bot(ovh) as (stage, person):
        large = await _search(stage, person, "many", names)
        after = await _search(stage, person, "after", _FEW)
        seen = await asyncio.to_thread(ovh.seen)
    return large, after, int(seen["refused"])


@asynccontextmanager
async def _bot(ovh: SlowOvh) -> AsyncIterator[tuple[Stage, Actor]]:
    await asyncio.to_thread(ovh.be, varied=True, quota=_A_MINUTE / 60, saved=_A_MINUTE)
    async with stage_of("socket", ovh, **_SETTINGS) as stage:
        await stage.bot.start()
        (person,) = crowd(stage, 1)
        await _search(stage, person, "warm", 2)  # makes the cart that all searches share
        await asyncio.sleep(_REFILL)
        yield stage, person
        await stage.bot.kill()


async def _search(stage: Stage, person: Actor, prefix: str, number: int) -> _Felt:
    names = [f"{prefix}-{place}.ovh" for place in range(number)]
    mark = len(stage.slack.state.archive)
    begun = time.monotonic()
    await person.command(f"search {' '.join(names)}")
    await stage.slack.until(lambda: _says(stage, mark, " available"), seconds=30)
    first = time.monotonic() - begun
    await stage.slack.until(lambda: _is_complete(stage, mark, number), seconds=number + 60)
    return _Felt(number, first, time.monotonic() - begun)


def _is_complete(stage: Stage, since: int, number: int) -> bool:
    """Whether a message since then has all results: its text ends with an ellipsis while more are coming."""
    texts = [message["text"] for _, message in stage.slack.state.archive[since:]]
    return any(f"of {number} names are available" in text and not text.endswith("…") for text in texts)


def _says(stage: Stage, since: int, words: str) -> bool:
    return any(words in message["text"] for _, message in stage.slack.state.archive[since:])
