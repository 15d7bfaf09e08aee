"""Runs schedules: none, one and two deviations exhaustively, more of them sampled; on all cores, in a fixed order."""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from random import Random

import structlog

from prove.explorer.deviations import Options
from prove.explorer.graph import Edge
from prove.explorer.known import KNOWN, Wanted
from prove.explorer.law_names import KNOWN_CASES, LawBroken
from prove.explorer.world import Choose, Schedule, World

NAMES = {1: ("name.ovh",), 2: ("name.ovh", "name.com")}
DRAWN_AT_ONCE = 100  # drawn schedules that a process runs in one task
_APART = 40  # the first sampled deviation is at a place of the plain run, the next ones this many places later
_COLLECTED_EVERY = 50  # runs; a run leaves cycles, and collecting them whenever Python likes cost a quarter of the time


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings that all runs of a search share."""

    names: int = 1

    def world(self, schedule: Schedule | Choose) -> World:
        return World(schedule, names=NAMES[self.names])

    def plain(self) -> World:
        """Run without a deviation."""
        world = self.world({})
        world.run()
        return world


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
    """The results of a search. `edges` and `ends` are those of the runs that broke no law.

    `apart` counts the runs that ended in a case that no client can tell apart, by its name: these are no breaks.
    """

    schedules: Counter[int] = field(default_factory=Counter)  # by their number of deviations
    breaks: list[Break] = field(default_factory=list)
    edges: set[Edge] = field(default_factory=set)
    ends: Counter[str] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)  # deviations, by word
    most_places: int = 0
    most_steps: int = 0

    def add(self, other: Found) -> None:
        self.schedules += other.schedules
        self.breaks += other.breaks
        self.edges |= other.edges
        self.ends += other.ends
        self.apart += other.apart
        self.met += other.met
        self.most_places = max(self.most_places, other.most_places)
        self.most_steps = max(self.most_steps, other.most_steps)

    def note(self, world: World) -> None:
        """Add one run."""
        self.schedules[len(world.deviated)] += 1
        self.met.update(world.deviated.values())
        self.most_places = max(self.most_places, len(world.places))
        self.most_steps = max(self.most_steps, world.steps)
        if world.broken is None:
            self.ends[world.laws.cart.state.value] += 1
            self.edges |= world.graph.edges
        elif world.broken.law in KNOWN_CASES:
            self.apart[world.broken.law] += 1
        else:
            self.breaks.append(broken(world, world.broken))
        if self.schedules.total() % _COLLECTED_EVERY == 0 and not gc.isenabled():
            gc.collect()


def broken(world: World, law: LawBroken) -> Break:
    schedule = tuple(sorted(world.deviated.items()))
    return Break(law.law, law.what, schedule, tuple(world.places[number][0] for number, _ in schedule))


def later_deviations(world: World, after: int = -1) -> Iterator[tuple[int, str]]:
    """Yield each deviation at each place of a run after the place `after`."""
    for number, (_, options) in enumerate(world.places):
        if number > after:
            for what in options:
                yield number, what


def singles(setup: Setup) -> list[tuple[int, str]]:
    """Return all schedules of one deviation."""
    return list(later_deviations(setup.plain()))


def run_single(setup: Setup, single: tuple[int, str]) -> Found:
    """Run a schedule of one deviation."""
    found = Found()
    world = setup.world(dict([single]))
    world.run()
    found.note(world)
    return found


def run_known(setup: Setup, wanted: Sequence[Wanted]) -> Found:
    """Run a schedule that is given by the names of its places; a break is shrunk to the shortest."""
    found = Found()
    world, _ = follow(setup, wanted)
    found.note(world)
    if world.broken is not None and found.breaks:
        parts = (follow(setup, some)[0] for count in range(len(wanted)) for some in combinations(wanted, count))
        shorter = next((each for each in parts if each.broken and each.broken.law == world.broken.law), world)
        found.breaks[-1] = broken(shorter, shorter.broken or world.broken)
    return found


def follow(setup: Setup, wanted: Sequence[Wanted]) -> tuple[World, list[Wanted]]:
    """Run the first schedule in which each deviation meets a place whose name begins so, in this order.

    Return also the deviations that met no place.
    """
    left: list[Wanted] = list(wanted)

    def choose(number: int, options: Options) -> str | None:
        label = world.places[number][0]
        if left and f"{label} ".startswith(left[0][0]) and left[0][1] in options:
            return left.pop(0)[1]
        return None

    world = setup.world(choose)
    world.run()
    return world, left


def run_pairs(setup: Setup, single: tuple[int, str], share: float, seed: int) -> Found:
    """Run this share of all pairs that begin with a deviation; 1 runs them all.

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


