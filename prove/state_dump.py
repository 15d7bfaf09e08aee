"""A dump of the database when a run was stuck: a replay of its seed does not always get stuck again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from store.engine import open_engines
from store.money_tables import ForeignOrderRow, MoneyCallRow
from store.tables import CartRow, InboxRow, LeaseRow, MessageRow, RecoveryRow, TimerRow, UndeliveredRow

_TABLES = (
    select(col(CartRow.id), col(CartRow.state), col(CartRow.version), col(CartRow.trouble)),
    select(col(TimerRow.subject), col(TimerRow.kind), col(TimerRow.due_at), col(TimerRow.set_at)),
    select(
        col(MessageRow.cart_id), col(MessageRow.role), col(MessageRow.ts), col(MessageRow.shown), col(MessageRow.wanted)
    ),
    select(col(UndeliveredRow.cart_id), col(UndeliveredRow.event_id)),
    select(col(LeaseRow.task_type), col(LeaseRow.cart_id), col(LeaseRow.holder), col(LeaseRow.until)),
    select(
        col(InboxRow.kind),
        col(InboxRow.by),
        col(InboxRow.at),
        col(InboxRow.next_at),
        col(InboxRow.tries),
        col(InboxRow.outcome),
    ),
    select(*MoneyCallRow.__table__.columns),  # type: ignore[attr-defined] # SQLModel declares no such attribute
    select(*ForeignOrderRow.__table__.columns),  # type: ignore[attr-defined] # SQLModel declares no such attribute
    select(*RecoveryRow.__table__.columns),  # type: ignore[attr-defined] # SQLModel declares no such attribute
)


def dump_state(database: str) -> Iterator[str]:
    """Yield the dump line by line: each cart, what its messages show, and which process works on it."""
    yield f"at {datetime.now(UTC):%H:%M:%S.%f}"
    engines = open_engines(database)
    try:
        with engines.read.connect() as connection:
            for query in _TABLES:
                for row in connection.execute(query).mappings():
                    yield ", ".join(f"{name} {value}" for name, value in row.items())
    finally:
        engines.close()
