"""The commands: parse, call, print."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    name="domain-desk",
    help="Domain Desk: buy domain names together, from Slack. Settings come from the environment, .env or desk.toml.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


def main() -> None:
    """The console script `domain-desk`."""
    app()


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"domain-desk {version('domain-desk')}")
        raise typer.Exit


@app.callback()
def _desk(
    _asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    pass


@app.command()
def run() -> None:
    """Start the bot. It migrates its database first, and stops on Ctrl-C or SIGTERM."""
    import asyncio
    import os

    from bot import logs, wiring
    from bot.settings import SettingsError, read_settings

    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format, secrets=wiring.secrets(settings))
        asyncio.run(wiring.run(settings))
    except SettingsError as error:
        _mend(error.lines)
    # A thread may still wait for an answer of OVH; what it would bring is looked for at the next start.
    os._exit(0)


@app.command()
def export(
    form: Annotated[
        Format, typer.Option("--format", help="json: a list of carts. csv: a row for each name.")
    ] = Format.JSON,
    since: Annotated[
        str | None,
        typer.Option(help="Only carts that something happened to from this day on (UTC), such as 2026-11-01."),
    ] = None,
) -> None:
    """Print the record of all carts that approval was asked for, newest last."""
    from bot import export as record
    from bot.settings import read_database_url
    from ordering.cart import CartState
    from store.engine import open_engines
    from store.migrate import newest, revision
    from store.sql import SqlStore

    try:
        start = record.since(since) if since else None
    except ValueError:
        _mend((f"--since {since}: write a date like 2026-11-01.",))
    try:
        engines = open_engines(read_database_url())
    except ValueError as error:
        _mend((str(error),))
    if revision(engines) != newest():
        _mend(("The database has not this version's shape (yet): start the bot once, or run `migrate`.",))
    with SqlStore(engines).read() as carts:
        rows = ((c, carts.events(c.id)) for c in carts.every_cart(since=start) if c.state is not CartState.OPEN)
        write = record.write_json if form is Format.JSON else record.write_csv
        write(rows, sys.stdout)
    engines.close()


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape, and say which that is. `run` does it by itself."""
    from bot.settings import read_database_url
    from store import migrate as migrations
    from store.engine import open_engines

    try:
        engines = open_engines(read_database_url())
    except ValueError as error:
        _mend((str(error),))
    typer.echo(f"The database is at revision {migrations.migrate(engines)}.")
    engines.close()


def _mend(lines: tuple[str, ...]) -> NoReturn:
    typer.echo("Please mend these settings (.env.example explains each):", err=True)
    for line in lines:
        typer.echo(f"  {line}", err=True)
    raise typer.Exit(2)
