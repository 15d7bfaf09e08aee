"""Exhaustive search of an explicit-state model, for a shortest way to a second payment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Protocol, TypeVar


class ModelState(Hashable, Protocol):
    """A state of a model."""

    @property
    def is_paid_twice(self) -> bool: ...


T = TypeVar("T", bound=ModelState)
Move = tuple[str, int, T]  # its name, the number of deviations that it costs, the state after it
_Ways = dict[tuple[T, int], tuple[tuple[T, int], str] | None]


def search(first: T, moves: Callable[[T], Iterator[Move[T]]], *, deviations: int) -> tuple[int, list[str] | None]:
    """Search all schedules with at most `deviations` deviations.

    Return how many states were visited, and the moves of a shortest way to a second payment, None if there is none.
    """
    ways: _Ways[T] = {(first, 0): None}
    todo = [(first, 0)]
    for here in todo:
        state, spent = here
        if state.is_paid_twice:
            return len(ways), _way(ways, here)
        for name, cost, after in moves(state):
            there = (after, spent + cost)
            if there[1] <= deviations and there not in ways:
                ways[there] = (here, name)
                todo.append(there)
    return len(ways), None


def _way(ways: _Ways[T], end: tuple[T, int]) -> list[str]:
    values = []
    step = ways[end]
    while step is not None:
        values.append(step[1])
        step = ways[step[0]]
    return values[::-1]
