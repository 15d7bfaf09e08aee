"""The queries of every wake read what waits, however many carts there ever were: on both databases.

Counted is what a query touches, which no other load on the machine changes: instructions of SQLite's virtual machine,
rows that PostgreSQL's plan visits. `make bench` measures the seconds.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bench.bulk import BEHIND, DUE, WAITING, fill, settle
from ordering.model.ids import CartId, OrderId
from ordering.ports.store import TaskType
from store.engine import Engines
from store.queries import SqlReading
from tests.databases import new_postgresql, new_sqlite, open_unsynced

SMALL, LARGE = 2_000, 40_000
MOST = 1.3
NOW = datetime(2026, 11, 28, tzinfo=UTC)
QUERIES: dict[str, Callable[[SqlReading], object]] = {
    "outdated": lambda carts: carts.outdated(),
    "due": lambda carts: carts.due(NOW),
    "due, to advance": lambda carts: carts.due(NOW, TaskType.ADVANCE),
    "due, to watch": lambda carts: carts.due(NOW, TaskType.WATCH),
    "next due": lambda carts: carts.next_due(),
    "next due, to advance": lambda carts: carts.next_due(TaskType.ADVANCE),
    "next due, to watch": lambda carts: carts.next_due(TaskType.WATCH),
    "next due, without some": lambda carts: carts.next_due(without=[CartId(n) for n in range(1, 9)]),
    "known orders": lambda carts: carts.known_orders([OrderId(n) for n in range(250_000_000, 250_000_050)]),
}


def touched(engines: Engines, query: Callable[[SqlReading], object]) -> int:
    """How much work the database does for a query."""
    return _rows_of_postgresql(engines, query) if engines.are_shared else _steps_of_sqlite(engines, query)


def _steps_of_sqlite(engines: Engines, query: Callable[[SqlReading], object]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with Session(engines.read) as session, session.begin():
        raw = session.connection().connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(count, 1)
        query(SqlReading(session))
        raw.set_progress_handler(None, 1)
    return steps


def _rows_of_postgresql(engines: Engines, query: Callable[[SqlReading], object]) -> int:
    plans = []

    def explain(connection, cursor, statement, parameters, context, many):
        if not statement.startswith("EXPLAIN"):
            found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
            plans.append(found if isinstance(found, list) else json.loads(found))

    with Session(engines.read) as session, session.begin():
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", explain)
        query(SqlReading(session))
        event.remove(connection, "before_cursor_execute", explain)
    return sum(_visited(plan[0]["Plan"]) for plan in plans)


def _visited(node: dict[str, Any]) -> int:
    mine = int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    return mine + sum(map(_visited, node.get("Plans", ())))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sizes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engines]]:
    """Two databases of one kind: with few carts, and with twenty times as many."""
    opened = []
    for size in (SMALL, LARGE):
        if request.param == "postgresql":
            url = new_postgresql(*map(request.getfixturevalue, ("postgres", "postgres_template")))
        else:
            url = new_sqlite(tmp_path_factory.mktemp("bulk"))
        engines = open_unsynced(url)
        with Session(engines.write) as session:
            fill(session.connection(), size)
            session.commit()
        settle(engines)
        opened.append(engines)
    yield opened
    for engines in opened:
        engines.close()


@pytest.mark.parametrize("what", list(QUERIES))
def test_a_query_does_not_grow_with_all_carts(sizes, what):
    """Twenty times as many carts cost at most 1.3 times as much."""
    small, large = (touched(engines, QUERIES[what]) for engines in sizes)
    assert 0 < large <= MOST * small


def test_what_waits_is_found_among_all_carts(sizes):
    """The bounded queries leave nothing out."""
    for engines in sizes:
        with Session(engines.read) as session, session.begin():
            carts = SqlReading(session)
            assert len(carts.outdated()) == BEHIND
            assert len(carts.due(NOW)) == DUE
            assert len(carts.due(NOW, TaskType.ADVANCE)) == len(carts.due(NOW, TaskType.WATCH)) == DUE // 2
            numbers = map(OrderId, range(250_000_000, 250_000_000 + 10 * WAITING))
            assert len(carts.known_orders(list(numbers))) == 10 * WAITING - 1
