"""Damaged answers: keys that are gone, nulls, other types, unknown keys, numbers and dates out of any range."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

VALUES: list[Any] = [
    None, True, False, 0, -1, 2**63, 10**400, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    Decimal("1e999999"), Decimal("1e-999999"), Decimal("0.004"), float("nan"), 1.5, "", " ", "*", "*001", "€",
    "P1Y", "P99999999999999999999Y", "P12M", "2026-11-23", "2026-11-23T20:10:00", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2026-11-23T20:10:00+01:00", "XYZ", "\ud800", "\0", "9" * 5000, "name.ovh",
    "SUCCESS", "CREDIT", "transfer", [], [None], [[]], {}, {"value": 1},
]  # fmt: skip
ODD: st.SearchStrategy[Any] = st.one_of(st.sampled_from(VALUES), st.integers(), st.decimals(), st.text(max_size=8))
Path = tuple[str | int, ...]
_GONE = object()


@st.composite
def damaged(draw: st.DrawFn, answer: Any) -> Any:
    """Return the answer with one to three changes, at any depth."""
    whole = [deepcopy(answer)]
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(_paths(whole))))
        inside: Any = whole
        for step in path[:-1]:
            inside = inside[step]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "add" and isinstance(inside[path[-1]], dict):
            inside[path[-1]][draw(st.text(max_size=8))] = deepcopy(draw(ODD))
        elif change == "add" and isinstance(inside[path[-1]], list):
            inside[path[-1]].append(deepcopy(draw(ODD)))
        elif change == "remove" and len(path) > 1:
            del inside[path[-1]]
        else:
            inside[path[-1]] = deepcopy(draw(ODD))
    return whole[0]


def damaged_once(answer: Any) -> Iterator[Any]:
    """Yield the answer with each of its parts gone, and with each odd value in its place."""
    for path in _paths([answer]):
        for value in (_GONE, *VALUES):
            whole = [deepcopy(answer)]
            inside: Any = whole
            for step in path[:-1]:
                inside = inside[step]
            if value is not _GONE:
                inside[path[-1]] = deepcopy(value)
            elif len(path) > 1:
                del inside[path[-1]]
            yield whole[0]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _paths(each, (*path, key))


def untyped(value: Any) -> Iterator[Any]:
    """Yield what no model may let through: an amount without end, a date without offset, a number out of range."""
    if isinstance(value, dict):
        for each in value.values():
            yield from untyped(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from untyped(each)
    elif isinstance(value, Decimal):
        yield from [] if value.is_finite() and abs(value) < 10**12 else [value]
    elif isinstance(value, datetime):
        yield from [] if value.tzinfo else [value]
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from [] if 0 <= value < 10**20 else [value]
