"""Runs schedules: none, one and two deviations exhaustively, more of them drawn; on all cores, in a fixed order."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from random import Random

import structlog

from prove.explorer.deviations import Options
from prove.explorer.graph import Edge
from prove.explorer.laws import LawBroken
from prove.explorer.world import Choose, Schedule, World

NAMES = {1: ("name.ovh",), 2: ("name.ovh", "name.com")}
_CHUNK = 4  # tasks that a process takes at once
_FIRST, _APART = 57, 40  # the first drawn deviation is at one of the places of the plain run, the next ones soon after


@dataclass(frozen=True, slots=True)
class Setup:
    """What all runs of a search share. `only_held` leaves out what belongs to an open finding."""

    names: int = 1
    only_held: bool = False

    def world(self, schedule: Schedule | Choose) -> World:
        return World(schedule, names=NAMES[self.names], only_held=self.only_held)


@dataclass(frozen=True, slots=True)
class Break:
    """A broken law and its schedule: each deviation by the number of its place, and the names of these places."""

    law: str
    what: str
    schedule: tuple[tuple[int, str], ...]
    places: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, ...]:
        """Breaks of one law by the same deviations at places of the same name are one kind."""
        return self.law, *(f"{what} at {place}" for (_, what), place in zip(self.schedule, self.places, strict=True))


@dataclass(slots=True)
class Found:
    """What a search saw. `edges` and `ends` are those of the runs that broke no law."""

    schedules: Counter[int] = field(default_factory=Counter)  # by their number of deviations
    breaks: list[Break] = field(default_factory=list)
    edges: set[Edge] = field(default_factory=set)
    ends: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)  # deviations, by word
    most_places: int = 0

    def add(self, other: Found) -> None:
        self.schedules += other.schedules
        self.breaks += other.breaks
        self.edges |= other.edges
        self.ends += other.ends
        self.met += other.met
        self.most_places = max(self.most_places, other.most_places)

    def note(self, world: World) -> None:
        """Add one run."""
        self.schedules[len(world.deviated)] += 1
        self.met.update(world.deviated.values())
        self.most_places = max(self.most_places, len(world.places))
        if world.broken is None:
            self.ends[world.laws.cart.state.value] += 1
            self.edges |= world.graph.edges
        else:
            self.breaks.append(broken(world, world.broken))


def broken(world: World, law: LawBroken) -> Break:
    schedule = tuple(sorted(world.deviated.items()))
    return Break(law.law, law.what, schedule, tuple(world.places[number][0] for number, _ in schedule))


def later_deviations(world: World, after: int = -1) -> Iterator[tuple[int, str]]:
    """Yield each deviation at each place of a run behind that place."""
    for number, (_, options) in enumerate(world.places):
        if number > after:
            for what in options:
                yield number, what


def singles(setup: Setup) -> list[tuple[int, str]]:
    """Return all schedules of one deviation."""
    world = setup.world({})
    world.run()
    return list(later_deviations(world))


def run_single(setup: Setup, single: tuple[int, str]) -> Found:
    """Run one deviation."""
    found = Found()
    world = setup.world(dict([single]))
    world.run()
    found.note(world)
    return found


def run_pairs(setup: Setup, single: tuple[int, str], share: float, seed: int) -> Found:
    """Run such a share of all pairs that begin with a deviation; 1 runs them all.

    A schedule that breaks a law is not extended: its extensions would break it again.
    """
    found = Found()
    world = setup.world(dict([single]))
    if world.run() is not None:
        return found
    draw = Random(f"{seed} {single}")
    for second in later_deviations(world, single[0]):
        if share < 1 and draw.random() >= share:
            continue
        pair = setup.world(dict([single, second]))
        pair.run()
        found.note(pair)
    return found


def run_drawn(setup: Setup, seeds: range, deviations: int) -> Found:
    """Run schedules of so many deviations at drawn places, one for each seed; a break is cut to what it needs."""
    found = Found()
    for seed in seeds:
        draw = Random(seed)
        places = {draw.randrange(_FIRST)}
        while len(places) < deviations:
            places.add(max(places) + 1 + draw.randrange(_APART))
        world = setup.world(partial(_drawn, frozenset(places), draw))
        world.run()
        found.note(world)
        if world.broken is not None:
            found.breaks[-1] = shortest(setup, found.breaks[-1])
    return found


def shortest(setup: Setup, known: Break) -> Break:
    """Return the break with the fewest of its deviations that still breaks the same law."""
    for count in range(1, len(known.schedule)):
        for some in combinations(known.schedule, count):
            world = setup.world(dict(some))
            law = world.run()
            if law is not None and law.law == known.law:
                return broken(world, law)
    return known


def search(setup: Setup, *, share: float, seed: int = 1, processes: int = 2, seconds: float | None = None) -> Found:
    """Run all singles, then such a share of all pairs; no new pairs are begun after so many seconds in all."""
    end = None if seconds is None else time.monotonic() + seconds
    world = setup.world({})
    world.run()
    found = Found()
    found.note(world)
    todo = singles(setup)
    _all_of(found, partial(run_single, setup), todo, processes, None)
    if share:
        Random(seed).shuffle(todo)  # so that a search that is cut short has seen a bit of everything
        _all_of(found, partial(run_pairs, setup, share=share, seed=seed), todo, processes, end)
    return found


def search_drawn(setup: Setup, *, count: int, deviations: int, seed: int = 1, processes: int = 2) -> Found:
    """Run so many drawn schedules of so many deviations each."""
    ranges = [range(start, min(start + 500, seed + count)) for start in range(seed, seed + count, 500)]
    return _all_of(Found(), partial(run_drawn, setup, deviations=deviations), ranges, processes, None)


def be_quiet() -> None:
    """Log nothing: a search would print millions of lines."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _all_of(found: Found, one: partial[Found], todo: Iterable[object], processes: int, end: float | None) -> Found:
    """Add the results in the order of the tasks, whichever process is first; begin none after that moment."""
    run = partial(_unless_late, one, end)
    if processes == 1:
        for task in todo:
            found.add(run(task))
        return found
    with ProcessPoolExecutor(processes, initializer=be_quiet) as pool:
        for result in pool.map(run, todo, chunksize=_CHUNK):
            found.add(result)
    return found


def _unless_late(one: partial[Found], end: float | None, task: object) -> Found:
    return Found() if end is not None and time.monotonic() >= end else one(task)


def _drawn(places: frozenset[int], draw: Random, number: int, options: Options) -> str | None:
    return draw.choice(options) if number in places and options else None
