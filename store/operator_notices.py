"""The notices that operators got, on record: each one once, whichever process notices it, also after a restart."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from store.engine import Engines
from store.queries import server_time
from store.schema import writing
from store.tables import OperatorNoticeRow

# Another process tries if the one that began reached nobody, or died.
_TRIED_AGAIN_AFTER = timedelta(minutes=2)
_ROW = OperatorNoticeRow


class OperatorNotices:
    """The notices by key. Raises `DatabaseError`."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def begin(self, key: str) -> bool:
        """Return whether this process has to notify the operators now: no process did, and none is about to."""
        with writing(self._engines) as session:
            now = server_time(session.connection())
            is_postgresql = session.get_bind().dialect.name == "postgresql"
            row = (postgresql.insert if is_postgresql else sqlite.insert)(_ROW).values(
                key=key, begun_at=now, notified=False
            )
            left = or_(col(_ROW.begun_at) < now - _TRIED_AGAIN_AFTER, col(_ROW.begun_at) > now)
            mine = row.on_conflict_do_update(
                index_elements=["key"], set_={"begun_at": now}, where=col(_ROW.notified).is_(False) & left
            )
            return session.execute(mine.returning(col(_ROW.key))).first() is not None

    def reached(self, key: str) -> None:
        """Record that an operator was reached."""
        with writing(self._engines) as session:
            session.execute(update(_ROW).where(col(_ROW.key) == key).values(notified=True))

    def over(self, key: str) -> None:
        """Forget a notice whose reason is over: when it comes back, it is news."""
        with writing(self._engines) as session:
            session.execute(delete(_ROW).where(col(_ROW.key) == key))
