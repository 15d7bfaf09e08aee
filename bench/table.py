"""A table of measurements, its goals, and whether they are met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

SLACK = 1.5  # times a goal: what a shared machine may add before it counts as broken


@dataclass(frozen=True)
class Goal:
    """A figure that is to be at most, or at least, something; both sides are of the same run."""

    what: str
    found: float
    bound: float
    kind: Literal["at most", "at least"] = "at most"
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.found <= self.bound if self.kind == "at most" else self.found >= self.bound

    @property
    def broken(self) -> bool:
        """Beyond what the machine may add. A count that is to be 0 has no slack."""
        if self.kind == "at most":
            return self.found > self.bound * SLACK
        return self.found < self.bound / SLACK

    def __str__(self) -> str:
        found, bound = (f"{figure:.3g}{self.unit}" for figure in (self.found, self.bound))
        return f"{'met' if self.met else 'MISSED'}: {self.what}: {found}, goal {self.kind} {bound}"


@dataclass
class Table:
    """One measurement: figures in rows, goals and notes below them."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        self.rows.append([_formatted(cell) for cell in cells])

    @property
    def broken(self) -> bool:
        return any(goal.broken for goal in self.goals)

    def __str__(self) -> str:
        """In Markdown, with its columns aligned so that it reads well as it is."""
        grid = [list(self.columns), *map(list, self.rows)]
        widths = [max(len(row[place]) for row in grid) for place in range(len(self.columns))]
        lines = [_row(row, widths) for row in grid]
        lines.insert(1, "|" + "|".join(f" {'-' * (width - 1)}: " for width in widths) + "|")
        below = [f"- {goal}" for goal in self.goals] + [f"- {note}" for note in self.notes]
        return "\n".join([f"## {self.title}", "", *lines, "", *below, ""])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "|" + "|".join(f" {cell:>{width}} " for cell, width in zip(cells, widths, strict=True)) + "|"


def _formatted(cell: object) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
