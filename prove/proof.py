"""`python -m prove.proof`: breaks one promise of the bot at a time, and shows which check notices it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from prove.mutants.every import MUTATIONS
from prove.mutants.mutation import Mutation
from prove.mutants.table import NOBODY, NOT_RUN, Row, Table

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "prove" / "mutations.md"
_NEEDED = (
    *("bench", "bot", "handlers", "ordering", "prove", "registrars", "sandbox", "store", "tests"),
    *("pyproject.toml", "uv.lock", "desk.toml.example", ".env.example", "README.md", "manifest.yml"),
)
_LONGEST = 900  # seconds: a mutation that makes the bot hang counts as noticed
_PYTEST, _NO_TESTS = ("-m", "pytest", "-q", "--no-header"), 5
WATCHERS = ("tests", "explorer", "campaign")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Runs the watchers on broken copies of the tree. `seconds` limits the explorer and the campaign, each."""

    watchers: Sequence[str] = WATCHERS
    each: bool = False
    share: float = 0.1
    seconds: float = 60
    _red: list[str] = field(default_factory=list)
    _green: dict[str, str] = field(default_factory=dict)

    def check(self, mutations: Sequence[Mutation]) -> None:
        """Run the nearest tests of all mutations on the unchanged tree. Tests that fail are reported and excluded."""
        if "tests" in self.watchers and mutations:
            paths = dict.fromkeys(path for mutation in mutations for path in mutation.tests.split())
            with copied() as whole:
                self._red.extend(_failures([*_PYTEST, *paths], whole))
            if self._red:
                print("These fail with nothing broken, so they watch nothing:", *self._red, sep="\n  ")

    def row(self, mutation: Mutation) -> Row:
        """Break the promise, and run the watchers in order, up to the first that notices it or all (`each`)."""
        started, cells = time.monotonic(), dict.fromkeys(WATCHERS, NOT_RUN)
        with copied(mutation) as broken:
            for watcher in self.watchers:
                if (command := self._command(watcher, mutation)) is None:
                    continue
                failed = _failures(command, broken)
                if failed and watcher != "tests":
                    self._must_be_green(watcher, command)
                cells[watcher] = f"`{failed[0].removeprefix('tests/')}`" if failed else NOBODY
                if failed and not self.each:
                    break
        return Row(
            mutation.name, cells["tests"], cells["explorer"], cells["campaign"], round(time.monotonic() - started)
        )

    def _command(self, watcher: str, mutation: Mutation) -> list[str] | None:
        """Return Python's arguments, or None if the tree has no such watcher."""
        if watcher == "tests":
            return [*_PYTEST, "-x", *mutation.tests.split(), *(f"--deselect={test}" for test in self._red)]
        if watcher == "campaign":
            return ["-W", "ignore", "-m", "prove", "--seconds", f"{self.seconds:g}"]
        if not (ROOT / "prove" / "explorer" / "__main__.py").exists():
            return None
        return ["-m", "prove.explorer", "--share", f"{self.share:g}", "--seconds", f"{self.seconds:g}"]

    def _must_be_green(self, watcher: str, command: list[str]) -> None:
        """Raise SystemExit if the watcher fails on the unchanged tree: it would notice everything."""
        if watcher not in self._green:
            with copied() as whole:
                self._green[watcher] = "".join(_failures(command, whole)[:1])
        if failed := self._green[watcher]:
            raise SystemExit(f"The {watcher} fails with nothing broken: {failed}. Fix that first.")


