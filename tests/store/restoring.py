"""Put a database back to what it held at an earlier moment, under running processes, as a restored backup does."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial

from sqlalchemy import Connection, insert, text
from sqlmodel import SQLModel

from store.engine import Engines

PutBack = Callable[[], None]
_NUMBERED = ("carts", "lines", "messages", "money_calls", "presence_calls")


def backup(engines: Engines) -> PutBack:
    """Keep all that the database holds now; the returned function puts it back."""
    return _of_postgresql(engines) if engines.are_shared else _of_sqlite(engines)


def _of_sqlite(engines: Engines) -> PutBack:
    file, kept = str(engines.write.url.database), sqlite3.connect(":memory:")
    with closing(sqlite3.connect(file)) as connection:
        connection.backup(kept)

    def put_back() -> None:
        with closing(sqlite3.connect(file)) as connection:
            kept.backup(connection)

    return put_back


def _of_postgresql(engines: Engines) -> PutBack:
    with engines.write.begin() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in SQLModel.metadata.sorted_tables
        }

    def put_back() -> None:
        with engines.write.begin() as connection:
            _without_triggers(connection, partial(_replace_rows, connection, rows))

    return put_back


def _without_triggers(connection: Connection, change: Callable[[], None]) -> None:
    connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
    change()
    connection.execute(text("ALTER TABLE events ENABLE TRIGGER ALL"))


def _replace_rows(connection: Connection, rows: dict[str, list[dict[str, object]]]) -> None:
    for table in reversed(SQLModel.metadata.sorted_tables):
        connection.execute(table.delete())
    for table in SQLModel.metadata.sorted_tables:
        if rows[table.name]:
            connection.execute(insert(table), rows[table.name])
    for name in _NUMBERED:
        end = f"(SELECT coalesce(max(id), 0) + 1 FROM {name})"
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {end}, false)"))
