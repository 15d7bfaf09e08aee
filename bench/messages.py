"""For table 1: how soon a person in Slack sees the first answers of a search."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from bench.acks import crowd, stage_of
from bench.child import SlowOvh, slow_ovh
from bench.table import Goal
from sandbox.slack import Actor
from sandbox.stage import Stage

_NAMES, _PRIORITY = 50, 10
_SEARCHES = 7
_FAST = {"OVH_CONCURRENCY": "32", "OVH_REQUESTS_PER_SECOND": "100000", "OVH_BURST": "100000"}


def first_message() -> Goal:
    """From the command to the message with its first answers, to the slowest of the ten that are wanted most."""
    return Goal("first message in Slack to the slowest of its ten, 32 at once", asyncio.run(_measured()), 1.10)


async def _measured() -> float:
    with slow_ovh() as ovh:
        async with stage_of("socket", ovh, **_FAST) as stage:
            await stage.bot.start()
            person, *_ = crowd(stage, 1)
            await _once(stage, ovh, person, "warm")
            ratios = [await _once(stage, ovh, person, f"first{number}") for number in range(_SEARCHES)]
            await stage.bot.kill()
    return median(ratios)


async def _once(stage: Stage, ovh: SlowOvh, person: Actor, prefix: str) -> float:
    await asyncio.to_thread(ovh.be, seconds=0.15, varied=True)
    names = [f"{prefix}-{number}.ovh" for number in range(_NAMES)]
    posted = len(stage.slack.state.archive)
    begun = time.monotonic()
    await person.command(f"search {' '.join(names)}")
    await stage.slack.until(lambda: _says(stage, posted, " available"))
    took = time.monotonic() - begun
    await stage.slack.until(lambda: _says(stage, posted, f"of {_NAMES} names available."))
    asked = dict((await asyncio.to_thread(ovh.seen))["asked"])
    return took / max(float(asked[name]) for name in names[:_PRIORITY])


def _says(stage: Stage, since: int, words: str) -> bool:
    return any(words in message["text"] for _, message in stage.slack.state.archive[since:])
