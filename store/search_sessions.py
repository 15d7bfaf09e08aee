"""Search sessions in SQL: one row for each search of the last day. Used only on PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlmodel import Session, col

from ordering.ports.search_sessions import RunnerSignal, SearchSession
from store.engine import Engines
from store.mapping import utc
from store.schema import writing
from store.tables import SearchRow

_KEPT_FOR = timedelta(days=1)
_SILENT = timedelta(seconds=10)  # after that the runner is presumed dead
_CONTENT = TypeAdapter(SearchSession)
_log = structlog.get_logger()


class SharedSessionStore:
    """The `SearchSessionStore` of all processes on one PostgreSQL.

    Like leases, it compares times across machines' clocks.
    """

    def __init__(self, engines: Engines, *, clock: Callable[[], datetime]) -> None:
        self._engines = engines
        self._clock = clock
        self._me = secrets.token_hex(8)

    def put(self, search: SearchSession) -> None:
        now = self._clock()
        with writing(self._engines) as session:
            session.execute(delete(SearchRow).where(col(SearchRow.kept_at) < now - _KEPT_FOR))
            session.execute(_as_it_is(_row(search, runner=None, now=now)))

    def begin(self, search: SearchSession) -> bool:
        now = self._clock()
        row = _row(search, runner=self._me, now=now)
        free = or_(col(SearchRow.runner).is_(None), col(SearchRow.kept_at) < now - _SILENT)
        with writing(self._engines) as session:
            session.execute(delete(SearchRow).where(col(SearchRow.kept_at) < now - _KEPT_FOR))
            return session.execute(_as_it_is(row, where=free).returning(col(SearchRow.id))).first() is not None

    def go_on(self, search_id: str, newest: SearchSession | None) -> RunnerSignal:
        news = {"content": _content(newest)} if newest else {}
        still = update(SearchRow).where(self._is_mine(search_id)).values(kept_at=self._clock(), **news)
        with writing(self._engines) as session:
            stops = session.execute(still.returning(col(SearchRow.stop))).scalar_one_or_none()
        return RunnerSignal.LOST if stops is None else RunnerSignal.STOP if stops else RunnerSignal.GO_ON

    def end(self, search: SearchSession) -> None:
        over = update(SearchRow).where(self._is_mine(search.id))
        with writing(self._engines) as session:
            session.execute(over.values(content=_content(search), runner=None, stop=False, kept_at=self._clock()))

    def find(self, search_id: str) -> SearchSession | None:
        now = self._clock()
        with Session(self._engines.read) as session:
            row = session.get(SearchRow, search_id)
        if row is None or utc(row.kept_at) < now - _KEPT_FOR:
            return None
        try:
            kept = _CONTENT.validate_json(row.content)
        except ValidationError:
            _log.info("search_of_another_version", search=search_id)
            return None
        return replace(kept, under_way=row.runner is not None and now - utc(row.kept_at) < _SILENT)

    def stop(self, search_id: str) -> bool:
        under_way = and_(col(SearchRow.runner).is_not(None), col(SearchRow.kept_at) >= self._clock() - _SILENT)
        stopping = update(SearchRow).where(col(SearchRow.id) == search_id, under_way).values(stop=True)
        with writing(self._engines) as session:
            return session.execute(stopping.returning(col(SearchRow.id))).first() is not None

    def _is_mine(self, search_id: str) -> ColumnElement[bool]:
        return and_(col(SearchRow.id) == search_id, col(SearchRow.runner) == self._me)


def _row(search: SearchSession, *, runner: str | None, now: datetime) -> Insert:
    return insert(SearchRow).values(id=search.id, content=_content(search), runner=runner, stop=False, kept_at=now)


def _as_it_is(row: Insert, where: ColumnElement[bool] | None = None) -> Insert:
    """Return an upsert of a row."""
    new = {name: row.excluded[name] for name in ("content", "runner", "stop", "kept_at")}
    return row.on_conflict_do_update(index_elements=["id"], set_=new, where=where)


def _content(search: SearchSession) -> str:
    return _CONTENT.dump_json(search).decode()
