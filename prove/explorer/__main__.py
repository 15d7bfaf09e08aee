"""`python -m prove.explorer`: search schedules of deviations for one that breaks a law."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

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
    everything: Annotated[bool, typer.Option("--all", help="Also deviations of findings that are open.")] = False,
    names: Annotated[int, typer.Option(min=1, max=2, help="Names in the request.")] = 1,
    share: Annotated[float, typer.Option(help="Share of the pairs that is drawn.")] = 0.1,
    seconds: Annotated[float | None, typer.Option(help="Begin nothing new after so many seconds.")] = None,
    seed: Annotated[int, typer.Option(help="What is drawn.")] = 1,
    processes: Annotated[int, typer.Option(help="Processes side by side.")] = 2,
    replay: Annotated[str, typer.Option(help='One schedule, step by step: "38:lost 41:crash".')] = "",
    write_graph: Annotated[bool, typer.Option("--graph", help="Write graph.txt again, from all singles.")] = False,
) -> None:
    """Search schedules of faults, on simulated time, for one that orders or pays twice."""
    from prove.explorer.graph import Graph
    from prove.explorer.report import report
    from prove.explorer.search import Setup, be_quiet, search, search_drawn

    be_quiet()
    if replay:
        sys.exit(_replay(Setup(names, only_held=not everything), replay))
    if write_graph:
        found = search(Setup(names=2), share=0, processes=processes)
        GRAPH.write_text("".join(f"{line}\n" for line in Graph(found.edges).lines()))
        return
    started = time.monotonic()
    setup = Setup(names, only_held=not everything)
    if triples:
        found = search_drawn(setup, count=triples, deviations=3, seed=seed, processes=processes)
    else:
        found = search(setup, share=1.0 if pairs else share, seed=seed, processes=processes, seconds=seconds)
    print(report(setup, found, time.monotonic() - started))
    sys.exit(bool(found.breaks) and not everything)


def _replay(setup: object, text: str) -> int:
    from prove.explorer.search import NAMES, Setup
    from prove.explorer.world import World

    if not isinstance(setup, Setup):
        raise TypeError
    schedule = {int(number): what for number, what in (each.split(":") for each in text.split())}
    world = World(schedule, names=NAMES[setup.names], only_held=setup.only_held, tell=print)
    broken = world.run()
    print(f"BROKEN {broken}" if broken else f"Every law held; the request ended as {world.laws.cart.state}.")
    return int(broken is not None)


if __name__ == "__main__":
    app(prog_name="python -m prove.explorer")
