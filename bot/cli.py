"""The commands: parse, call, print."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.engine import Engines

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
    from bot import lifecycle, logs, wiring
    from bot.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        _mend(error.lines)
    logs.configure(settings.log_level, settings.log_format, secrets=wiring.secrets(settings))
    _warn(settings)
    lifecycle.main(settings)


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
    from ordering.cart import CartState
    from store.sql import SqlStore

    try:
        start = record.since(since) if since else None
    except ValueError:
        _mend((f"--since {since}: write a date like 2026-11-01.",))
    engines = _engines()
    _must_be_newest(engines)
    with SqlStore(engines).read() as carts:
        rows = ((c, carts.events(c.id)) for c in carts.every_cart(since=start) if c.state is not CartState.OPEN)
        write = record.write_json if form is Format.JSON else record.write_csv
        write(rows, sys.stdout)
    engines.close()


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="A head that an earlier `verify` printed: check that it is still part of the chain."),
    ] = None,
) -> None:
    """Check the record: find each event that was changed, removed or inserted, and each cart that contradicts it.

    Prints one line a fault, then the chain's head. Note that somewhere else now and then: with `--head` it shows
    later that nothing before it was rewritten. Ends with 1 where something is wrong.
    """
    from ordering.audit import Audit
    from store.sql import SqlStore

    if head is not None and not re.fullmatch(r"[0-9a-f]{64}", head):
        _mend((f"--head {head}: write the 64 digits that `verify` printed.",))
    engines = _engines()
    _must_be_newest(engines)
    with SqlStore(engines).read() as carts:
        audit = Audit(carts.record(), known_head=head)
        faults = 0
        for faults, fault in enumerate(audit.faults(), start=1):  # noqa: B007 - their number is told at the end
            typer.echo(str(fault))
    engines.close()
    typer.echo(audit.summary(faults))
    raise typer.Exit(1 if faults else 0)


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape, and say which that is. `run` does it by itself."""
    from store import migrate as migrations

    engines = _engines()
    typer.echo(f"The database is at revision {migrations.migrate(engines)}.")
    engines.close()


def _warn(settings: Settings) -> None:
    """Tell the operator what works, but is unsafe where real money moves."""
    import structlog

    from bot.settings import LONGEST_DEED

    if settings.settles_too_soon:
        seconds = settings.desk_settle_seconds
        structlog.get_logger().warning("settle_seconds_short", seconds=seconds, one_call_may_take=LONGEST_DEED)


def _engines() -> Engines:
    from bot.settings import read_database_url
    from store.engine import open_engines

    try:
        return open_engines(read_database_url())
    except ValueError as error:
        _mend((str(error),))


def _must_be_newest(engines: Engines) -> None:
    from store.migrate import newest, revision

    if revision(engines) != newest():
        _mend(("The database has not this version's shape (yet): start the bot once, or run `migrate`.",))


def _mend(lines: tuple[str, ...]) -> NoReturn:
    typer.echo("Please mend these settings (.env.example explains each):", err=True)
    for line in lines:
        typer.echo(f"  {line}", err=True)
    raise typer.Exit(2)
