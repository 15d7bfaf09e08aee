"""Engines for SQLite and PostgreSQL, configured so that the same code is correct on both."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from store.database_url import parse_database_url
from store.sqlite_file import file_of, require_sqlite

# `secure_delete`: deleted answers to registries must not stay readable in free parts of the file.
_PRAGMAS = ("busy_timeout=5000", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_SWITCH_TRIES, _SWITCH_PAUSE = 100, 0.05  # 5 seconds in all
_CONNECT_SECONDS = 5  # for each address of the host
_LOCK_SECONDS = 10  # longer than any row or the hash chain stays locked, even under load
INBOX_SECONDS = 2  # for one statement on a click: Slack waits three seconds for its answer
_INBOX_CONNECTIONS = 4
_IDLE_SECONDS = 20  # no transaction waits for a call or a person: an idle one belongs to a suspended process
_TCP_MILLISECONDS = 30_000  # without an acknowledgement, before the connection counts as broken


class FairLock:
    """A lock granted in the order of the requests.

    SQLite's own lock is not fair: with eight writers the slowest waited 0.6 to 1.8 seconds; with this queue, 13 ms.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    @contextmanager
    def held(self, *, within: float | None = None) -> Iterator[None]:
        """Hold the lock; raises `TimeoutError` if it is not granted within this many seconds."""
        with self._guard:
            mine = threading.Event()
            if self._held:
                self._waiting.append(mine)
            else:
                self._held = True
                mine.set()
        if not mine.wait(within) and self._gave_up(mine):
            raise TimeoutError("the lock was not granted in time")
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._held = False

    def _gave_up(self, mine: threading.Event) -> bool:
        """Leave the queue; returns False if the lock was granted at that very moment."""
        with self._guard:
            if mine.is_set():
                return False
            self._waiting.remove(mine)
            return True


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines for writing and reading; `write_queue` queues this process's writers on SQLite.

    `inbox` writes clicks, over connections whose statements end after `INBOX_SECONDS`. `schema_changed` is set once a
    write has found another version's schema.
    """

    write: Engine
    read: Engine
    inbox: Engine
    write_queue: FairLock | None = field(default=None)
    schema_changed: threading.Event = field(default_factory=threading.Event)

    @property
    def are_shared(self) -> bool:
        """Whether several processes may work on this database: a SQLite file belongs to one process."""
        return self.write_queue is None

    def health(self) -> str | None:
        """Return None if the database answers, else the reason in words."""
        try:
            with self.read.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            return f"the database does not answer ({type(error).__name__})"
        return None

    def close(self) -> None:
        """Close every connection: idle ones now, one still used by a thread as soon as it is returned."""
        for engine in (self.write, self.inbox, self.read):
            # A disposed pool would keep a connection that is returned later open.
            event.listen(engine, "checkin", _close_returned)
            engine.dispose()


def _close_returned(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def open_engines(url: str, *, patience: int = 60, idle: int = _IDLE_SECONDS) -> Engines:
    """Open ``sqlite:///desk.db`` or ``postgresql+psycopg://…``.

    Raises `ValueError` for a wrong URL, `DatabaseUnusable` for a file of another kind. No connection is made yet. On
    PostgreSQL a statement ends after `patience` seconds, and an idle transaction after `idle` seconds, which releases
    the locks of a suspended process. A failed statement is reported without its parameters: they may be answers to a
    registry.
    """
    parsed = parse_database_url(url)
    if (file := file_of(parsed)) is not None:
        return _sqlite(parsed, file)
    engine = create_engine(
        parsed,
        # Independent of the server's default: a read after waiting for a lock must see what was committed before it.
        isolation_level="READ COMMITTED",
        pool_size=8,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=_limits(parsed, patience, idle),
    )
    clicks = create_engine(
        parsed,
        pool_size=_INBOX_CONNECTIONS,
        max_overflow=0,
        pool_timeout=INBOX_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # one statement is one transaction: nothing else is sent
        connect_args=_limits(parsed, INBOX_SECONDS, idle, lock=INBOX_SECONDS) | {"connect_timeout": INBOX_SECONDS},
    )
    # All queries of one read transaction see the same snapshot, as they do on SQLite.
    return Engines(write=engine, read=engine.execution_options(isolation_level="REPEATABLE READ"), inbox=clicks)


def _limits(url: URL, patience: int, idle: int, *, lock: int = _LOCK_SECONDS) -> dict[str, str | int]:
    """Return limits for every wait for PostgreSQL, so a hanging server never blocks a thread indefinitely.

    Options in the URL itself take precedence.
    """
    options = f"-c lock_timeout={lock}s -c statement_timeout={patience}s -c idle_in_transaction_session_timeout={idle}s"
    limits: dict[str, str | int] = {
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": _TCP_MILLISECONDS,
    }
    kept: dict[str, str | int] = {name: value for name, value in limits.items() if name not in url.query}
    return kept | {"options": f"{options} {url.query.get('options', '')}".strip()}


def _sqlite(url: URL, file: Path) -> Engines:
    require_sqlite(file)
    # One connection writes; a second one would only wait for SQLite's own lock.
    write = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, hide_parameters=True)
    read = create_engine(url, poolclass=QueuePool, pool_size=4, hide_parameters=True)
    clicks = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, hide_parameters=True)
    event.listen(write, "connect", _prepare_writer)
    event.listen(read, "connect", _prepare_reader)
    event.listen(clicks, "connect", _prepare_for_clicks)
    event.listen(clicks, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    # A deferred transaction that has read cannot always be upgraded to a writing one: it fails at once.
    event.listen(write, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(read, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return Engines(write=write, read=read, inbox=clicks, write_queue=FairLock())


def _prepare_writer(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection)
    _switch_to_wal(connection)


def _prepare_for_clicks(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection)
    connection.execute(f"PRAGMA busy_timeout={INBOX_SECONDS * 1000}").close()


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait by itself if another process switches at the same moment."""
    for tries_left in reversed(range(_SWITCH_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if not tries_left or error.sqlite_errorname not in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                raise
            time.sleep(_SWITCH_PAUSE)
        else:
            return


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    """Prepare a reader, without changing the journal mode: the file may belong to another program."""
    _prepare(connection)
    connection.execute("PRAGMA query_only=ON").close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event sends BEGIN, not the driver
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
