"""The results of a campaign as one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prove.laws import LAWS, WALK, WAYS
from prove.waiting import NO_ANSWER, NOTHING_RENDERED, UNDER_WAY

_ROWS = (
    ("runs", "runs"),
    ("with a death or a fault in them", "faulty"),
    ("of them by a true kill -9", "true_kills"),
    ("with everybody clicking at once", "races"),
    ("with Slack delivering everything twice", "twice"),
    ("times that Slack stumbled at a call", "stumbles"),
    ("with an approver who asks, and tries to approve that", "approvers_ask"),
    ("with the price changed under way", "prices"),
    ("with a bank that takes its time", "slow_banks"),
    ("with a bank that refuses the default card", "declined"),
    ("with two names in one order", "two_names"),
    ("with OVH's clock apart from the bot's, by up to half an hour", "apart"),
    ("with a clock that was put right by minutes under way", "put_right"),
    ("clicks that Slack delivered once more, seconds later", "again"),
    ("of them to another process or life", "elsewhere"),
    ("times that a user told the bot what OVH shows", "answers"),
    ("of them what was not so", "answered_untruly"),
    ("times that a user had it ordered anyway, rightly", "anyway"),
    ("and next to an order made elsewhere that is no mistake", "anyway_untruly"),
    ("with two processes that share the work", "pairs"),
    ("random walks", "walks"),
    ("actions in them", "actions"),
    ("orders that came of them", "walked_orders"),
)


# The faults that a campaign of five minutes meets on each database; clocks that are apart are one row, corrected or
# not.
EXPECTED = (
    "frozen in a money call",
    "frozen anywhere",
    "the database put back while the bot was stopped",
    "the database put back under living processes",
    "recover mode after an old card or by a process",
    "old cards refused after it",
    "stopped by an order made elsewhere an hour before the request",
    "stopped by an order made elsewhere while it was bought",
    "a token service that hangs",
    "a token service that answers 500",
    "tokens that expire at once",
    "a database that takes no writes",
    "clocks of processes minutes apart",
    "clocks of processes a day apart",
    "clocks of processes put right under way",
    NO_ANSWER,
    NOTHING_RENDERED,
    UNDER_WAY,
)
_ONLY_WITH_TWO = {"pairs"}  # processes: a SQLite file has one


def never_met(kind: str, seen: Mapping[str, Any]) -> list[str]:
    """Return the faults that never occurred on a database: the campaign proves nothing about them."""
    shared = kind == "postgresql"
    rows = [label for label, field in _ROWS if not seen[field] and (shared or field not in _ONLY_WITH_TWO)]
    return rows + [label for label in EXPECTED if not seen["extra_faults"].get(label)]


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return Markdown with a column per database; each broken law below, with the seed that replays it."""
    kinds = list(found)
    lines = [_line("", kinds), _line("---", ["---:"] * len(kinds))]
    lines += [_line(label, [found[kind][field] for kind in kinds]) for label, field in _ROWS]
    for counted, what in (
        ("deaths", "died {}"),
        ("faults", "OVH: {}"),
        ("extra_faults", "{}"),
        ("endings", "the card {}"),
    ):
        keys = sorted(
            {*(EXPECTED if counted == "extra_faults" else ()), *(key for kind in kinds for key in found[kind][counted])}
        )
        lines += [_line(what.format(key), [found[kind][counted].get(key, 0) for kind in kinds]) for key in keys]
    lines.append(_line("different places at which they died", [len(found[kind]["places"]) for kind in kinds]))
    for law in LAWS:
        lines.append(_line(f"**{law}**", [_broken(found[kind], law) for kind in kinds]))
    for kind in kinds:
        lines += [
            f"{law}: {what}\n    replay: {_replay(law, seed)} --database {kind}"
            for seed, law, what in found[kind]["broken"]
        ]
    return "\n".join(lines)


def _replay(law: str, seed: int) -> str:
    return f"python -m prove.walk --walks {WAYS} --seed {seed}" if law == WALK else f"python -m prove --replay {seed}"


def _broken(seen: Mapping[str, Any], law: str) -> int:
    return sum(broken[1] == law for broken in seen["broken"])


def _line(label: str, cells: list[Any]) -> str:
    return f"| {label} | {' | '.join(str(cell) for cell in cells)} |"
