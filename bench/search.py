"""Tables 1, 4 and 7: a search of many names against the ideal, against one after another, and under a limit."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from bench.child import SlowOvh, slow_ovh
from bench.messages import first_message
from bench.table import Goal, Table
from ordering.model.domain_name import DomainName
from ordering.model.offer import Verdict
from registrars.ovh import OvhConfig, OvhGateway

_FULL = [(n, c) for n in (10, 50, 200, 800) for c in (8, 16, 32, 64)]
_QUICK = [(10, 8), (50, 16), (200, 64)]
_SPEED_UPS = {10: 4.5, 50: 12.0, 200: 25.0, 800: 50.0}
_PRIORITY = 10  # names: what the first message waits for
_SECONDS = 0.15
_NO_LIMIT = 1_000_000.0  # calls a second
_numbers = count()


def speed(*, quick: bool) -> Table:
    """Table 1. The sequential way of OVH's own sample is measured for 10 names, and follows for more from that."""
    table = Table(
        "1. A search of N names, c at once",
        [
            "N",
            "c",
            "latency",
            "wall s",
            "ideal s",
            "ratio",
            "first 10 s",
            "slowest of them s",
            "one by one s",
            "faster",
        ],
    )
    ratios, firsts, best = [], [], dict.fromkeys(_SPEED_UPS, 0.0)
    with slow_ovh() as ovh:
        one = _one_after_another(ovh)
        for varied in (False, True):
            for names, at_once in _QUICK if quick else _FULL:
                wall, first, asked, wanted = _best_of(ovh, names, at_once, varied=varied)
                ideal, slowest = _ideal(asked, at_once), max(wanted)
                sequential = sum(asked) + names * (one - _SECONDS)
                ratios.append(wall / ideal)
                if varied and at_once >= _PRIORITY:  # fewer at once cannot ask all ten at once
                    firsts.append(first / slowest)
                best[names] = max(best[names], 0.0 if varied else sequential / wall)
                table.add(
                    names, at_once, "varied" if varied else "150 ms", wall, ideal, wall / ideal, first, slowest,
                    sequential, sequential / wall,
                )  # fmt: skip
        table.goals.append(Goal("wall to ideal, the worst", max(ratios), 1.10))
        what = "the first ten answers to the slowest of them, varied, ten or more at once, the worst"
        table.goals.append(Goal(what, max(firsts), 1.10))
        table.goals += [
            Goal(f"faster than one by one at {n} names, 150 ms", best[n], bound, "at least")
            for n, bound in _SPEED_UPS.items()
            if best[n]
        ]
        dropped = _dropped(ovh)
    table.goals.append(first_message())
    table.goals.append(Goal("new connections in the second to fifth search", dropped, 0))
    table.notes.append(
        "varied: log-normal, p50 0.26 s, p90 0.55 s. Ideal: the same calls, each begun when a place is free."
    )
    return table


def quota(*, quick: bool) -> Table:
    """Table 4: the pace set to OVH's limit, and set too fast, which it has to learn."""
    table = Table(
        "4. Under a limit of calls a second",
        ["limit", "set to", "names", "wall s", "ideal s", "ratio", "429s", "unknown"],
    )
    cases = [(40, 40, 40, 200)] if quick else [(40, 40, 40, 400), (1, 1, 1, 30), (40, 100, 100, 400), (1, 1, 60, 30)]
    with slow_ovh() as ovh:
        for limit, pace, burst, names in cases:
            with _gateway(ovh, 16, per_second=pace, burst=burst) as gateway:
                time.sleep(min(burst, 8) / pace)  # until what the preparations took is there again
                ovh.be(seconds=_SECONDS, quota=limit)
                begun = time.monotonic()
                answers = list(gateway.look_up(_names(names)))
                wall = time.monotonic() - begun
            refused = ovh.seen()["refused"]
            # What may come at once comes at once; the last call has to be answered, too.
            ideal = (names - min(burst, limit)) / limit + _SECONDS
            unknown = sum(answer.verdict is Verdict.UNKNOWN for answer in answers)
            table.add(f"{limit}/s", f"{pace}/s, {burst} at once", names, wall, ideal, wall / ideal, refused, unknown)
            if (pace, burst) == (limit, limit):
                table.goals.append(Goal(f"wall to ideal at {limit}/s", wall / ideal, 1.10))
                table.goals.append(Goal(f"429s at {limit}/s", refused, 1))
            table.goals.append(Goal(f"names without an answer, limit {limit}/s, set to {pace}/s", unknown, 0))
    if not quick:
        table.notes.append("Set too fast, the first answers 429 come together; what OVH takes is learned from them.")
    return table


