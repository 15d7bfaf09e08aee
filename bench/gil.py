"""Acknowledgements while lookups are under way, with and without the GIL throttle: `python -m bench.gil`.

One bot, one stream of searches; blocks with and without the throttle take turns, so other load falls on both.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
from contextlib import ExitStack, suppress
from statistics import median
from typing import Annotated

import typer

from bench.acks import crowd, keep_searching, p99, probe, stage_of
from bench.child import child, slow_ovh

_SETTINGS = {"OVH_REQUESTS_PER_SECOND": "100000", "OVH_BURST": "100000", "LOG_LEVEL": "ERROR"}
_BLOCK = 25  # acknowledgements
_SIDES = {"with": signal.SIGUSR1, "without": signal.SIGUSR2}


def main(
    repeats: Annotated[int, typer.Option(help="Independent runs.")] = 3,
    blocks: Annotated[int, typer.Option(help=f"Blocks of {_BLOCK} a side.")] = 16,
    lookups: Annotated[int, typer.Option(help="Lookups under way at all times.")] = 16,
) -> None:
    """Print the median, p99 and slowest acknowledgement of each side in ms, and the ratio of the two p99."""
    for number in range(repeats):
        waits = asyncio.run(_compared(blocks, lookups))
        for side, spent in waits.items():
            figures = ", ".join(
                f"{name} {seconds * 1000:.1f}"
                for name, seconds in (("p50", median(spent)), ("p99", p99(spent)), ("most", max(spent)))
            )
            print(f"run {number + 1}, {side:>7} the throttle: {len(spent)} acknowledgements, ms: {figures}", flush=True)
        print(f"run {number + 1}, p99 without to with: {p99(waits['without']) / p99(waits['with']):.2f}", flush=True)


async def _compared(blocks: int, lookups: int) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {side: [] for side in _SIDES}
    with ExitStack() as children:
        ovh = children.enter_context(slow_ovh())
        ovh.be(seconds=0.15)
        async with stage_of("socket", ovh, OVH_CONCURRENCY=str(lookups), **_SETTINGS) as stage:
            bot = children.enter_context(child("bench.gil_bot", "run", settings=stage.environment))
            await stage.slack.connected()
            people = crowd(stage, 20)
            searching = asyncio.create_task(keep_searching(people[1:]))
            await asyncio.sleep(3)  # until the first search has opened its connections
            for block in range(blocks):
                for side in _SIDES if block % 2 else reversed(_SIDES):
                    await _turn(bot, side)
                    waits[side] += await probe(people[0], _BLOCK)
            searching.cancel()
            with suppress(asyncio.CancelledError):
                await searching
            calls = ovh.seen()["calls"]
            print(f"lookups in this run: {calls}", flush=True)
            bot.kill()
    return waits


async def _turn(bot: subprocess.Popen[str], side: str) -> None:
    bot.send_signal(_SIDES[side])
    await asyncio.sleep(0.2)  # longer than a lookup: those under way have seen the switch


typer.run(main)
