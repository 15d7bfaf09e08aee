"""Leases in SQL: one row for each cart that a process works on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from store.tables import LeaseRow


def acquire(
    session: Session, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, now: datetime, until: datetime
) -> frozenset[CartId]:
    """Insert the leases, or take over expired ones; the returned rows are the ones won."""
    # Lock the rows in the same order everywhere, so two processes that lease the same carts never deadlock.
    wanted = [
        {"errand": task_type.value, "cart_id": cart_id, "holder": holder, "until": until}
        for cart_id in sorted(cart_ids)
    ]
    insert = _insert(session).values(wanted)
    taken = insert.on_conflict_do_update(
        index_elements=["errand", "cart_id"],
        set_={"holder": insert.excluded.holder, "until": insert.excluded.until},
        # A lease that lasts far too long was dated by a clock that has been put back since.
        where=or_(col(LeaseRow.until) <= now, col(LeaseRow.until) > until + 2 * (until - now)),
    )
    return frozenset(session.execute(taken.returning(col(LeaseRow.cart_id))).scalars())


def renew(session: Session, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, until: datetime) -> None:
    mine = (col(LeaseRow.task_type) == task_type.value, col(LeaseRow.holder) == holder)
    session.execute(update(LeaseRow).where(*mine, col(LeaseRow.cart_id).in_(cart_ids)).values(until=until))


def release(session: Session, task_type: TaskType, cart_id: CartId, *, holder: str) -> None:
    mine = (col(LeaseRow.task_type) == task_type.value, col(LeaseRow.holder) == holder)
    session.execute(delete(LeaseRow).where(*mine, col(LeaseRow.cart_id) == cart_id))


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    """Return this database's insert: both have the same "on conflict", each through its own function."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(LeaseRow) if on_postgresql else sqlite.insert(LeaseRow)
