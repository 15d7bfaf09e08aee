"""`python -m sandbox`: try the bot without any account."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

_TIME_TO_WATCH = 20.0  # seconds from payment to delivery, so that users can watch the steps

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Start a pretend Slack and a pretend OVH, and the bot against them. Nothing leaves this machine.",
)


@app.command()
def sandbox(
    no_bot: Annotated[
        bool, typer.Option("--no-bot", help="Start the services alone, and print the bot's settings.")
    ] = False,
    port: Annotated[int, typer.Option(help="Where the page is; any free port where this one is taken.")] = 4000,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Walk one request through its whole life, print it, and leave.")
    ] = False,
    pictures: Annotated[
        Path | None, typer.Option(help="Take the README's pictures into this folder, and leave; needs Chromium.")
    ] = None,
) -> None:
    """Start a pretend Slack and a pretend OVH, and the bot against them. Nothing leaves this machine."""
    with tempfile.TemporaryDirectory(prefix="domain-desk-") as folder:
        sys.exit(asyncio.run(_run(Path(folder), port=port, no_bot=no_bot, rehearse=rehearse, pictures=pictures)))


async def _run(folder: Path, *, port: int, no_bot: bool, rehearse: bool, pictures: Path | None) -> int:
    from sandbox.rehearsal import Rehearsal
    from sandbox.stage import Stage

    stage = Stage(
        folder, settings={"DESK_SETTLE_SECONDS": "5", "DESK_ALLOW_PREMIUM": "true", "DESK_LIMIT_PER_ORDER": "2000"}
    )
    if not rehearse:
        stage.ovh.orders.deliver_after = _TIME_TO_WATCH
    await stage.open(page_port=port)
    try:
        print(f"Pretend Slack  {stage.slack_url}\nPretend OVH    {stage.ovh_url}", flush=True)
        if no_bot:
            print("\nSettings for a bot of your own:\n")
            print("\n".join(f"{name}={value}" for name, value in stage.environment.items()), flush=True)
        else:
            await stage.bot.start()
            print(f"The bot is connected. Its health: http://127.0.0.1:{stage.port}/healthz", flush=True)
            print(f"Its log: {stage.log}", flush=True)
        if pictures is not None:
            from sandbox.browser import NoBrowserError
            from sandbox.pictures import Pictures

            try:
                await Pictures(stage, pictures).take()
            except NoBrowserError as error:
                print(error, file=sys.stderr)
                return 1
            return 0
        if rehearse:
            return 0 if await Rehearsal(stage).play() else 1
        print(f"\nOpen {stage.page_url} in a browser. Ctrl-C stops all of it.", flush=True)
        await _until_stopped()
        return 0
    finally:
        await stage.close()


async def _until_stopped() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


app(prog_name="python -m sandbox")
