"""Copy a SQLite database into an empty PostgreSQL database, and close the file for good.

The tables' metadata says what to copy, so later tables and columns are copied as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, SQLModel

from ordering.record.verification import Audit
from store import money_tables, recovery, tables  # noqa: F401 - importing them is what fills the metadata
from store.database_url import describe
from store.diagnosis import explained
from store.engine import Engines
from store.errors import DatabaseUnusable
from store.mapping import utc
from store.migrate import MIGRATION_LOCK, MOVED, migrate, newest, revision
from store.queries import SqlReading

_AT_ONCE = 500
_SEEDED = {"chain", "recovery"}  # the migrations leave a first row in them
_OF_PROCESSES = {"heartbeats"}  # names processes of the old database
# Every version reads the revision before it starts, and before each write.
_CLOSE = text("UPDATE alembic_version SET version_num = :revision")
_IS_COPY = text("UPDATE recovery SET is_copy = :is_copy")


def require_empty(target: Engines) -> None:
    """Raise `DatabaseUnusable` unless the database holds no tables, or the bot's tables without a row."""
    name = describe(target.write.url)
    with explained(target.read):
        found = revision(target)
        if found not in {"", newest()}:
            raise DatabaseUnusable(f"The database {name} is in use at revision {found}. Name an empty one.")
        if found:
            with target.read.connect() as connection:
                _require_no_rows(connection, name)


def copy_all(source: Engines, target: Engines, *, now: datetime) -> Audit:
    """Copy every row, and return the audit of the copied record; one transaction, so it copies all or nothing.

    Call this while the source's file is held and its record verified. The copy gets a new epoch, so older buttons
    count no more and are rendered again, and is marked as a copy until `release`: if this process ends in between, the
    bot begins in recover mode there. Raises `DatabaseUnusable` if a row does not fit or differs afterwards.
    """
    name = describe(target.write.url)
    with explained(target.write):
        migrate(target)
    with (
        explained(target.write),
        source.read.begin() as old,
        target.write.begin() as new,
    ):
        new.execute(text("SET LOCAL statement_timeout = '30min'"))
        new.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        _require_no_rows(new, name)
        for table in _copied():
            _copy(table, old, new, name)
        audit = _audited(new, name)
        _begin_epoch(new, now)
        return audit


def close_for_good(source: Engines, target: Engines, *, now: datetime) -> None:
    """Mark the SQLite database, so that no process of any version starts on it; a later start says where it moved."""
    place = describe(target.write.url)
    with explained(source.write), source.write.begin() as connection:
        connection.execute(text("CREATE TABLE moved (place TEXT NOT NULL, at TEXT NOT NULL)"))
        moved = {"place": place, "at": now.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")}
        connection.execute(text("INSERT INTO moved (place, at) VALUES (:place, :at)"), moved)
        connection.execute(_CLOSE, {"revision": f"{MOVED}{newest()}"})


def release(source: Engines, target: Engines) -> None:
    """Take the copy's mark away, unless the source itself was one. Call it once the source is closed."""
    with source.read.connect() as connection:
        was_copy = connection.execute(text("SELECT is_copy FROM recovery")).scalar_one()
    with explained(target.write), target.write.begin() as connection:
        connection.execute(_IS_COPY, {"is_copy": bool(was_copy)})


def _copied() -> list[Table]:
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _OF_PROCESSES]


def _require_no_rows(connection: Connection, name: str) -> None:
    for table in _copied():
        if table.name not in _SEEDED and connection.scalar(select(func.count()).select_from(table)):
            raise DatabaseUnusable(f"The database {name} holds data already (table {table.name}). Name an empty one.")


def _copy(table: Table, old: Connection, new: Connection, name: str) -> None:
    try:
        if table.name in _SEEDED:
            new.execute(table.delete())
        for page in _pages(table, old):
            new.execute(insert(table), page)
        if (numbered := table.autoincrement_column) is not None:
            # The next row gets the number after the highest one; an empty table begins at 1.
            highest = select(func.max(numbered)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, numbered.name)
            new.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))
    except (DataError, IntegrityError) as error:
        raise DatabaseUnusable(
            f"A row of the table {table.name} does not fit into {name} ({type(error.orig).__name__}). "
            "Nothing was copied, and the old database can still be used."
        ) from None
    for before, after in zip(_pages(table, old), _pages(table, new), strict=True):
        if before != after:
            raise DatabaseUnusable(
                f"The table {table.name} differs in {name} after the copy. Nothing was copied, and the old database "
                "can still be used."
            )


def _pages(table: Table, connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """Read a table in the order of its key, in pages of rows; times are in UTC on both databases.

    The order also lets events pass the guard that refuses old forms after new ones.
    """
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
    for page in rows.partitions(_AT_ONCE):
        yield [
            {name: utc(value) if isinstance(value, datetime) else value for name, value in row.items()} for row in page
        ]


def _audited(new: Connection, name: str) -> Audit:
    with Session(new) as session:
        audit = Audit(SqlReading(session).record())
        if fault := next(audit.faults(), None):
            raise DatabaseUnusable(f"The record in {name} has a fault after the copy: {fault}. Nothing was copied.")
    return audit


def _begin_epoch(new: Connection, now: datetime) -> None:
    with Session(new) as session:
        recovery.raise_epoch(session, max(int(now.timestamp()), recovery.stamp(session).epoch + 1))
        recovery.render_live_again(session)
        session.execute(_IS_COPY, {"is_copy": True})
        session.flush()
