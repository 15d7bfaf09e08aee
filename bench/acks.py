"""Tables 2 and 3: how soon Slack hears that a command arrived, from many at once, and while OVH is being asked."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median

from bench.child import SlowOvh, child, slow_ovh
from bench.table import Goal, Table
from sandbox.slack import Actor, NotAcknowledged
from sandbox.slack.world import User
from sandbox.stage import Stage

_AT_ONCE = (1, 10, 50, 200)
_IN_TIME = 3.0  # seconds; what is not acknowledged by then is an error to the person
_SETTLE = 1.5  # seconds between bursts, until the work of the last one is over
_PROBES = 400
_P99_UNDER_LOAD = 150  # ms


def bursts(*, quick: bool) -> Table:
    """Table 2: commands at once whose work takes a second; ours asks an OVH that takes it."""
    table = Table(
        "2. Commands at once, each with 1 s of work: acknowledged after ms, p50 / p99, and how many in time",
        ["app", "mode", *(f"K = {at_once}" for at_once in _AT_ONCE)],
    )
    for mode in ("socket",) if quick else ("socket", "http"):
        for kind in ("ours", "stock AsyncApp") if quick else ("ours", "stock AsyncApp", "stock App"):
            seen = asyncio.run(_bursts(kind, mode, rounds=1 if quick else 3))
            cells = [
                f"{median(waits) * 1000:.1f} / {_p99(waits) * 1000:.1f}, {_formatted(waits)}" for waits in seen.values()
            ]
            table.add(kind, mode, *cells)
            if kind == "ours":
                late = sum(wait >= _IN_TIME for wait in seen[200])
                table.goals.append(Goal(f"of 200 not acknowledged within 3 s, {mode}", late, 0))
    table.notes.append("The pretend Slack's own part of the way is in all figures alike.")
    return table


def under_load(*, quick: bool) -> Table:
    """Table 3: probes while 16 lookups, as many as the default settings allow, are always under way, against none."""
    table = Table("3. Acknowledged after ms, while 16 lookups are under way", ["", "p50", "p99", "most"])
    calm, busy = asyncio.run(_probed(100 if quick else _PROBES))
    for name, waits in (("idle", calm), ("16 lookups", busy)):
        table.add(name, *(f"{figure * 1000:.2f}" for figure in (median(waits), _p99(waits), max(waits))))
    table.goals.append(Goal("p99 with 16 lookups under way", _p99(busy) * 1000, _P99_UNDER_LOAD, unit=" ms"))
    table.goals.append(Goal("not acknowledged within 3 s", sum(wait >= _IN_TIME for wait in busy), 0))
    table.notes.append("The bound of docs/adr/0021-no-gil-throttle.md.")
    return table


async def _bursts(kind: str, mode: str, *, rounds: int) -> dict[int, list[float]]:
    seen: dict[int, list[float]] = {}
    with ExitStack() as children:
        ovh = children.enter_context(slow_ovh())
        ovh.be(seconds=1.0)
        async with stage_of(mode, ovh) as stage:
            if kind == "ours":
                await stage.bot.start()
            else:
                style = "async" if kind == "stock AsyncApp" else "sync"
                process = children.enter_context(child("bench.stock", style, mode, settings=stage.environment))
                line = await asyncio.to_thread(process.stdout.readline) if process.stdout else ""
                if mode == "http":
                    stage.slack.delivery.to[:] = [f"http://127.0.0.1:{int(line)}/slack/events"]
                else:
                    await stage.slack.connected()
            people = crowd(stage, max(_AT_ONCE))
            await _burst(people[:2], "warm")
            for at_once in _AT_ONCE:
                for number in range(max(rounds, 3) if at_once == 1 else rounds):
                    await asyncio.sleep(_SETTLE)
                    waits = await _burst(people[:at_once], f"k{at_once}r{number}")
                    seen.setdefault(at_once, []).extend(waits)
            if kind == "ours":
                await stage.bot.kill()  # it has hundreds of searches to end, and nobody waits for them
    return seen


async def _probed(probes: int) -> tuple[list[float], list[float]]:
    with slow_ovh() as ovh:
        ovh.be(seconds=0.15)
        async with stage_of(
            "socket", ovh, OVH_CONCURRENCY="16", OVH_REQUESTS_PER_SECOND="100000", OVH_BURST="100000"
        ) as stage:
            await stage.bot.start()
            people = crowd(stage, 20)
            await _burst(people[:2], "warm")
            await asyncio.sleep(_SETTLE)
            calm = await _probe(people[0], probes)
            searching = asyncio.create_task(_keep_searching(people[1:]))
            await asyncio.sleep(3)  # until the first search has opened its connections
            busy = await _probe(people[0], probes)
            searching.cancel()
            with suppress(asyncio.CancelledError):
                await searching
            await stage.bot.kill()
    return calm, busy


async def _probe(person: Actor, probes: int) -> list[float]:
    waits = []
    for _ in range(probes):
        waits.append(await _ack(person, "help"))
        await asyncio.sleep(0.01)
    return waits


async def _keep_searching(people: Sequence[Actor]) -> None:
    """A search of 400 names every 0.8 s: more than 16 lookups can be."""
    for number in range(1000):
        person = people[number % len(people)]
        names = " ".join(f"load-{number}-{place}.ovh" for place in range(400))
        await _ack(person, f"search {names}")
        await asyncio.sleep(0.8)


async def _burst(people: Sequence[Actor], prefix: str) -> list[float]:
    return list(
        await asyncio.gather(*(_ack(person, f"search {prefix}-{number}.ovh") for number, person in enumerate(people)))
    )


async def _ack(person: Actor, text: str) -> float:
    begun = time.monotonic()
    try:
        await person.command(text)
    except NotAcknowledged:
        return _IN_TIME
    return time.monotonic() - begun


@asynccontextmanager
async def stage_of(mode: str, ovh: SlowOvh, **settings: str) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stage = Stage(Path(folder), http_mode=mode == "http", settings={"OVH_API_URL": ovh.url, **settings})
        await stage.open()
        try:
            yield stage
        finally:
            await stage.close()


def crowd(stage: Stage, number: int) -> list[Actor]:
    """A crowd, for one person has only a few searches at once."""
    world = stage.slack.state.world
    for place in range(number):
        world.users[f"U0B{place}"] = User(f"U0B{place}", f"b{place}", f"Bench {place}")
        world.channel("domains").members.add(f"U0B{place}")
    return [stage.slack.person(f"b{place}") for place in range(number)]


def _p99(waits: Sequence[float]) -> float:
    return sorted(waits)[max(round(len(waits) * 0.99) - 1, 0)]


def _formatted(waits: Sequence[float]) -> str:
    return f"{sum(wait < _IN_TIME for wait in waits)} of {len(waits)}"
