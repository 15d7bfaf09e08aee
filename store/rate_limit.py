"""The shared rate limiter's state, in one row per API key: the process that locks it decides for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from store.engine import Engines
from store.schema import writing
from store.tables import RateLimitRow


@dataclass
class LimiterState:
    """The last state written, None before the first one, and the time by the database's clock in seconds."""

    now: float
    state: Mapping[str, Any] | None


class LimiterStorage:
    """One row in PostgreSQL, locked for a transaction of milliseconds."""

    def __init__(self, engines: Engines, key: str) -> None:
        self._engines = engines
        self._key = key

    @contextmanager
    def held(self) -> Iterator[LimiterState]:
        """Lock the row; the value of `state` is written when the context ends."""
        with writing(self._engines) as session:
            session.execute(insert(RateLimitRow).values(key=self._key, state=None).on_conflict_do_nothing())
            row = session.exec(select(RateLimitRow).where(col(RateLimitRow.key) == self._key).with_for_update()).one()
            # Read the clock after locking the row, so two processes never see time run backwards.
            now = float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
            current = LimiterState(now, row.state)
            yield current
            row.state = None if current.state is None else dict(current.state)
