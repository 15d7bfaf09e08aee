"""The faults on the way to OVH and back, chosen by route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

Kind = Literal[
    "lost_before", "lost_after", "hang", "error500", "html502", "html408", "null", "rate_limit", "check_timeout",
    "slow", "refuse", "empty", "blanks", "empty_text", "no_content", "empty_chunked", "empty_html",
    "refused_after", "repeated", "held",
]  # fmt: skip
_REFUSALS = range(400, 500)  # statuses
# Faults on the way to OVH. One of these and one of the others can affect the same call.
_ON_THE_WAY: frozenset[Kind] = frozenset({"repeated", "held"})


@dataclass(eq=False)  # two of the same kind are still two
class Fault:
    """One fault, for the next `times` calls of a route; `options` are seconds, status, message, retry_after.

    `refuse` does not carry the call out, and answers `status` (any 4xx; 403 if unset).
    `refused_after` carries the call out, and then answers `status` (any 4xx; 400 if unset).
    `repeated` is a load balancer that sends the body twice: the client reads the answer to the second copy. That copy
    is refused with `status`; without one, it is handled like any other call.
    `held` is a proxy that keeps the call for `seconds` after it has read it, and then delivers it, whether or not the
    client is still there. Without `seconds` it keeps the call until `OvhSimulator.deliver_held`.
    """

    method: str
    path: str
    kind: Kind
    times: int
    options: Mapping[str, Any]


@dataclass
class Faults:
    """Faults in the order they were added; a call uses up the first that matches it.

    `later` are other changes at OVH, by the number of the call before which they happen, counted from now; `at` adds
    one, `behind` adds one right after the next call of a route.
    """

    waiting: list[Fault] = field(default_factory=list)
    later: dict[int, Callable[[], None]] = field(default_factory=dict)
    following: list[tuple[str, str, Callable[[], None]]] = field(default_factory=list)

    def add(self, method: str, path: str, kind: Kind, *, times: int = 1, **options: Any) -> Fault:  # noqa: ANN401 - as above
        """Make the next calls of `path` fail; a method or path may contain * for anything.

        Raises ValueError if `status` is not 4xx: `error500` and others are for those.
        """
        if int(options.get("status", _REFUSALS[0])) not in _REFUSALS:
            raise ValueError(f"a refusal has a status from 400 to 499, not {options['status']}")
        fault = Fault(method, path, kind, times, options)
        self.waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Remove a fault, unless it is used up."""
        if fault in self.waiting:
            self.waiting.remove(fault)

    def at(self, call: int, change: Callable[[], None]) -> None:
        """Schedule a change before that call, or before the next one without a change."""
        while call in self.later:
            call += 1
        self.later[call] = change

    def behind(self, method: str, path: str, change: Callable[[], None]) -> None:
        """Schedule a change after the next call of `path`, before any other call."""
        self.following.append((method, path, change))

    def call(self, method: str, path: str) -> None:
        """Count a call, and run the change that is due before it."""
        due = self.later.pop(1, None)
        self.later = {number - 1: change for number, change in self.later.items()}
        if due is not None:
            due()
        for known in list(self.following):
            if fnmatchcase(method, known[0]) and fnmatchcase(path, known[1]):
                self.following.remove(known)
                self.at(1, known[2])

    def take(self, method: str, path: str) -> Fault | None:
        """Use up and return the first matching fault of a call and its answer."""
        return self._take(method, path, lambda kind: kind not in _ON_THE_WAY)

    def take_on_the_way(self, method: str, path: str) -> Fault | None:
        """Use up and return the first matching fault on the way to OVH."""
        return self._take(method, path, lambda kind: kind in _ON_THE_WAY)

    def _take(self, method: str, path: str, wanted: Callable[[Kind], bool]) -> Fault | None:
        for fault in self.waiting:
            if wanted(fault.kind) and fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self.waiting.clear()
        self.later.clear()
        self.following.clear()
