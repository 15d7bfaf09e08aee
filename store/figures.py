"""Figures of the database for measures: how many carts and clicks wait, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select, text
from sqlmodel import col

from ordering.model.cart import CartState
from store.engine import Engines
from store.mapping import utc
from store.queries import server_time
from store.tables import LIVE, CartRow, InboxRow


@dataclass(frozen=True, slots=True)
class Figures:
    """Carts that are not over: their number and the age of the oldest, in seconds; and clicks that are not decided."""

    carts: Mapping[CartState, tuple[int, float]] = field(default_factory=dict)
    decisions: int = 0
    oldest_decision: float = 0.0  # seconds


def read_figures(engines: Engines) -> Figures:
    """Read the figures in one transaction; raises what SQLAlchemy raises."""
    state, since = col(CartRow.state), col(CartRow.since)
    grouped = select(state, func.count(), func.min(since)).where(text(LIVE)).group_by(state)
    clicks = select(func.count(), func.min(col(InboxRow.at))).where(col(InboxRow.outcome).is_(None))
    with engines.read.connect() as connection:
        now = server_time(connection)
        rows = connection.execute(grouped).all()
        waiting, first = connection.execute(clicks).one()
    carts = {
        CartState(name): (int(count), max((now - utc(oldest)).total_seconds(), 0.0)) for name, count, oldest in rows
    }
    oldest = max((now - utc(first)).total_seconds(), 0.0) if waiting else 0.0
    return Figures(carts, int(waiting), oldest)
