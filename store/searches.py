"""The shelf of searches in SQL: one row for each search of the last day. Used on PostgreSQL alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from ordering.kept_search import KeptSearch
from store.engine import Engines
from store.mapping import utc
from store.tables import SearchRow

T = TypeVar("T")

_KEPT_FOR = timedelta(days=1)
_SILENT = timedelta(seconds=10)  # then whoever ran it is gone
_CONTENT = TypeAdapter(KeptSearch)
_log = structlog.get_logger()


class SharedShelf:
    """The `Shelf` of all processes on one PostgreSQL. Moments are compared between clocks, as those of claims."""

    def __init__(self, engines: Engines, *, clock: Callable[[], datetime]) -> None:
        self._engine = engines.write
        self._clock = clock

    def begin(self, search: KeptSearch) -> bool:
        now = self._clock()
        row = insert(SearchRow).values(**_columns(search, now), stop=False)
        nobody = ~col(SearchRow.under_way) | (col(SearchRow.kept_at) < now - _SILENT)
        mine = row.on_conflict_do_update(index_elements=["id"], set_=_new(row, "stop"), where=nobody)

        def begun(session: Session) -> bool:
            session.execute(delete(SearchRow).where(col(SearchRow.kept_at) < now - _KEPT_FOR))
            return session.execute(mine.returning(col(SearchRow.id))).first() is not None

        return self._in_sql(begun, otherwise=True)

    def keep(self, search: KeptSearch) -> bool:
        row = insert(SearchRow).values(**_columns(search, self._clock()), stop=False)
        newest = row.on_conflict_do_update(index_elements=["id"], set_=_new(row)).returning(col(SearchRow.stop))
        return self._in_sql(lambda session: session.execute(newest).scalar_one(), otherwise=False)

    def find(self, search_id: str) -> KeptSearch | None:
        return self._in_sql(lambda session: self._read(session.get(SearchRow, search_id)), otherwise=None)

    def stop(self, search_id: str) -> None:
        wish = update(SearchRow).where(col(SearchRow.id) == search_id).values(stop=True)
        self._in_sql(lambda session: session.execute(wish), otherwise=None)

    def _in_sql(self, do: Callable[[Session], T], *, otherwise: T) -> T:
        try:
            with Session(self._engine) as session, session.begin():
                return do(session)
        except SQLAlchemyError as error:
            _log.warning("searches_not_shared", error=type(error).__name__)
            return otherwise

    def _read(self, row: SearchRow | None) -> KeptSearch | None:
        if row is None:
            return None
        try:
            kept = _CONTENT.validate_json(row.content)
        except ValidationError:
            _log.info("search_of_another_version", search=row.id)
            return None
        return replace(kept, under_way=row.under_way and self._clock() - utc(row.kept_at) < _SILENT)


def _columns(search: KeptSearch, now: datetime) -> dict[str, Any]:
    content = _CONTENT.dump_json(search).decode()
    return {"id": search.id, "content": content, "under_way": search.under_way, "kept_at": now}


def _new(row: Insert, *more: str) -> dict[str, Any]:
    return {name: row.excluded[name] for name in ("content", "under_way", "kept_at", *more)}
