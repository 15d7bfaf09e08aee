"""Tables 4 and 7: a rate that is set beyond OVH's limit, and the calls that a search costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from bench.child import SlowOvh, slow_ovh
from bench.table import Goal, Table
from ordering.model.domain_name import DomainName
from ordering.model.offer import Verdict
from registrars.ovh import OvhConfig, OvhGateway

_SECONDS = 0.15
_NO_LIMIT = 1_000_000.0  # calls a second
_LATEST = 1.5  # times the ideal; a rate that is set right has its goal in table 1
_numbers = count()


def too_fast(*, quick: bool) -> Table:
    """Table 4: the rate is set beyond OVH's limit, and the bot has to learn that."""
    table = Table(
        "4. A rate beyond OVH's limit", ["limit", "set to", "names", "last s", "ideal s", "ratio", "429s", "unknown"]
    )
    cases = [(40, 100, 100, 200)] if quick else [(40, 100, 100, 400), (1, 2, 60, 60)]
    with slow_ovh() as ovh:
        for limit, rate, burst, names in cases:
            with _gateway(ovh, 16, per_second=rate, burst=burst) as gateway:
                time.sleep(min(burst, 8) / rate)  # until what the preparations took is there again
                ovh.be(seconds=_SECONDS, quota=limit)
                begun = time.monotonic()
                answers = list(gateway.look_up(_names(names)))
                wall = time.monotonic() - begun
            refused = ovh.seen()["refused"]
            ideal = (names - limit) / limit + _SECONDS
            unknown = sum(answer.verdict is Verdict.UNKNOWN for answer in answers)
            table.add(f"{limit}/s", f"{rate}/s, {burst} at once", names, wall, ideal, wall / ideal, refused, unknown)
            table.goals.append(Goal(f"last answer to the ideal, limit {limit}/s", wall / ideal, _LATEST))
            table.goals.append(Goal(f"names without an answer, limit {limit}/s", unknown, 0))
    return table


def repeated() -> Table:
    """Table 7: calls spent on the same search again. At 60 calls a minute each is a second that a user waits."""
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


@contextmanager
def _gateway(
    ovh: SlowOvh, at_once: int, *, per_second: float = _NO_LIMIT, burst: int = 1_000_000
) -> Iterator[OvhGateway]:
    """The bot's own way to OVH as after its first search: its cart made, its clock read."""
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
        yield opened
    finally:
        opened.close()


def _names(number: int) -> list[DomainName]:
    return [DomainName.parse(f"n{next(_numbers)}.ovh") for _ in range(number)]
