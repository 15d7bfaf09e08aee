"""Carts with all that belongs to them, made by the database itself: hundreds of thousands in seconds."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

from store.engine import Engines

WAITING = 100  # carts that wait for a person or an event, however many there are in all
BEHIND, DUE = 20, 20  # of those: with a message that is behind, and with a step that is due
_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {size}) ",
    "postgresql": "WITH series AS (SELECT n FROM generate_series(1, {size}) AS n) ",
}
_LIVE = "n % {every} = 0"
_STATEMENTS = (
    """
INSERT INTO carts (id, channel, created_by, state, since, version, requester, purpose, approved_by, events)
{series}SELECT n, 'C' || (n % 20), 'U' || (n % 50),
    CASE WHEN NOT {live} THEN 'delivered' WHEN (n / {every}) % 2 = 0 THEN 'submitted' ELSE 'checking_out' END,
    {past}, 1, 'U' || (n % 50), 'bench', '[]', 1 FROM series""",
    """
INSERT INTO lines
    (cart_id, place, domain, years, pricing_mode, added_by, currency, price_minor, phase, offered_years, warnings)
{series}SELECT n, 0, 'n' || n || '.ovh', 1, 'create-default', 'U1', 'EUR', 299, 'ga', '[]', '[]' FROM series""",
    """
INSERT INTO sales_orders (id, cart_id, status, currency, total_minor, tax_minor, methods)
{series}SELECT 250000000 + n, n, 'delivered', 'EUR', 359, 60, '[]' FROM series""",
    """
INSERT INTO events (id, cart_id, number, state, at, digest)
{series}SELECT n, n, 1, 'delivered', {past}, 'd' || n FROM series""",
    """
INSERT INTO messages (cart_id, role, channel, ts, shown, wanted)
{series}SELECT n, 'approval', 'C9', 'ts' || n, CASE WHEN {live} AND n / {every} <= {behind} THEN 0 ELSE 1 END, 1
    FROM series""",
    """
INSERT INTO timers (subject, kind, due_at, set_at)
{series}SELECT n, 'reminder', {future}, {past} FROM series""",
    """
INSERT INTO timers (subject, kind, due_at, set_at)
{series}SELECT n, 'step', CASE WHEN n / {every} <= {due} THEN {past} ELSE {future} END, {past}
    FROM series WHERE {live}""",
)
_MOMENTS = {
    "sqlite": ("'2026-01-01 00:00:00'", "'2126-01-01 00:00:00'"),
    "postgresql": ("CAST('2026-01-01' AS timestamptz)", "CAST('2126-01-01' AS timestamptz)"),
}


def fill(connection: Connection, size: int) -> None:
    """Add `size` carts, `WAITING` of them under way.

    Each has a line, an order, an event, a message and a reminder; those under way have a step's timer.
    """
    kind = connection.dialect.name
    every = size // WAITING
    past, future = _MOMENTS[kind]
    parts = {
        "series": _SERIES[kind].format(size=size), "live": _LIVE.format(every=every), "every": every,
        "behind": BEHIND, "due": DUE, "past": past, "future": future,
    }  # fmt: skip
    for statement in _STATEMENTS:
        connection.execute(text(statement.format(**parts)))


def settle(engines: Engines) -> None:
    """Have the planner know the tables as they are."""
    with engines.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
