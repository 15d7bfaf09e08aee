"""What registries insisted on, kept for every process and every restart."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from store.engine import Engines
from store.errors import DatabaseError
from store.schema import writing
from store.tables import RegistryDemandRow

_MOST = 2_000  # rows that are read: OVH has a thousand extensions, and few of them insist on anything
_log = structlog.get_logger()
Demand = tuple[str, str, str]  # extension, kind and label


class RegistryDemandMemory:
    """The demands in one table. A database that is away costs only that a question is asked late, so nothing fails."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def read(self) -> frozenset[Demand]:
        """Return all demands on record; none if the database does not answer."""
        row = RegistryDemandRow
        query = select(col(row.extension), col(row.kind), col(row.label)).order_by(col(row.extension)).limit(_MOST)
        try:
            with Session(self._engines.read) as session:
                return frozenset((extension, kind, label) for extension, kind, label in session.execute(query))
        except SQLAlchemyError as error:
            _log.warning("registry_demands_not_read", error=type(error).__name__)
            return frozenset()

    def add(self, demands: Collection[Demand]) -> None:
        """Store demands; those that another process stored before stay as they are."""
        values = [dict(zip(("extension", "kind", "label"), demand, strict=True)) for demand in sorted(demands)]
        try:
            with writing(self._engines) as session:
                is_shared = self._engines.are_shared
                insert = (postgresql.insert if is_shared else sqlite.insert)(RegistryDemandRow)
                session.execute(insert.on_conflict_do_nothing(), values)
        except (SQLAlchemyError, DatabaseError) as error:
            _log.warning("registry_demands_not_stored", error=type(error).__name__)
