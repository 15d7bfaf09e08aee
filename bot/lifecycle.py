"""Start and stop the process: open ports, then the database, then Slack, then work; stop within five seconds."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

import structlog

from bot import logging as logs
from bot.app import Bot, ovh_config
from bot.health import DATABASE, SLACK, Health
from bot.http import Front
from bot.rules import rules_in_force
from bot.settings import Settings, SettingsError
from bot.slack_client import slack_client
from bot.slack_start import ask_who_we_are, until_answered
from handlers.toolkit.members import Workspace
from ordering.process.predecessor import end_predecessors_calls
from registrars.ovh.api.session import check as check_keys
from store.diagnosis import explained
from store.engine import Engines, open_engines
from store.errors import DatabaseAway, DatabaseUnusable
from store.heartbeats import OlderProcesses, require_no_older_process
from store.migrate import migrate
from store.sqlite_file import FileHeld, hold
from store.transactions import SqlStore

_LAST_RESORT = 4.7  # seconds, of the five that a stop may take, until the process ends even if something still hangs
_FLUSHES_WITHIN = 0.3  # seconds
_UNWINDS_WITHIN = 4.2  # seconds for the orderly end
_DATABASE_WAITED_FOR = 60.0  # seconds at the start; then the process exits, so that a supervisor or operator notices
_DATABASE_EVERY, _FILE_EVERY = 1.0, 0.1  # seconds between two tries
_OLDER_WAITED_FOR = 60.0  # seconds for processes of an older schema to end before the database is migrated
_PREDECESSOR_WAITED_FOR = 10.0  # seconds for a process that is stopping to release its SQLite file
_log = structlog.get_logger()


def main(settings: Settings) -> NoReturn:
    """Run until a signal or a fault, and end the process: it never returns.

    Exit codes: 0 after SIGINT or SIGTERM, 2 if an operator must change a setting or the database, 1 for a bug.
    A thread may still be waiting for OVH or the database. The next start reconciles what that call did.
    """
    _end(asyncio.Runner().run(_exit_code(settings)))


async def _exit_code(settings: Settings) -> int:
    stop = _StopSignal()
    try:
        await _run(settings, stop)
    except (SettingsError, DatabaseUnusable) as error:
        _print(str(error))
        return 2
    except Exception:  # noqa: BLE001 - the last resort of the process: logged with its traceback, exit code 1
        _log.exception("failed")
        return 1
    _log.info("stopped")
    return 0


async def _run(settings: Settings, stop: _StopSignal) -> None:
    with ExitStack() as held:
        life = Life(settings, held)
        living = asyncio.create_task(life.live())
        stopping = asyncio.create_task(stop.given.wait())
        try:
            await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            living.cancel()
            try:
                async with asyncio.timeout(_UNWINDS_WITHIN):
                    await asyncio.wait({living}, timeout=0.5)
                    await life.end()
            except TimeoutError:
                _log.warning("stopped_before_all_ended")
        if living.done() and not living.cancelled():
            living.result()


class Life:
    """The phases of a start, in order. `end` may be called in any of them."""

    def __init__(self, settings: Settings, held: ExitStack) -> None:
        self._settings = settings
        self._held = held
        self._health = Health()
        self._front = Front(settings, self._health)
        self._engines: Engines | None = None
        self._bot: Bot | None = None

    async def live(self) -> None:
        """Start, and work until something fails permanently.

        Raises `SettingsError` or `DatabaseUnusable` with the operator's lines.
        """
        _check_ovh_keys(self._settings)
        await self._front.open()
        _print_rules(self._settings)
        await self._hold_file()
        self._engines = await self._database()
        await self._end_predecessors_calls(self._engines)
        workspace = await self._slack()
        self._bot = Bot(self._settings, self._engines, workspace, health=self._health, front=self._front)
        self._health.phase = "connecting to Slack"
        await self._bot.start()
        _log.info("ready", mode="socket" if self._settings.socket_mode else "http", **_named(self._front.ports))
        # Garbage collection then skips the libraries' objects: scanning them takes a tenth of a second each time.
        gc.freeze()
        await self._bot.until_it_fails()

    async def end(self) -> None:
        """Accept no new work, let current work finish, and close everything."""
        if self._bot is not None:
            await self._bot.stop()
            return
        await self._front.close()
        if self._engines is not None:
            self._engines.close()

    async def _hold_file(self) -> None:
        """Lock a SQLite file; a predecessor that is stopping gets ten seconds to release it."""
        loop = asyncio.get_running_loop()
        gives_up_at = loop.time() + _PREDECESSOR_WAITED_FOR
        self._health.phase = "waiting for the database's file"
        while True:
            try:
                self._held.enter_context(hold(self._settings.database_url.get_secret_value()))
            except FileHeld:
                if loop.time() >= gives_up_at:
                    raise
                await asyncio.sleep(_FILE_EVERY)
            else:
                return

    async def _database(self) -> Engines:
        """Open and migrate the database; waits up to a minute while it is unavailable.

        Processes of an older schema get a minute to end. Raises `DatabaseUnusable` if some are still running then.
        """
        loop = asyncio.get_running_loop()
        gives_up_at, older_end_by = loop.time() + _DATABASE_WAITED_FOR, loop.time() + _OLDER_WAITED_FOR
        while True:
            try:
                engines, revision = await asyncio.to_thread(_open_database, self._settings)
            except OlderProcesses as error:
                if loop.time() >= older_end_by:
                    raise DatabaseUnusable(f"{error} The bot waited {_OLDER_WAITED_FOR:.0f} s.") from error
                self._health.phase = "waiting for processes of an older version to end"
                await asyncio.sleep(_DATABASE_EVERY)
            except DatabaseAway as error:
                if loop.time() >= gives_up_at:
                    raise DatabaseUnusable(f"{error} The bot waited {_DATABASE_WAITED_FOR:.0f} s for it.") from error
                self._health.phase = "waiting for the database"
                self._health.report(DATABASE, str(error))
                await asyncio.sleep(_DATABASE_EVERY)
            else:
                self._health.report(DATABASE, None)
                _log.info("database_ready", revision=revision)
                return engines

    async def _end_predecessors_calls(self, engines: Engines) -> None:
        """Record the end of payment calls that an earlier process left behind.

        Does nothing if processes share the database, because that process may be alive or frozen.
        """
        if engines.are_shared:
            return
        ended = await asyncio.to_thread(end_predecessors_calls, SqlStore(engines), datetime.now(UTC))
        if ended:
            _log.info("payment_calls_ended_with_their_process", carts=ended)

    async def _slack(self) -> Workspace:
        """Return the workspace that the bot token belongs to; waits while Slack is unavailable."""
        self._health.phase = "waiting for Slack"
        client = slack_client(self._settings, timeout=5)
        return await until_answered(
            lambda: ask_who_we_are(client),
            setting="SLACK_BOT_TOKEN",
            api_url=self._settings.slack_api_url,
            on_failure=lambda reason: self._health.report(SLACK, reason),
        )


class _StopSignal:
    """SIGINT and SIGTERM set `given`; a second signal, or the last resort, ends the process immediately.

    The handler runs between two steps of the interpreter, so it also works while the event loop is blocked.
    """

    def __init__(self) -> None:
        self.given = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._was_given = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        # Neither of these two exits writes anything: standard error may be a pipe without a reader.
        if self._was_given:
            os._exit(0)
        self._was_given = True
        last_resort = threading.Timer(_LAST_RESORT, os._exit, (0,))
        last_resort.daemon = True
        last_resort.start()
        self._loop.call_soon_threadsafe(self.given.set)


def _check_ovh_keys(settings: Settings) -> None:
    """Check that the OVH keys are complete, including those in python-ovh's own ovh.conf."""
    try:
        check_keys(ovh_config(settings))
    except ValueError as error:
        raise SettingsError((str(error),)) from error


