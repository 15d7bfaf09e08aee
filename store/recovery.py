"""The recover row and the stamps of buttons, in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from ordering.model.cart import COMMITTED, DECIDED, WAITING
from ordering.model.recovery import DIGITS, Cause, Loss, Recovery, Stamp, Standing
from ordering.ports.store import NOTHING_RENDERED, TimerKind
from store.as_read import new_save_id
from store.mapping import utc
from store.tables import LIVE, CartRow, ChainRow, EventRow, MessageRow, RecoveryRow, TimerRow

_ONLY = 1
_NO_ID = "0" * 12  # for a chain whose row is missing


def standing(session: Session) -> Standing:
    """Read the recover row; never from the session's cache, as another process may have changed it."""
    row = session.execute(
        select(RecoveryRow).where(col(RecoveryRow.id) == _ONLY).execution_options(populate_existing=True)
    ).scalar_one()
    lost = Loss(_moment(row.lost_from), utc(row.lost_noticed_at)) if row.lost_noticed_at else None
    return Standing(_recovery(row), row.numbers_above, row.is_copy, lost, row.lost_told)


def save(session: Session, standing: Standing) -> None:
    """Write the recover row."""
    session.execute(update(RecoveryRow).where(col(RecoveryRow.id) == _ONLY).values(**_columns(standing)))


def stamp(session: Session) -> Stamp:
    """Read the newest event's stamp."""
    happened = select(col(EventRow.at)).where(col(EventRow.id) == col(ChainRow.number)).scalar_subquery()
    columns = (ChainRow.number, ChainRow.digest, ChainRow.database_id, ChainRow.epoch)
    found = select(*map(col, columns), happened.label("at")).where(col(ChainRow.id) == _ONLY)
    row = session.execute(found).first()
    return Stamp(_NO_ID) if row is None else stamp_of(row, row.number, row.digest, row.at)


def stamp_of(chain: Any, number: int, digest: str | None, at: datetime | None) -> Stamp:  # noqa: ANN401 - a row with the chain's columns
    """Build the stamp of an event of this chain."""
    milliseconds = int(utc(at).timestamp() * 1000) if at else 0
    return Stamp(chain.database_id or _NO_ID, chain.epoch, number, (digest or "")[:DIGITS], milliseconds)


def knows(session: Session, seen: Stamp) -> bool:
    """Return whether the event of a stamp is still in the chain."""
    return holds(session, seen, newest=stamp(session).number)


def holds(session: Session, seen: Stamp, *, newest: int) -> bool:
    """Return the same where the number of the newest event is known."""
    if not seen.number:
        return True
    if seen.number > newest:  # it may be too large for an integer column of PostgreSQL
        return False
    found = select(col(EventRow.digest)).where(col(EventRow.id) == seen.number)
    digest = session.execute(found).scalar_one_or_none()
    return digest is not None and digest[:DIGITS] == seen.digest


def newest_about_money(session: Session) -> int:
    """Return the number of the newest event of a cart that was approved, ordered or paid; 0 without one."""
    states = sorted(COMMITTED)
    newest = select(col(EventRow.id)).where(col(EventRow.state).in_(states)).order_by(col(EventRow.id).desc())
    return session.execute(newest.limit(1)).scalar_one_or_none() or 0


def last_event_at(session: Session, until: datetime) -> datetime | None:
    """Return when the newest event up to then happened."""
    newest = select(func.max(col(EventRow.at))).where(col(EventRow.at) <= until)
    return _moment(session.execute(newest).scalar_one())


def raise_epoch(session: Session, epoch: int) -> None:
    session.execute(update(ChainRow).where(col(ChainRow.id) == _ONLY).values(epoch=epoch))


def render_live_again(session: Session) -> None:
    """Have every message of an open request rendered again."""
    live = select(col(CartRow.id)).where(col(CartRow.state).in_(sorted(WAITING)))
    session.execute(update(MessageRow).where(col(MessageRow.cart_id).in_(live)).values(shown=NOTHING_RENDERED))


def wake_decided(session: Session, at: datetime) -> None:
    """Have the worker carry out at once the decisions that were held back."""
    decided = select(col(CartRow.id)).where(col(CartRow.state).in_(sorted(DECIDED)))
    steps = (col(TimerRow.kind) == TimerKind.STEP.value, col(TimerRow.subject).in_(decided))
    session.execute(update(TimerRow).where(*steps).values(due_at=at, set_at=at))


def renew_live(session: Session) -> None:
    """Give each cart that can still change a new save id: one for all, as a save id tells only a cart's own saves."""
    session.execute(update(CartRow).where(text(LIVE)).values(save_id=new_save_id()))


def next_number(session: Session) -> int | None:
    """Return the next cart's number if the database's own next number is already on a button; else None."""
    above = session.execute(select(col(RecoveryRow.numbers_above)).where(col(RecoveryRow.id) == _ONLY)).scalar_one()
    newest = session.execute(select(func.max(col(CartRow.id)))).scalar_one() or 0
    return above + 1 if above > newest else None


def follow_numbers(session: Session) -> None:
    """Advance PostgreSQL's sequence past a number that was set by hand; SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('carts', 'id'), (SELECT max(id) FROM carts))"))


def _recovery(row: RecoveryRow) -> Recovery | None:
    if row.cause is None or row.began_at is None:
        return None
    return Recovery(
        cause=Cause(row.cause),
        began_at=utc(row.began_at),
        last_event_at=_moment(row.last_event_at),
        processes_may_live=row.processes_may_live,
        floor_from=_moment(row.floor_from),
        compared=row.compared,
        confirmed_by=row.confirmed_by,
        notified=row.told,
    )


def _columns(standing: Standing) -> dict[str, Any]:
    mode, lost = standing.recovery, standing.lost
    return {
        "is_copy": standing.is_copy,
        "numbers_above": standing.numbers_above,
        "cause": mode.cause.value if mode else None,
        "began_at": mode.began_at if mode else None,
        "last_event_at": mode.last_event_at if mode else None,
        "processes_may_live": mode.processes_may_live if mode else False,
        "floor_from": mode.floor_from if mode else None,
        "compared": mode.compared if mode else None,
        "confirmed_by": mode.confirmed_by if mode else None,
        "told": mode.notified if mode else False,
        "lost_from": lost.from_ if lost else None,
        "lost_noticed_at": lost.noticed_at if lost else None,
        "lost_told": standing.loss_notified,
    }


def _moment(at: datetime | None) -> datetime | None:
    return utc(at) if at else None
