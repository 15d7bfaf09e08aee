"""The command line: parse, call, print."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.engine import Engines

_UNUSABLE = 2
_INTERRUPTED = 130  # as a shell reports a process that SIGINT ended
_PATIENCE = 1800  # seconds for or between statements of `export`, `verify` or `migrate`: the audit log may be long

app = typer.Typer(
    name="domain-desk",
    help="Domain Desk: buy domain names together, from Slack. Settings come from the environment, .env or desk.toml.",
    epilog="Exit codes: 0 done; 1 a fault was found; 2 a setting or the database must be fixed first.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


def main(program: str = "domain-desk") -> None:
    """Run the console script; Ctrl-C before or after a command also ends without a traceback."""
    try:
        app(prog_name=program)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"domain-desk {version('domain-desk')}")
        raise typer.Exit


@app.callback()
def _desk(
    context: typer.Context,
    _asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    # The database and its -wal and -shm files hold personal data: only the bot's user may read them.
    os.umask(0o077)
    if context.invoked_subcommand != "run":
        # `export | head` ends like any other command in a pipe. `run` must survive a broken pipe of its own sockets.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)


@app.command()
def run() -> None:
    """Start the bot, after migrating its database. Ctrl-C or SIGTERM stops it.

    Exits with 2 if a setting or the database must be fixed first, and prints one line per fault.
    """
    from bot import app as wiring
    from bot import lifecycle
    from bot import logging as logs
    from bot.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        _fix(error.lines)
    logs.configure(settings.log_level, settings.log_format, secrets=wiring.secrets(settings))
    _warn(settings)
    lifecycle.main(settings)


@app.command()
def rules() -> None:
    """Print the rules in force and where each comes from, before a start or for a review.

    Needs no keys of Slack or OVH. Exits with 2 if a setting must be fixed first.
    """
    from bot.rules import rules_in_force
    from bot.settings import SettingsError, read_rules

    try:
        for line in rules_in_force(read_rules()):
            typer.echo(line)
    except SettingsError as error:
        _fix(error.lines)


@app.command()
def export(
    form: Annotated[
        Format, typer.Option("--format", help="json: a list of requests. csv: a row for each name.")
    ] = Format.JSON,
    since: Annotated[
        str | None,
        typer.Option(help="Only requests that something happened to from this day on (UTC), such as 2026-11-01."),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Only requests that this person had a part in, by Slack id, with the answers they gave."),
    ] = None,
) -> None:
    """Print the record of all requests, newest last, for an auditor or a spreadsheet.

    Exits with 2 if the database must be fixed first.
    """
    from bot import export as record
    from ordering.model.cart import CartState
    from ordering.record.pseudonyms import people_of
    from store.diagnosis import explained
    from store.transactions import SqlStore

    if person is not None:
        _require_slack_id(person)
    try:
        start = record.since(since) if since else None
    except ValueError:
        _end(f"--since {since}: write a date like 2026-11-01.")
    with _engines() as engines, explained(engines.read), SqlStore(engines).read() as carts:
        found = (c for c in carts.every_cart(since=start) if c.state is not CartState.OPEN or person is not None)
        rows = ((c, carts.events(c.id)) for c in found if person is None or person in people_of(c))
        if form is Format.JSON:
            record.write_json(rows, sys.stdout, person=person)
        else:
            record.write_csv(rows, sys.stdout)


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            help="A head that an earlier `verify` printed, or a line of the approval channel: check that it is still "
            "part of the chain."
        ),
    ] = None,
) -> None:
    """Check the record: find each event that was changed, removed or inserted, and each cart that contradicts it.

    Prints one line per fault, then the chain's head. Store the head somewhere else from time to time: with `--head`
    it later proves that nothing before it was rewritten. Exits with 1 if a fault was found, with 2 if the database
    must be fixed first.
    """
    from ordering.record.verification import Audit
    from store.diagnosis import explained
    from store.transactions import SqlStore

    if head is not None:
        head = _known_head(head)
    with _engines() as engines, explained(engines.read), SqlStore(engines).read() as carts:
        audit = Audit(carts.record(), known_head=head)
        faults = 0
        for faults, fault in enumerate(audit.faults(), start=1):  # noqa: B007 - the summary needs their number
            typer.echo(str(fault))
    typer.echo(audit.summary(faults))
    raise typer.Exit(1 if faults else 0)


@app.command()
def erase(
    person: Annotated[str, typer.Option(help="The person's Slack id, such as U012AB3CD.")],
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes: nothing can bring back what is erased.")] = False,
) -> None:
    """Erase a person from the record: who they were, what they wrote, and the answers they gave.

    What was bought, when and for how much stays readable, and `verify` stays whole. Exits with 1 if nothing was erased,
    with 2 if the database must be fixed first.
    """
    from datetime import UTC, datetime

    from bot.erasure import CannotErase
    from bot.erasure import erase as erase_person
    from store.diagnosis import explained
    from store.transactions import SqlStore

    _require_slack_id(person)
    if not (yes or typer.confirm(f"Erase {person}? Nothing can bring it back.")):
        raise typer.Exit(1)
    with _engines() as engines, explained(engines.write):
        try:
            done = erase_person(SqlStore(engines), person, at=datetime.now(UTC))
        except CannotErase as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    typer.echo(f"{person} is erased from {done.requests} requests. In their place stands {done.pseudonym}.")
    if done.unchangeable:
        typer.echo(f"{done.unchangeable} events of earlier versions still name them: nothing can change those.")


@app.command()
def recover(
    yes: Annotated[
        bool, typer.Option("--yes", help="Answer yes: you have compared the printed list with OVH.")
    ] = False,
    begin: Annotated[
        bool, typer.Option("--begin", help="Switch recover mode on first, after you restored a database by hand.")
    ] = False,
    all_stopped: Annotated[
        bool,
        typer.Option("--all-stopped", help="Every process from before the restore was stopped: do not wait a day."),
    ] = False,
) -> None:
    """After a restore or a failover: compare the database with OVH, and end recover mode.

    In recover mode nothing is ordered, paid, approved or requested. It lasts at least 15 minutes by OVH's clock, and a
    day on PostgreSQL unless every process from before was stopped. The bot may run. Exits with 1 while recover mode
    stays on, with 2 if a setting, the database or OVH must be fixed first.
    """
    from bot import app as wiring
    from bot.recover import Recover
    from bot.settings import SettingsError, read_settings
    from handlers.messages import refusal
    from ordering.model.errors import RegistrarError
    from registrars.ovh import OvhGateway
    from registrars.ovh.markers import UNNAMED
    from store.bot_id import stored_bot_id
    from store.diagnosis import explained
    from store.transactions import SqlStore

    try:
        settings = read_settings()
    except SettingsError as error:
        _fix(error.lines)
    with _engines() as engines, explained(engines.write):
        bot_id = stored_bot_id(engines) or UNNAMED
        gateway = OvhGateway(wiring.ovh_config(settings), wiring.rate_limiter(settings, engines), bot_id=bot_id)
        command = Recover(
            SqlStore(engines), gateway, say=typer.echo, asks=lambda question: yes or typer.confirm(question)
        )
        try:
            is_over = command.run(begin=begin, all_stopped=all_stopped)
        except RegistrarError as error:
            _end(refusal(error).text)
        finally:
            gateway.close()
    raise typer.Exit(0 if is_over else 1)


@app.command()
def migrate() -> None:
    """Bring the database to this version's revision and print it. `run` does it by itself.

    Stop the bot first: it must not run while its database changes. Exits with 2 if the database must be fixed.
    """
    from bot.settings import SettingsError, read_database_url
    from store import migrate as migrations
    from store.diagnosis import explained
    from store.engine import open_engines
    from store.errors import DatabaseError
    from store.heartbeats import require_no_older_process
    from store.sqlite_file import hold

    try:
        url = read_database_url()
        with hold(url):
            engines = open_engines(url, patience=_PATIENCE, idle=_PATIENCE)
            with explained(engines.read):
                require_no_older_process(engines)
            typer.echo(f"The database is at revision {migrations.migrate(engines)}.")
            engines.close()
    except SettingsError as error:
        _fix(error.lines)
    except DatabaseError as error:
        _end(str(error))


def _warn(settings: Settings) -> None:
    """Log settings that work, but are unsafe with real money."""
    import structlog

    from bot.settings import LONGEST_MONEY_CALL

    if settings.settles_too_soon:
        seconds = settings.desk_settle_seconds
        structlog.get_logger().warning("settle_seconds_short", seconds=seconds, one_call_may_take=LONGEST_MONEY_CALL)


def _known_head(given: str) -> str:
    """Return the digest of a head; ends the command if it is none, or if its signature is not of the bot's key."""
    from bot.settings import SettingsError, read_witness_key
    from ordering.model.witness import Witness

    if re.fullmatch(r"[0-9a-f]{64}", given):
        return given
    noted = Witness.parse(given)
    if noted is None:
        _end(f"--head {given}: write the 64 digits that `verify` printed, or the whole line of the approval channel.")
    try:
        key = read_witness_key()
    except SettingsError as error:
        _fix(error.lines)
    if key is not None and not noted.is_signed_with(key):
        typer.echo(
            f"--head {given}: it is not signed with DESK_WITNESS_KEY. The bot did not post it, or not with this key."
        )
        raise typer.Exit(1)
    if key is None and noted.signature:
        typer.echo("The signature is not checked: DESK_WITNESS_KEY is not set here.", err=True)
    return noted.digest


def _require_slack_id(person: str) -> None:
    if not re.fullmatch(r"[UW][A-Z0-9]+", person):
        _end(f"--person {person}: write a Slack id, such as U012AB3CD.")


@contextmanager
def _engines() -> Iterator[Engines]:
    """Open the database for reading; ends the command if it cannot be read or has another revision."""
    from bot.settings import SettingsError, read_database_url
    from store.engine import open_engines
    from store.errors import DatabaseError
    from store.migrate import require_newest

    try:
        engines = open_engines(read_database_url(), patience=_PATIENCE, idle=_PATIENCE)
        require_newest(engines)
        yield engines
        engines.close()
    except SettingsError as error:
        _fix(error.lines)
    except DatabaseError as error:
        _end(str(error))


def _fix(lines: tuple[str, ...]) -> NoReturn:
    typer.echo("Fix these settings first (.env.example explains each):", err=True)
    for line in lines:
        typer.echo(f"  {line}", err=True)
    raise typer.Exit(_UNUSABLE)


def _end(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_UNUSABLE)