def run_call(setup: Setup, first: tuple[int, str], share: float, seed: int) -> Found:
    """Run a late display of a money call with each answer to the call, and these with each later user action.

    These are the triples that break a rule of money first; other third deviations are sampled by the share.
    """
    found = Found()
    world = setup.world(dict([first]))
    if world.run() is not None:
        return found
    draw = Random(f"{seed} {first}")
    answers = [second for second in later_deviations(world, first[0]) if second[0] == first[0] + 1]
    for second in answers:
        pair = setup.world(dict([first, second]))
        pair.run()
        found.note(pair)
        for third in later_deviations(pair, second[0]) if pair.broken is None else ():
            if pair.places[third[0]][0].startswith("person ") or draw.random() < share:
                triple = setup.world(dict([first, second, third]))
                triple.run()
                found.note(triple)
    return found


def run_drawn(setup: Setup, seeds: range, deviations: int) -> Found:
    """Run schedules of `deviations` deviations at sampled places, one per seed; a break is shrunk to the shortest."""
    found = Found()
    first = len(setup.plain().places)
    for seed in seeds:
        draw = Random(seed)
        places = {draw.randrange(first)}
        while len(places) < deviations:
            places.add(max(places) + 1 + draw.randrange(_APART))
        world = setup.world(partial(_drawn, frozenset(places), draw))
        world.run()
        before = len(found.breaks)
        found.note(world)
        if len(found.breaks) > before:
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


@dataclass(frozen=True, slots=True)
class Search:
    """How a search runs: the number of processes, the time limit, and the progress callback.

    `until` is a moment of `time.monotonic`; no task begins after it. `tell` gets the position after each task and the
    results so far: a search resumes from a position by the same command with `--from`. With `first` it ends with the
    first break.
    """

    processes: int = 2
    until: float | None = None
    tell: Callable[[int, Found], object] | None = None
    first: bool = False

    def run(self, found: Found, one: Callable[..., Found], tasks: Sequence[object], *, start: int = 0) -> int:
        """Add the results in the order of the tasks, whichever process is first; return the position after them."""
        position = start
        if self.first and found.breaks:
            return position
        for result in self._results(partial(_unless_late, one, self.until), tasks[start:]):
            if result is None:
                break
            found.add(result)
            position += 1
            if self.tell is not None:
                self.tell(position, found)
            if self.first and found.breaks:
                break
        return position

    def _results(self, one: Callable[[object], Found | None], tasks: Sequence[object]) -> Iterator[Found | None]:
        if self.processes == 1:
            yield from map(one, tasks)
            return
        pool = ProcessPoolExecutor(self.processes, initializer=begin_worker)
        try:
            yield from pool.map(one, tasks)
        finally:
            pool.shutdown(cancel_futures=True)


def search_singles(setup: Setup, how: Search) -> Found:
    """Run the plain schedule and all single deviations."""
    found = Found()
    found.note(setup.plain())
    Search(how.processes, how.until, first=how.first).run(found, partial(run_single, setup), singles(setup))
    return found


def search_known(setup: Setup, found: Found, how: Search) -> None:
    """Run the schedules of `known`."""
    Search(how.processes, how.until, first=how.first).run(found, partial(run_known, setup), KNOWN)


def search_calls(setup: Setup, found: Found, how: Search, *, share: float = 0.01, seed: int = 1) -> None:
    """Run the schedules about the answers to calls that buy or pay: see `run_call`."""
    world = setup.plain()
    todo = [single for single in singles(setup) if world.places[single[0]][0].endswith(" shows")]
    Random(seed).shuffle(todo)
    how.run(found, partial(run_call, setup, share=share, seed=seed), todo)


def search_pairs(
    setup: Setup, found: Found, how: Search, *, share: float = 1.0, seed: int = 1, start: int = 0
) -> tuple[int, int]:
    """Run this share of all pairs; return the position after them and the position of the end.

    A position counts first deviations, in an order that the seed draws, so that a search that is cut short has sampled
    everything a little.
    """
    todo = singles(setup)
    Random(seed).shuffle(todo)
    return how.run(found, partial(run_pairs, setup, share=share, seed=seed), todo, start=start), len(todo)


def search_drawn(
    setup: Setup, found: Found, how: Search, *, count: int, deviations: int, seed: int = 1, start: int = 0
) -> tuple[int, int]:
    """Run sampled schedules, one for each number from the seed on; positions count hundreds of them."""
    end = seed + count
    tasks = [range(at, min(at + DRAWN_AT_ONCE, end)) for at in range(seed, end, DRAWN_AT_ONCE)]
    return how.run(found, partial(run_drawn, setup, deviations=deviations), tasks, start=start), len(tasks)


def be_quiet() -> None:
    """Log nothing: a search would print millions of lines."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)  # the rules themselves know the standard library only


def begin_worker() -> None:
    """Prepare a process that does nothing but run schedules."""
    be_quiet()
    gc.collect()
    gc.freeze()
    gc.disable()


def _unless_late(one: Callable[[object], Found], end: float | None, task: object) -> Found | None:
    return None if end is not None and time.monotonic() >= end else one(task)


def _drawn(places: frozenset[int], draw: Random, number: int, options: Options) -> str | None:
    return draw.choice(options) if number in places and options else None
