"""The audit log's hash chain in SQL: written with each change, read exactly as stored, even after tampering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, text, update
from sqlmodel import Session, col

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp
from ordering.record.hash_chain import Entry, Link, chained, facts
from ordering.record.verification import Kept
from store import personal
from store.mapping import utc
from store.recovery import stamp_of
from store.tables import CartRow, ChainRow, EventRow, UndeliveredRow

_HEAD = 1
_AT_ONCE = 500
_COLUMNS = "id, cart_id, number, state, at, by, note, kind, data, facts, previous_in_cart, previous, digest"
_GUARDS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events' "
    "AND name IN ('events_keep_update', 'events_keep_delete', 'events_keep_replace', 'events_keep_form')",
    # A trigger disabled for ordinary sessions counts as missing: 'O' and 'A' are enabled.
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'events'::regclass "
    "AND tgname IN ('events_keep', 'events_keep_form') AND tgenabled IN ('O', 'A')",
}
_GUARDS_WANTED = {"sqlite": 4, "postgresql": 2}


def append(session: Session, cart: Cart, events: Sequence[Event]) -> Stamp | None:
    """Append events of a cart that was just saved, and return the newest one's stamp.

    From here to the commit this holds the lock of the chain's head. Call it last, so that a transaction waiting for the
    head holds no lock that this one may still need.
    """
    if not events:
        return None
    before, in_cart = _lock_head(session), _newest_in(session, cart.id)
    over_all = Link(before.number, before.digest)
    recorded, written = personal.veil(session, cart, facts(cart), events)
    for event in written:
        entry = chained(event, recorded, over_all=over_all, in_cart=in_cart)
        over_all, in_cart = Link(entry.id, entry.digest), Link(entry.number, entry.digest)
        session.execute(insert(EventRow).values(asdict(entry)))
        session.execute(insert(UndeliveredRow).values(event_id=entry.id, cart_id=cart.id))
    session.execute(
        update(ChainRow).where(col(ChainRow.id) == _HEAD).values(number=over_all.number, digest=over_all.digest)
    )
    session.execute(update(CartRow).where(col(CartRow.id) == cart.id).values(events=in_cart.number))
    return stamp_of(before, over_all.number, over_all.digest, events[-1].at)


def head(session: Session) -> Link | None:
    """Return the chain's end as stored in the database; None if its row is gone."""
    row = session.execute(select(col(ChainRow.number), col(ChainRow.digest)).where(col(ChainRow.id) == _HEAD)).first()
    return Link(row.number, row.digest) if row else None


def entries(session: Session) -> Iterator[Entry]:
    """Read all events in order of number. It bypasses the tables' types, so tampered rows are read, too."""
    last: int | None = None
    while True:
        after = "" if last is None else "WHERE id > :last"
        page = text(f"SELECT {_COLUMNS} FROM events {after} ORDER BY id LIMIT {_AT_ONCE}")  # noqa: S608 - only constants of this file are put in
        rows = session.execute(page, {} if last is None else {"last": last}).all()
        yield from (_entry(row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def kept(session: Session, cart_id: CartId, cart: Cart | None) -> Kept:
    """Return a cart with the number of events that its row remembers."""
    events = session.execute(text("SELECT events FROM carts WHERE id = :id"), {"id": cart_id}).scalar_one()
    return Kept(cart_id, events if isinstance(events, int) else 0, cart)


def guarded(session: Session) -> bool:
    """Return whether the database's triggers still refuse changes of events."""
    backend = session.get_bind().dialect.name
    return bool(session.execute(text(_GUARDS[backend])).scalar_one() == _GUARDS_WANTED[backend])


def _lock_head(session: Session) -> Row[Any]:
    columns = (ChainRow.number, ChainRow.digest, ChainRow.database_id, ChainRow.epoch)
    return session.execute(select(*map(col, columns)).where(col(ChainRow.id) == _HEAD).with_for_update()).one()


def _newest_in(session: Session, cart_id: CartId) -> Link:
    found = select(col(EventRow.number), col(EventRow.digest)).where(col(EventRow.cart_id) == cart_id)
    row = session.execute(found.order_by(col(EventRow.number).desc()).limit(1)).first()
    return Link(row.number, row.digest) if row else Link()


def _entry(row: Row[Any]) -> Entry:
    """Build an entry. SQLite stores values of any type in any column: a wrong type must match no digest."""
    id_, cart_id, number, state, at, *rest = tuple(row)
    texts = (None if value is None else str(value) for value in rest)
    return Entry(id_, _number(cart_id), _number(number), str(state), _moment(at), *texts)  # type: ignore[arg-type] # the digest is never null


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _moment(value: object) -> datetime | str:
    """Return a time as read; PostgreSQL's driver returns a `datetime`, SQLite's a text."""
    if isinstance(value, datetime):
        return utc(value)
    try:
        return utc(datetime.fromisoformat(str(value)))
    except (ValueError, OverflowError):
        return str(value)
