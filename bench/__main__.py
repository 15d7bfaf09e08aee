"""`python -m bench`: all tables, side by side in one run; `--quick` for a look at each in less than a minute."""

from __future__ import annotations

import logging
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bench import acks, felt, search, start, store
from bench.table import Table

_LATEST = Path(__file__).parent / "latest.md"


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="Small figures; fails only where a table is twice beyond 1.5 times a goal.")
    ] = False,
    only: Annotated[str, typer.Option(help="Numbers of tables, such as 1,4.")] = "",
) -> None:
    """Measure, print the tables, and keep them in bench/latest.md; ends with 1 where a goal is missed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    tables: dict[str, Callable[[], Table]] = {
        "1": lambda: felt.searches(quick=quick),
        "2": lambda: acks.bursts(quick=quick),
        "3": lambda: acks.under_load(quick=quick),
        "4": lambda: search.too_fast(quick=quick),
        "5": lambda: store.figures(quick=quick),
        "6": lambda: start.figures(quick=quick),
        "7": search.repeated,
    }
    wanted = only.split(",") if only else list(tables)
    begun = time.monotonic()
    made = []
    for number in wanted:
        table = tables[number]()
        print(table, flush=True)
        if quick and table.broken:
            print("Measured once more, as something else may have kept the machine busy.")
            table = tables[number]()
            print(table, flush=True)
        made.append(table)
    goals = [goal for table in made for goal in table.goals]
    met = sum(goal.met for goal in goals)
    line = f"{met} of {len(goals)} goals met, in {time.monotonic() - begun:.0f} s."
    print(line)
    if not quick and not only:
        _LATEST.write_text("\n".join([_head(), *map(str, made), line, ""]))
    sys.exit(any(table.broken for table in made) if quick else met < len(goals))


def _head() -> str:
    return (
        f"# Measurements of {datetime.now(UTC):%Y-%m-%d}\n\n`make bench`, on {platform.system()} with Python "
        f"{platform.python_version()}. Ratios of one run count; seconds are of one machine.\n"
    )


typer.run(main)
