"""Copies of a database, and restoring one: as when an operator restores a backup, or a failover loses commits."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from ordering.model.events import Event
from ordering.record.hash_chain import Entry
from ordering.record.verification import readable_entries
from store.engine import open_engines
from store.transactions import SqlStore

_NUMBERS = itertools.count(1)
_LOCKED = 0.05  # seconds until SQLite's backup retries
# Without the schema's revision, which no restore here changes: a transaction that waits for its row would find none.
_TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY tablename
"""
_COUNTERS = """
    SELECT pg_get_serial_sequence(quote_ident(table_name), column_name), table_name, column_name
    FROM information_schema.columns
    WHERE table_schema = 'public' AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
"""
_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The recorded history of a database: the hash chain, and the events of its carts."""

    entries: list[Entry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @classmethod
    def read(cls, url: str) -> Timeline:
        engines = open_engines(url)
        try:
            with SqlStore(engines).read() as reading:
                events = [event for cart in reading.every_cart() for event in reading.events(cart.id)]
                return cls(readable_entries(reading.record()), events)
        finally:
            engines.close()

    def of_carts(self) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.cart_id, []).append(entry)
        return found

    def and_then(self, later: Timeline) -> list[Event]:
        """Return all events of both histories in the order in which they happened: lost events first."""
        return [*self.events, *(event for event in later.events if event not in self.events)]


class Copy:
    """A copy of one database at one moment. It can be restored under running processes, which may or may not notice."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._file = folder / f"copy-{next(_NUMBERS)}.db"
        self._rows: dict[str, bytes] = {}
        if _is_sqlite(url):
            _back_up(_path(url), self._file)
        else:
            self._read_rows()
        self.newest = max(
            (entry.id for entry in Timeline.read(url).entries), default=0
        )  # an event may be newer than this

    def put_back(self) -> Timeline:
        """Restore the copy. Returns the history that the database had before, including the lost events."""
        if not _is_sqlite(self._url):
            return self._write_rows()
        lost = Timeline.read(self._url)
        _back_up(self._file, _path(self._url))
        return lost

    def _read_rows(self) -> None:
        with _connected(self._url) as server, server.transaction():
            server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for (table,) in server.execute(_TABLES).fetchall():
                query = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(table))
                with server.cursor().copy(query) as rows:
                    self._rows[table] = b"".join(bytes(part) for part in rows)

    def _write_rows(self) -> Timeline:
        """Restore the rows in one transaction, after cutting all connections, as when another server took over."""
        with _connected(self._url) as server:
            server.execute(_ALONE)
            lost = Timeline.read(self._url)
            with server.transaction():
                server.execute("SET LOCAL session_replication_role = replica")  # no trigger protects the events from it
                for table, rows in self._rows.items():
                    # Not TRUNCATE: a process that starts now would see the table empty, whatever its snapshot.
                    server.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                    query = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table))
                    with server.cursor().copy(query) as target:
                        target.write(rows)
                for counter, table, column in server.execute(_COUNTERS).fetchall():
                    newest = sql.SQL("SELECT setval({}, coalesce(max({}), 0) + 1, false) FROM {}")
                    server.execute(newest.format(sql.Literal(counter), sql.Identifier(column), sql.Identifier(table)))
        return lost


def _connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _back_up(source: Path, target: Path) -> None:
    """Copy by SQLite's own backup in one step: a process that has the target open sees all of it change together."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new, pages=-1, sleep=_LOCKED)
