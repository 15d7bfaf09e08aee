"""`python -m prove`: the campaign on both databases in parallel, and its table."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

KINDS = ("sqlite", "postgresql")
_TO_THE_END = 900  # seconds, more than a run may take: a longer run hangs, so it is ended with a dump of its stacks
_MEETS_ALL = 900  # seconds: a campaign at least this long fails if one of its faults never occurred
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Kill and mislead the bot on the true wire, and check that nothing is ordered or paid twice.",
)


@app.command()
def prove(
    seconds: Annotated[float, typer.Option(envvar="PROVE_SECONDS", help="How long to go on.")] = 300,
    seed: Annotated[int, typer.Option(help="Where the runs' seeds begin.")] = 1,
    database: Annotated[str, typer.Option(help="sqlite or postgresql alone; both where nothing is said.")] = "",
    replay: Annotated[int | None, typer.Option(help="One run alone, by the seed that a failure printed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", hidden=True)] = False,
) -> None:
    """Kill and mislead the bot on the true wire, and check that nothing is ordered or paid twice."""
    from prove.table import never_met, table

    if as_json or replay is not None:
        seen = _campaign(database or KINDS[0], seconds, seed, replay)
        print(json.dumps(seen) if as_json else table({database or KINDS[0]: seen}))
        sys.exit(bool(seen["broken"]))
    kinds = [database] if database else list(KINDS)
    found = asyncio.run(_side_by_side(kinds, seconds, seed))
    print(table(found))
    missed = {kind: never_met(kind, seen) for kind, seen in found.items()}
    for kind, rows in missed.items():
        if rows:
            print(f"Never met on {kind}: {'; '.join(rows)}")
    is_long = seconds >= _MEETS_ALL
    sys.exit(any(seen["broken"] for seen in found.values()) or (is_long and any(missed.values())))


async def _side_by_side(kinds: list[str], seconds: float, seed: int) -> dict[str, dict[str, object]]:
    """Run one process per database, because each is bound by its interpreter's lock."""

    async def one(kind: str) -> dict[str, object]:
        options = ("--json", "--database", kind, "--seconds", str(seconds), "--seed", str(seed))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-m", "prove", *options, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        if not printed:
            raise SystemExit(f"The campaign on {kind} ended by itself; what it said stands above.")
        return dict(json.loads(printed.splitlines()[-1]))

    return dict(zip(kinds, await asyncio.gather(*(one(kind) for kind in kinds)), strict=True))


def _campaign(kind: str, seconds: float, seed: int, replay: int | None) -> dict[str, object]:
    from bot import logging as logs
    from prove.campaign import Campaign
    from prove.crash_points import add_crash_points
    from prove.databases import opened

    add_crash_points()
    faulthandler.dump_traceback_later(_TO_THE_END + (seconds if replay is None else 0), exit=True)
    with tempfile.TemporaryDirectory(prefix="prove-") as folder, contextlib.ExitStack() as stack:
        log = stack.enter_context((Path(folder) / "bots.log").open("w+"))
        with contextlib.redirect_stderr(log):
            logs.configure("INFO", "json")
        campaign = Campaign(seed=seed, databases=stack.enter_context(opened(kind, Path(folder))))
        asyncio.run(campaign.last(seconds) if replay is None else campaign.run(replay))
        log.seek(0)
        leaks = sum("xoxb-" in line or "orderPassword=" in line.replace("orderPassword=***", "") for line in log)
        if leaks:
            campaign.seen.broken.append((seed, "secrets in logs, channels or database", f"{leaks} lines of the log"))
        logging.getLogger().handlers.clear()  # log lines during shutdown must not meet a closed file
        return dict(vars(campaign.seen))


if __name__ == "__main__":
    app(prog_name="python -m prove")
