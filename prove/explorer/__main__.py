"""`python -m prove.explorer`: search the schedules of deviations for one that breaks a law."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from prove.explorer.search import Search, Setup

GRAPH = Path(__file__).with_name("graph.txt")
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Search schedules of faults, on simulated time, for one that orders or pays twice.",
)


@app.command()
def explore(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    pairs: Annotated[bool, typer.Option("--pairs", help="All pairs of deviations, not a drawn part.")] = False,
    triples: Annotated[int, typer.Option(help="So many drawn schedules of three deviations, in place of pairs.")] = 0,
    names: Annotated[int, typer.Option(min=1, max=2, help="Names in the request.")] = 1,
    share: Annotated[float, typer.Option(help="Share of the pairs that is drawn.")] = 0.1,
    seconds: Annotated[float | None, typer.Option(help="Begin nothing new after so many seconds.")] = None,
    seed: Annotated[int, typer.Option(help="What is drawn, and in which order.")] = 1,
    start: Annotated[int, typer.Option("--from", help="Go on from the position that an earlier search printed.")] = 0,
    first: Annotated[bool, typer.Option("--first", help="Stop at the first break.")] = False,
    processes: Annotated[int, typer.Option(help="Processes side by side.")] = 2,
    replay: Annotated[str, typer.Option(help='One schedule, step by step: "38:lost 41:crash".')] = "",
    write_graph: Annotated[bool, typer.Option("--graph", help="Write graph.txt again, from all singles.")] = False,
    mutants: Annotated[bool, typer.Option("--mutants", help="Say which broken guards it finds by itself.")] = False,
    only: Annotated[str, typer.Option(help="Of the mutants, those with this in their name.")] = "",
    mutant: Annotated[str, typer.Option(help="Search, or replay, with the guard of this mutation broken.")] = "",
) -> None:
    """Search schedules of faults, on simulated time, for one that orders or pays twice."""
    from prove.explorer.mutants import break_promise, try_mutants

    if mutant:
        break_promise(mutant)  # before the rules are imported
    from prove.explorer.report import Progress
    from prove.explorer.search import Search, Setup, be_quiet

    be_quiet()
    setup = Setup(names)
    if replay:
        sys.exit(_replay(setup, replay))
    if write_graph:
        _write_graph(processes)
        return
    if mutants:
        sys.exit(try_mutants(seconds or 60.0, processes, only))
    until = None if seconds is None else time.monotonic() + seconds
    how = Search(processes, until, Progress(setup), first)
    sys.exit(_search(setup, how, share=1.0 if pairs else share, triples=triples, seed=seed, start=start))


def _search(setup: Setup, how: Search, *, share: float, triples: int, seed: int, start: int) -> bool:
    """Search and report; return whether a law broke that must hold today."""
    from prove.explorer.report import report
    from prove.explorer.search import Found, search_calls, search_drawn, search_known, search_pairs, search_singles

    started = time.monotonic()
    found = Found()
    if not start and not triples:
        search_known(setup, found, how)
        found.add(Found() if how.first and found.breaks else search_singles(setup, how))
    if triples:
        position, end = search_drawn(setup, found, how, count=triples, deviations=3, seed=seed, start=start)
    elif share:
        if not start:
            search_calls(setup, found, replace(how, tell=None), seed=seed)
        position, end = search_pairs(setup, found, how, share=share, seed=seed, start=start)
    else:
        position, end = 0, 0
    print(report(setup, found, time.monotonic() - started))
    print(f"from position {start} to {position} of {end}, seed {seed}")
    return bool(found.breaks)


def _write_graph(processes: int) -> None:
    from prove.explorer.graph import Graph
    from prove.explorer.search import Search, Setup, search_singles

    found = search_singles(Setup(names=2), Search(processes))
    GRAPH.write_text("".join(f"{line}\n" for line in Graph(found.edges).lines()))


def _replay(setup: Setup, text: str) -> int:
    from prove.explorer.search import NAMES
    from prove.explorer.world import World

    schedule = {int(number): what for number, what in (each.split(":") for each in text.split())}
    world = World(schedule, names=NAMES[setup.names], tell=print)
    broken = world.run()
    if unmet := schedule.keys() - world.deviated.keys():
        print(f"Not possible in this run: {' '.join(f'{number}:{schedule[number]}' for number in sorted(unmet))}")
    print(f"BROKEN {broken}" if broken else f"Every law held; the request ended as {world.laws.cart.state}.")
    return int(broken is not None)


if __name__ == "__main__":
    app(prog_name="python -m prove.explorer")
