"""Rows of a monospaced text: a name on the left, right-aligned figures on the right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Figures = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that is `width` characters wide; `widths` are those of its figures."""

    width: int
    widths: Sequence[int]

    @classmethod
    def of(cls, figures: Iterable[Figures], *, width: int) -> Columns:
        """Return the columns in which all these figures fit."""
        return cls(width, [max(map(len, column)) for column in zip(*figures, strict=True)])

    def row(self, name: str, figures: Figures) -> str:
        """Return a row; a name that does not fit next to the figures has a line of its own above them."""
        right = "".join(f" {figure:>{room}}" for figure, room in zip(figures, self.widths, strict=True))
        room = self.width - len(right)
        if columns_of(name) > room:
            return f"{name}\n{' ' * max(room, 0)}{right}"
        return f"{name}{' ' * (room - columns_of(name))}{right}"

    @property
    def rule(self) -> str:
        return "─" * self.width


def columns_of(text: str) -> int:
    """Return the number of columns that an escaped text takes in a monospaced font."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text.replace("&amp;", "&")
    )
