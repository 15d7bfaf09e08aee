"""The table of mutations and the check that notices each: a Markdown file that a stopped run continues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

NOBODY, NOT_RUN = "**no**", "-"
_HEAD = """# Who notices which mutation

`python -m prove.proof` wrote this table: it breaks one promise of the bot at a time and asks the nearest tests, then
the explorer, then the campaign. A cell names what failed; **no** means that nothing failed; - means not asked.

| mutation | tests | explorer | campaign | seconds |
| --- | --- | --- | --- | ---: |
"""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    tests: str
    explorer: str
    campaign: str
    seconds: int

    @property
    def is_noticed(self) -> bool:
        return any(cell not in {NOBODY, NOT_RUN} for cell in (self.tests, self.explorer, self.campaign))

    def __str__(self) -> str:
        return f"| {self.name} | {self.tests} | {self.explorer} | {self.campaign} | {self.seconds} |"


@dataclass(frozen=True, slots=True)
class Table:
    path: Path

    def rows(self) -> list[Row]:
        if not self.path.exists():
            return []
        lines = self.path.read_text().partition("---: |\n")[2].splitlines()
        cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line]
        return [
            Row(name, tests, explorer, campaign, int(seconds)) for name, tests, explorer, campaign, seconds in cells
        ]

    def put(self, row: Row, *, order: Sequence[str]) -> None:
        """Add the row, in this order of the names; rows of other names are removed."""
        rows = {each.name: each for each in self.rows()} | {row.name: row}
        self._write(rows[name] for name in order if name in rows)

    def remove(self, names: Iterable[str]) -> None:
        gone = set(names)
        self._write(row for row in self.rows() if row.name not in gone)

    def _write(self, rows: Iterable[Row]) -> None:
        whole = _HEAD + "".join(f"{row}\n" for row in rows)
        beside = self.path.with_suffix(".new")
        beside.write_text(whole)
        beside.replace(self.path)