def _print_rules(settings: Settings) -> None:
    """Print the rules about money, so that the operator sees a mistake before anyone buys.

    A JSON log gets one event, a terminal a table.
    """
    lines = rules_in_force(settings)
    if logs.is_json(settings.log_format):
        _log.info("rules_in_force", rules=lines)
    else:
        _print("\n  ".join(("Rules in force:", *lines)))


def _open_database(settings: Settings) -> tuple[Engines, str]:
    """Open and migrate the database. Raises `OlderProcesses` if other processes would still write its older schema."""
    engines = open_engines(settings.database_url.get_secret_value())
    try:
        with explained(engines.read):
            require_no_older_process(engines)
        return engines, migrate(engines)
    except BaseException:
        engines.close()
        raise


def _named(ports: dict[str, int]) -> dict[str, int]:
    return {name.lower(): number for name, number in ports.items()}


def _print(lines: str) -> None:
    """Print for people and for `docker logs`; without a reader, the process goes on."""
    with suppress(OSError, ValueError):
        print(lines, file=sys.stderr)  # noqa: T201 - not a log event


def _end(code: int) -> NoReturn:
    """End the process without waiting for its threads; printed text gets a moment to be flushed."""
    flushing = threading.Thread(target=_flush, daemon=True)
    flushing.start()
    flushing.join(_FLUSHES_WITHIN)
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
