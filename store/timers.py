"""Timers in SQL: one row for each kind of work that is due for a cart at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, delete, exists, func, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ordering.model.cart import DECIDED
from ordering.model.ids import CartId
from ordering.ports.store import HINDERING, TaskType, TimerKind
from ordering.process.leases import LEASE
from store import mapping
from store.tables import CartRow, LeaseRow, TimerRow

_DUE_AT_ONCE = 100
_CLOCKS_APART = timedelta(minutes=1)  # between machines; a timer set further ahead was dated by a clock since put back
_LONGEST_LEASE = 3 * LEASE  # a lease that lasts longer was dated by such a clock, too
_IS_STEP = col(TimerRow.kind) == TimerKind.STEP.value


def put(session: Session, subject: CartId, kind: TimerKind, *, due_at: datetime, now: datetime) -> None:
    """Set a timer, replacing an existing one."""
    insert = _insert(session).values(subject=subject, kind=kind.value, due_at=due_at, set_at=now)
    new = {"due_at": insert.excluded.due_at, "set_at": insert.excluded.set_at}
    session.execute(insert.on_conflict_do_update(index_elements=["subject", "kind"], set_=new))


def end(session: Session, subject: CartId, kind: TimerKind) -> None:
    session.execute(delete(TimerRow).where(col(TimerRow.subject) == subject, col(TimerRow.kind) == kind.value))


def of(session: Session, subject: CartId) -> dict[TimerKind, datetime]:
    """Return the timers of a cart."""
    found = session.execute(select(TimerRow).where(col(TimerRow.subject) == subject)).scalars()
    return {TimerKind(row.kind): mapping.utc(row.due_at) for row in found}


def due(session: Session, now: datetime, task_type: TaskType | None) -> list[CartId]:
    """Return carts whose step is due and that no process works on, longest due first.

    A timer set in the future counts as due: the clock that dated it has been put back since.
    """
    is_held = _leased(task_type).where(col(LeaseRow.until) > now, col(LeaseRow.until) <= now + _LONGEST_LEASE)
    found: list[CartId] = []
    for column, is_due in (
        (col(TimerRow.due_at), col(TimerRow.due_at) <= now),
        (col(TimerRow.set_at), col(TimerRow.set_at) > now + _CLOCKS_APART),
    ):
        query = select(col(TimerRow.subject)).where(_IS_STEP, is_due, not_(is_held), *_for(task_type))
        found += map(CartId, session.execute(query.order_by(column).limit(_DUE_AT_ONCE)).scalars())
    return list(dict.fromkeys(found))[:_DUE_AT_ONCE]


def next_due(session: Session, task_type: TaskType | None, without: Collection[CartId]) -> datetime | None:
    """Return when the next step is due; for a leased cart, not before its lease ends."""
    mine = [_IS_STEP, *_for(task_type)]
    if without:
        mine.append(col(TimerRow.subject).not_in(without))
    free = select(col(TimerRow.due_at)).where(*mine, not_(_leased(task_type))).order_by(col(TimerRow.due_at)).limit(1)
    held = (
        select(col(TimerRow.due_at), func.max(col(LeaseRow.until)))
        .join(LeaseRow, col(LeaseRow.cart_id) == col(TimerRow.subject))
        .where(*mine, _hinders(task_type))
        .group_by(col(TimerRow.subject), col(TimerRow.due_at))
    )
    moments = [mapping.utc(moment) for moment in session.execute(free).scalars()]
    moments += [max(mapping.utc(due_at), mapping.utc(until)) for due_at, until in session.execute(held)]
    return min(moments, default=None)


def _for(task_type: TaskType | None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for timers of a task type: of decided carts, or of all others; None is every type."""
    if task_type is None:
        return ()
    is_decided = (
        select(col(CartRow.id))
        .where(col(CartRow.id) == col(TimerRow.subject), col(CartRow.state).in_(sorted(DECIDED)))
        .exists()
    )
    return {TaskType.ADVANCE: (is_decided,), TaskType.WATCH: (not_(is_decided),)}.get(task_type, ())


def _leased(task_type: TaskType | None) -> Exists:
    """Return the condition that the timer's cart has a lease that blocks this task type."""
    return exists().where(col(LeaseRow.cart_id) == col(TimerRow.subject), _hinders(task_type))


def _hinders(task_type: TaskType | None) -> ColumnElement[bool]:
    return col(LeaseRow.task_type).in_(sorted(HINDERING[task_type or TaskType.WATCH]))


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    """Return this database's insert: both have the same "on conflict", each through its own function."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(TimerRow) if on_postgresql else sqlite.insert(TimerRow)
