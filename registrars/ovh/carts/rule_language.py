"""OVH's rule language, evaluated for one owner without asking OVH.

A rule comes from OVH and can be anything: operators that nobody knows, missing keys, patterns that Python cannot take
or that never end. Whatever cannot be decided is `None`, and the dry run decides.

Source: OVH's guide on eligibility rules, and the API's description (`domain.configuration.rules.*`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import regex

_OWNER = "OWNER_CONTACT"
_LONGEST_PATTERN, _LONGEST_TEXT = 1000, 3000  # characters
_SECONDS = 0.1  # for all patterns of one evaluation; a usual one takes microseconds
_MOST_NODES, _DEEPEST = 20_000, 60
_COUNTED = 6  # digits of a length or a number in a rule


class Evaluation:
    """Evaluates conditions and constraints with one owner's values, by the labels of a rule.

    Time and size are bounded for all calls together: what comes after the bound is undecided.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._nodes = 0
        self._deadline = time.monotonic() + _SECONDS

    def applies(self, conditions: object) -> bool | None:
        """Return whether conditions are satisfied; there are none where the key is missing or null."""
        return True if conditions is None else self._satisfied(conditions, 0)

    def keeps(self, constraint: Mapping[str, object], value: str) -> bool | None:
        """Return whether a value satisfies a constraint, whatever its conditions; an empty text is no value."""
        operator = constraint.get("operator")
        check = _CHECKS.get(operator) if isinstance(operator, str) else None
        if check is not None:
            return check(value, constraint)
        return self._matches(constraint.get("value"), value) if operator == "match" else None

    def _satisfied(self, rule: object, depth: int) -> bool | None:
        self._nodes += 1
        if not isinstance(rule, Mapping) or depth > _DEEPEST or self._nodes > _MOST_NODES:
            return None
        when = rule.get("conditions")
        if when is not None and (holds := self._satisfied(when, depth + 1)) is not True:
            return None if holds is None else True  # a rule whose own conditions do not hold demands nothing
        return _all([*self._branches(rule, depth), *self._own(rule, depth)])

    def _branches(self, rule: Mapping[str, object], depth: int) -> Iterable[bool | None]:
        for key, together in (("and", _all), ("or", _any)):
            parts = entries(rule.get(key))
            if parts is None:
                yield None
            elif parts:
                yield together([self._satisfied(part, depth + 1) for part in parts])

    def _own(self, rule: Mapping[str, object], depth: int) -> Iterable[bool | None]:
        """Yield whether the rule's own constraints hold, and its fields: those of the owner, or nobody knows whose."""
        label, constraints = rule.get("label"), entries(rule.get("constraints"))
        if constraints is None:
            yield None
        elif label == _OWNER:
            yield from [] if rule.get("fields") is None else [self._satisfied(rule["fields"], depth + 1)]
        elif label is not None and rule.get("fields") is not None:
            yield None  # another account's data, which is not known here
        elif constraints and not isinstance(label, str):
            yield None
        else:
            yield from (self._holds(each, self._values.get(str(label), ""), depth) for each in constraints)

    def _holds(self, constraint: object, value: str, depth: int) -> bool | None:
        if not isinstance(constraint, Mapping):
            return None
        when = constraint.get("conditions")
        applies = True if when is None else self._satisfied(when, depth + 1)
        if applies is False:
            return True
        kept = self.keeps(constraint, value)
        return kept if applies or kept else None

    def _matches(self, pattern: object, value: str) -> bool | None:
        if not value:
            return True  # only `required` wants a value
        if not isinstance(pattern, str) or len(pattern) > _LONGEST_PATTERN or len(value) > _LONGEST_TEXT:
            return None
        left = self._deadline - time.monotonic()
        compiled = _compiled(pattern) if left > 0 else None
        if compiled is None:
            return None
        try:
            return compiled.search(value, timeout=left, concurrent=True) is not None
        except TimeoutError:
            self._deadline = float("-inf")  # one endless pattern is enough
            return None


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> regex.Pattern[str] | None:
    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError, ValueError, MemoryError):
        return None


def _all(decided: Sequence[bool | None]) -> bool | None:
    return False if False in decided else None if None in decided else True


def _any(decided: Sequence[bool | None]) -> bool | None:
    return True if True in decided else None if None in decided else False


def entries(value: object) -> list[object] | None:
    """Return the entries of a list, none where the key is missing or null; None if it is no list."""
    if value is None:
        return []
    return value if isinstance(value, list) else None


def _required(value: str, _constraint: Mapping[str, object]) -> bool | None:
    return bool(value)


def _empty(value: str, _constraint: Mapping[str, object]) -> bool | None:
    return not value


def _equal(value: str, constraint: Mapping[str, object]) -> bool | None:
    wanted = constraint.get("value")
    return value == wanted if isinstance(wanted, str) else None


def _not_equal(value: str, constraint: Mapping[str, object]) -> bool | None:
    same = _equal(value, constraint)
    return None if same is None else not same


def _among(value: str, constraint: Mapping[str, object]) -> bool | None:
    values = options(constraint)
    return None if values is None else not value or value in values


def _not_among(value: str, constraint: Mapping[str, object]) -> bool | None:
    values = options(constraint)
    return None if values is None else value not in values


def _true(value: str, _constraint: Mapping[str, object]) -> bool | None:
    return value.lower() in {"true", "1"}


def _anything(_value: str, _constraint: Mapping[str, object]) -> bool | None:
    return True


def _at_most(value: str, constraint: Mapping[str, object]) -> bool | None:
    most = number(constraint.get("value"))
    return None if most is None else len(value) <= most


def _at_least(value: str, constraint: Mapping[str, object]) -> bool | None:
    least = number(constraint.get("value"))
    return None if least is None else not value or len(value) >= least


def options(constraint: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return the values that a constraint lists; None if it lists none, or others than texts."""
    values = constraint.get("values")
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        return None
    return tuple(values)


def number(value: object) -> int | None:
    """Return a length that a rule names; None if it is none."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= _COUNTED
    return int(str(text)) if is_number else None


# Not `between`, `gt`, `gte`, `lt`, `lte`: whether they compare numbers, dates or lengths is not established.
_CHECKS: Mapping[str, Callable[[str, Mapping[str, object]], bool | None]] = {
    "required": _required,
    "notempty": _required,
    "empty": _empty,
    "eq": _equal,
    "ne": _not_equal,
    "contains": _among,
    "notcontains": _not_among,
    "shouldbetrue": _true,
    "maxlength": _at_most,
    "minlength": _at_least,
    "readonly": _anything,
}