def repeated() -> Table:
    """Table 7: calls spent on the same search again, and on the prices of all extensions."""
    table = Table("7. Calls to OVH", ["what", "calls"])
    with slow_ovh() as ovh, _gateway(ovh, 16) as gateway:
        names = _names(200)
        ovh.be(seconds=0.01)
        list(gateway.look_up(names, recent=True))
        first = ovh.seen()["calls"]
        list(gateway.look_up(names, recent=True))
        again = ovh.seen()["calls"] - first
        both = _names(50)
        list(gateway.look_up([*both, *both], recent=True))
        twice = ovh.seen()["calls"] - first - again
    table.add("200 names", first)
    table.add("the same again", again)
    table.add("50 names, each given twice", twice)
    table.goals += [Goal("calls of a repeated search", again, 0), Goal("calls for 50 names given twice", twice, 50)]
    return table


Run = tuple[float, float, Sequence[float], Sequence[float]]


def _best_of(ovh: SlowOvh, names: int, at_once: int, *, varied: bool) -> Run:
    """The better of two: wall time, time until the ten wanted most were there, what each call took, and theirs."""
    return min(_once(ovh, names, at_once, varied=varied) for _ in range(2))


def _once(ovh: SlowOvh, names: int, at_once: int, *, varied: bool) -> Run:
    with _gateway(ovh, at_once) as gateway:
        ovh.be(seconds=_SECONDS, varied=varied)
        asked = _names(names)
        wanted = set(asked[:_PRIORITY])
        begun, first = time.monotonic(), 0.0
        for answer in gateway.look_up(asked):
            wanted.discard(answer.domain)
            first = first or (0.0 if wanted else time.monotonic() - begun)
        wall = time.monotonic() - begun
        took = dict(ovh.seen()["asked"])
        return wall, first, list(took.values()), [took[name.ascii] for name in asked[:_PRIORITY]]


def _one_after_another(ovh: SlowOvh) -> float:
    """Seconds a name, asked like OVH's own sample does."""
    with _gateway(ovh, 1) as gateway:
        ovh.be(seconds=_SECONDS)
        begun = time.monotonic()
        for name in _names(_PRIORITY):
            list(gateway.look_up([name]))
        return (time.monotonic() - begun) / _PRIORITY


def _dropped(ovh: SlowOvh) -> int:
    """Connections opened in the second to fifth search: each would be one that was thrown away before."""
    with _gateway(ovh, 32) as gateway:
        ovh.be(seconds=0.05)
        list(gateway.look_up(_names(128)))
        before = ovh.seen()["connections"]
        for _ in range(4):
            list(gateway.look_up(_names(128)))
        return max(int(ovh.seen()["connections"]) - max(int(before), 32), 0)


def _ideal(seconds: Sequence[float], places: int) -> float:
    """When the last of these calls ends, each begun as soon as one of the places is free."""
    free = [0.0] * min(places, len(seconds))
    for spent in seconds:
        heapq.heappush(free, heapq.heappop(free) + spent)
    return max(free, default=math.inf)


@contextmanager
def _gateway(
    ovh: SlowOvh, at_once: int, *, per_second: float = _NO_LIMIT, burst: int = 1_000_000
) -> Iterator[OvhGateway]:
    """The bot's own way to OVH as after its first search: its cart made, its clock read, its connections open."""
    opened = OvhGateway(
        OvhConfig(
            application_key="bench",
            application_secret="bench",  # noqa: S106 - opens nothing
            consumer_key="bench",
            api_url=ovh.url,
            requests_per_second=per_second,
            burst=burst,
            concurrency=at_once,
        )
    )
    ovh.be(seconds=0.001)
    try:
        list(opened.look_up(_names(1)))
        if per_second >= _NO_LIMIT:
            ovh.be(seconds=0.05)
            list(opened.look_up(_names(at_once)))
        yield opened
    finally:
        opened.close()


def _names(number: int) -> list[DomainName]:
    return [DomainName.parse(f"n{next(_numbers)}.ovh") for _ in range(number)]
