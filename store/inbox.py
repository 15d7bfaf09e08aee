"""The inbox in SQL. All times are the database server's; for a SQLite file, this machine's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, CursorResult, case, delete, exists, func, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from ordering.model.ids import CartId
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from store.engine import INBOX_SECONDS, Engines
from store.mapping import utc
from store.queries import server_time
from store.tables import InboxRow

_LEFT_AFTER = timedelta(seconds=5)  # without a renewal by the process that works on a click
_SLOWEST = 6  # doublings of the time between two attempts: five minutes
_AT_ONCE = 20
_OPEN = col(InboxRow.outcome).is_(None)


class SqlInbox:
    """Stores clicks in the table `inbox`, over its own connections, so no other query delays them."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def put(self, click: Click, *, folds: bool = False) -> Click | None:
        with self._connection() as connection:
            # PostgreSQL dates the row itself, so this stays one round trip.
            now: Any = func.clock_timestamp() if _is_postgresql(connection) else server_time(connection)
            row: dict[str, Any] = {
                "key": click.key, "kind": click.kind, "cart_id": click.cart_id, "by": click.by, "shown": click.mark,
                "content": click.content, "at": now, "next_at": now + _LEFT_AFTER, "tries": 1,
            }  # fmt: skip
            if folds:
                is_open = exists().where(_OPEN, *_same(click))
                row |= {
                    "content": case((is_open, None), else_=click.content),
                    "outcome": case((is_open, ClickOutcome.REPEATED.value)),
                }
            into = postgresql.insert(InboxRow) if _is_postgresql(connection) else sqlite.insert(InboxRow)
            stored = into.values(row).on_conflict_do_nothing().returning(col(InboxRow.at), col(InboxRow.outcome))
            found = connection.execute(stored).one_or_none()
            if found is None:
                return None
            at, outcome = found
            if outcome is not None:
                hurried = update(InboxRow).where(_OPEN, *_same(click), col(InboxRow.next_at) > now + _LEFT_AFTER)
                connection.execute(hurried.values(next_at=now + _LEFT_AFTER))
                return None
        return Click(click.key, click.kind, click.cart_id, click.by, click.mark, click.content, utc(at), tries=1)

    def take(self, *, first: Collection[str]) -> list[Click]:
        with self._connection() as connection:
            now = server_time(connection)
            kinds_first = case((col(InboxRow.kind).in_(sorted(first)), 0), else_=1)
            left = select(InboxRow.__table__).where(_OPEN, col(InboxRow.next_at) <= now)  # type: ignore[attr-defined] # SQLModel's
            rows = connection.execute(left.order_by(kinds_first, col(InboxRow.at)).limit(_AT_ONCE)).mappings().all()
            return [_click(row, now) for row in rows if self._is_taken(connection, row["key"], row["tries"], now)]

    def _is_taken(self, connection: Connection, key: str, tries: int, now: datetime) -> bool:
        """Take one click, unless another process was quicker."""
        mine = (col(InboxRow.key) == key, col(InboxRow.tries) == tries, _OPEN, col(InboxRow.next_at) <= now)
        next_at = now + _LEFT_AFTER * 2 ** min(tries, _SLOWEST)
        return _changed(connection, update(InboxRow).where(*mine).values(tries=tries + 1, next_at=next_at)) == 1

    def hold(self, key: str) -> None:
        with self._connection() as connection:
            later = server_time(connection) + _LEFT_AFTER
            held = update(InboxRow).where(col(InboxRow.key) == key, _OPEN, col(InboxRow.next_at) < later)
            connection.execute(held.values(next_at=later))

    def end(self, key: str, outcome: ClickOutcome) -> bool:
        with self._connection() as connection:
            return _end(connection, key, outcome)

    def outcome(self, key: str) -> ClickOutcome | None:
        with self._engines.read.connect() as connection:
            found = connection.scalar(select(col(InboxRow.outcome)).where(col(InboxRow.key) == key))
        return ClickOutcome(found) if found else None

    def was_decided(self, click: Click) -> bool:
        decided = col(InboxRow.outcome) == ClickOutcome.DECIDED.value
        same = select(col(InboxRow.key)).where(decided, *_same(click))
        with self._engines.read.connect() as connection:
            return connection.execute(same.limit(1)).first() is not None

    def forget(self, older_than: timedelta) -> None:
        with self._connection() as connection:
            before = server_time(connection) - older_than
            connection.execute(delete(InboxRow).where(col(InboxRow.at) < before, not_(_OPEN)))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        write_queue = (
            self._engines.write_queue.held(within=INBOX_SECONDS) if self._engines.write_queue else nullcontext()
        )
        with write_queue, self._engines.inbox.begin() as connection:
            yield connection


def end_decided(connection: Connection, key: str, overtaking: CartId | None) -> None:
    """End a click within the transaction of its decision; raises `ClickEnded` if it had ended."""
    if not _end(connection, key, ClickOutcome.DECIDED):
        raise ClickEnded(key)
    if overtaking is not None:
        mine = select(col(InboxRow.at)).where(col(InboxRow.key) == key).scalar_subquery()
        older = (col(InboxRow.cart_id) == overtaking, _OPEN, col(InboxRow.at) <= mine)
        connection.execute(update(InboxRow).where(*older).values(_ended(ClickOutcome.OVERTAKEN)))


def _end(connection: Connection, key: str, outcome: ClickOutcome) -> bool:
    ended = update(InboxRow).where(col(InboxRow.key) == key, _OPEN).values(_ended(outcome))
    return _changed(connection, ended) == 1


def _ended(outcome: ClickOutcome) -> dict[str, str | None]:
    return {"outcome": outcome.value, "content": None}


def _changed(connection: Connection, statement: Any) -> int:  # noqa: ANN401 - a SQLAlchemy update
    return cast("CursorResult[object]", connection.execute(statement)).rowcount


def _same(click: Click) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for the same person's clicks on the same button of the same card."""
    return (
        col(InboxRow.cart_id) == click.cart_id,
        col(InboxRow.kind) == click.kind,
        col(InboxRow.by) == click.by,
        col(InboxRow.mark) == click.mark,
    )


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _click(row: Any, now: datetime) -> Click:  # noqa: ANN401 - a row as a mapping
    at = utc(row["at"])
    return Click(
        row["key"], row["kind"], row["cart_id"], row["by"], row["shown"], row["content"], at, now - at, row["tries"] + 1
    )