@app.command()
def main(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    only: Annotated[str, typer.Option(help="The mutations whose name or place holds this text.")] = "",
    part: Annotated[str, typer.Option(help='A part of them: "2/5" is the second fifth.')] = "1/1",
    by: Annotated[str, typer.Option(help="Who watches, in this order.")] = ",".join(WATCHERS),
    each: Annotated[bool, typer.Option("--each", help="Ask each watcher, though an earlier one noticed.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Leave out what the table has already.")] = False,
    share: Annotated[float, typer.Option(help="The explorer's share of the pairs.")] = 0.1,
    seconds: Annotated[float, typer.Option(help="How long the explorer and the campaign look, each.")] = 60,
    table: Annotated[Path, typer.Option(help="Where the rows are kept. Two runs at once need two.")] = TABLE,
    show: Annotated[bool, typer.Option("--list", help="Print names, places and tests; break nothing.")] = False,
) -> None:
    """Break one promise of the bot at a time, in a copy of the tree, and report which check notices it.

    First the nearest tests run, then the explorer, then the campaign: the first that fails has noticed. Each mutation
    gets a row of the table as soon as it is known, so a stopped run resumes with --resume. A run without --resume first
    removes the rows of its mutations. The exit code is 1 if a mutation was not noticed.

    All of one area: python -m prove.proof --only ordering.process.payment

    A fifth, on one of five machines: python -m prove.proof --part 2/5 --table second.md

    What the explorer alone sees: python -m prove.proof --by explorer --table explorer.md
    """
    chosen = _part([each for each in MUTATIONS if only in each.name or only in each.at], part)
    if show:
        for mutation in chosen:
            print(f"{mutation.name}\n    {mutation.at}\n    {mutation.tests}")
        return
    sys.exit(not run(chosen, Proof(_watchers(by), each, share, seconds), Table(table), resume=resume))


def run(mutations: Sequence[Mutation], proof: Proof, table: Table, *, resume: bool = False) -> bool:
    """Write a row for each mutation, and return whether each was noticed."""
    if not resume:
        table.remove(mutation.name for mutation in mutations)
    done = {row.name for row in table.rows()}
    left = [mutation for mutation in mutations if mutation.name not in done]
    proof.check(left)
    for mutation in left:
        row = proof.row(mutation)
        table.put(row, order=[each.name for each in MUTATIONS])
        print(row, flush=True)
    names = {mutation.name for mutation in mutations}
    missed = [row.name for row in table.rows() if row.name in names and not row.is_noticed]
    print(f"{len(mutations)} mutations, {len(missed)} noticed by nobody.", *missed, sep="\n  ")
    return not missed


def _watchers(by: str) -> list[str]:
    named = [name.strip() for name in by.split(",")]
    if unknown := set(named) - set(WATCHERS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: the watchers are {', '.join(WATCHERS)}.")
    return named


def _part(mutations: list[Mutation], part: str) -> list[Mutation]:
    if (found := re.fullmatch(r"(\d+)/(\d+)", part)) is None or not 1 <= int(found[1]) <= int(found[2]):
        raise typer.BadParameter(f"{part} is no part: write 2/5 for the second fifth.")
    return mutations[int(found[1]) - 1 :: int(found[2])]


@contextmanager
def copied(mutation: Mutation | None = None) -> Iterator[Path]:
    """Yield a copy of the tree, with this promise broken."""
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        copy = Path(folder)
        for source in (ROOT / name for name in _NEEDED if (ROOT / name).exists()):
            if source.is_dir():
                shutil.copytree(source, copy / source.name)  # with its byte code, which saves seconds
            else:
                shutil.copy(source, copy)
        if mutation is not None:
            broken = copy / mutation.file
            broken.write_text(mutation.mutated(broken.read_text()))
        yield copy


def _failures(command: list[str], tree: Path) -> list[str]:
    """Run Python in the tree, and return the failures: tests by their ids, otherwise a few words."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        return [f"no end within {_LONGEST} s"]
    if done.returncode in {0, _NO_TESTS}:
        return []
    return [*_failed(done.stdout)] or [f"exit code {done.returncode}"]


def _failed(printed: str) -> Iterator[str]:
    for line in printed.splitlines():
        if line.startswith(("FAILED tests/", "ERROR tests/")):
            yield line.partition(" ")[2].partition(" - ")[0]
        if line.startswith("| **") and not line.rstrip(" |").endswith("0"):
            yield line.split("**")[1]


if __name__ == "__main__":
    app(prog_name="python -m prove.proof")
