"""What a campaign saw, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prove.laws import LAWS, WALK, WAYS

_ROWS = (
    ("runs", "runs"),
    ("with a death or a fault in them", "troubled"),
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
    ("times that somebody told the desk what OVH shows", "said"),
    ("of them what was not so", "said_untruly"),
    ("times that somebody had it ordered anyway, rightly", "anyway"),
    ("and beside an order made elsewhere that is no mistake", "anyway_untruly"),
    ("with two processes that share the work", "pairs"),
    ("random walks", "walks"),
    ("deeds in them", "deeds"),
    ("orders that came of them", "walked_orders"),
)


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown, a column a database; each broken law with the seed that replays it below."""
    kinds = list(found)
    lines = [_line("", kinds), _line("---", ["---:"] * len(kinds))]
    lines += [_line(label, [found[kind][field] for kind in kinds]) for label, field in _ROWS]
    for counted, what in (("deaths", "died {}"), ("faults", "OVH: {}"), ("turns", "{}"), ("endings", "the card {}")):
        keys = sorted({key for kind in kinds for key in found[kind][counted]})
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
