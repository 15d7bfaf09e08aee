"""The results of a search as text."""

from __future__ import annotations

import sys
import time
from collections import defaultdict

from prove.explorer.search import Break, Found, Setup, singles

_TELLS_EVERY = 60.0  # seconds


def report(setup: Setup, found: Found, seconds: float) -> str:
    """Format the counts and duration; each kind of break with its shortest replay."""
    world = setup.plain()
    deviations = len(singles(setup))
    total = found.schedules.total()
    counts = ", ".join(f"{count} of {many}" for many, count in sorted(found.schedules.items()))
    lines = [
        f"{len(world.places)} places and {deviations} deviations in the plain run",
        f"at most {found.most_places} places and {found.most_steps} steps in a run",
        f"{total} schedules by their deviations: {counts}",
        f"{seconds:.0f} s, {total / max(seconds, 0.001):.0f} schedules a second",
        f"ends: {', '.join(f'{state} {count}' for state, count in sorted(found.ends.items()))}",
        f"met: {', '.join(f'{what} {count}' for what, count in sorted(found.met.items()))}",
    ]
    lines += [f"counted apart: {name}: {count} schedules" for name, count in sorted(found.apart.items())]
    kinds = kinds_of(found.breaks)
    lines.append(f"laws broken: {len(found.breaks)} schedules, {len(kinds)} kinds")
    for kind, breaks in kinds.items():
        first = min(breaks, key=lambda one: (len(one.schedule), one.schedule))
        lines.append(f"BROKEN {first.law} ({len(breaks)}): {'; '.join(kind[1:]) or 'no deviation'}: {first.what}")
        lines.append(f"    replay: {command(setup, first)}")
    return "\n".join(lines)


class Progress:
    """Reports on stderr, once a minute, the progress of a search, and each kind of break as soon as it is found."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._told_at = time.monotonic()
        self._known = 0
        self._kinds: set[tuple[str, ...]] = set()

    def __call__(self, position: int, found: Found) -> None:
        for one in found.breaks[self._known :]:
            if one.kind not in self._kinds:
                self._kinds.add(one.kind)
                self._tell(f"BROKEN {one.law}: {one.what}: {command(self._setup, one)}")
        self._known = len(found.breaks)
        if time.monotonic() - self._told_at >= _TELLS_EVERY:
            self._told_at = time.monotonic()
            self._tell(f"position {position}: {found.schedules.total()} schedules, {len(found.breaks)} breaks")

    def _tell(self, what: str) -> None:
        sys.stderr.write(f"{what}\n")
        sys.stderr.flush()


def kinds_of(breaks: list[Break]) -> dict[tuple[str, ...], list[Break]]:
    """Group breaks by kind, those with the fewest deviations first."""
    found: dict[tuple[str, ...], list[Break]] = defaultdict(list)
    for one in sorted(breaks, key=lambda one: (len(one.schedule), one.kind, one.schedule)):
        found[one.kind].append(one)
    return dict(found)


def command(setup: Setup, one: Break) -> str:
    """Return the command that reproduces a break."""
    schedule = " ".join(f"{number}:{what}" for number, what in one.schedule)
    options = ["--names", str(setup.names)] if setup.names > 1 else []
    return " ".join(["python -m prove.explorer", *options, f'--replay "{schedule}"'])
