"""A row in each table, made from the tables' own metadata, so that a new table or column is filled as well."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, Table, func, insert, select, text
from sqlmodel import SQLModel

from store.engine import Engines

_AT = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
_WHOLE = {"events", "chain", "carts", "recovery"}  # the record: an invented row in it would be a fault


def fill_every_table(engines: Engines) -> None:
    """Insert a row into each table that has none, except those of the record."""
    with engines.write.begin() as connection:
        cart, event = (connection.scalar(text(f"SELECT max(id) FROM {table}")) for table in ("carts", "events"))
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in _WHOLE and not connection.scalar(select(func.count()).select_from(table)):
                connection.execute(insert(table).values(_row(table, cart, event)))


def _row(table: Table, cart: int, event: int) -> dict[str, Any]:
    return {column.name: _value(column, cart, event) for column in table.columns}


def _value(column: Column[Any], cart: int, event: int) -> Any:
    for key in column.foreign_keys:
        return cart if key.column.table.name == "carts" else event
    kind = getattr(column.type, "impl_instance", column.type)  # the type that a decorated one stores
    if isinstance(kind, DateTime):
        return _AT
    if isinstance(kind, JSON):
        return {"ü": [1, None, "🦦"]}
    if isinstance(kind, Boolean | Integer):
        return True if isinstance(kind, Boolean) else 7
    return f"{column.name} ü 🦦"
