"""The queries of every wake of the worker, with few carts and with very many."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from bench.bulk import fill, settle
from bench.table import Table
from ordering.model.ids import OrderId
from ordering.ports.store import Reading, TaskType
from prove.databases import opened
from store.engine import Engines, open_engines
from store.transactions import SqlStore

SIZES, QUICK_SIZES = (3_000, 300_000), (3_000, 30_000)
_LOOKS = 200  # of each kind, by turns
_NEW_ORDERS = tuple(map(OrderId, range(250_000_000, 250_000_020)))  # at OVH since a checkout began
_NOW = datetime(2026, 11, 28, tzinfo=UTC)
_QUERIES: dict[str, Callable[[Reading], object]] = {
    "outdated": lambda carts: carts.outdated(),
    "due": lambda carts: [carts.due(_NOW, task_type) for task_type in (TaskType.ADVANCE, TaskType.WATCH)],
    "next_due": lambda carts: [carts.next_due(task_type) for task_type in (TaskType.ADVANCE, TaskType.WATCH)],
    "known_orders": lambda carts: carts.known_orders(_NEW_ORDERS),
}


def measure(table: Table, kind: str, sizes: tuple[int, int]) -> None:
    """Add a row for each query: milliseconds with few carts and with many, and their ratio.

    Both databases are read by turns, so that other load on the machine falls on both. The quickest look counts.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, opened(kind, Path(folder)) as databases:
        both = [_filled(databases.new(Path(tempfile.mkdtemp(dir=folder))), size) for size in sizes]
        for what, query in _QUERIES.items():
            small, large = _quickest([SqlStore(engines) for engines in both], query)
            name = f"{what}, of {sizes[0]:,} and {sizes[1]:,} carts"
            table.add(kind, name, small, large, large / small)
        for engines in both:
            engines.close()


def _filled(url: str, size: int) -> Engines:
    engines = open_engines(url)
    with Session(engines.write) as session:
        fill(session.connection(), size)
        session.commit()
    settle(engines)
    return engines


def _quickest(stores: list[SqlStore], query: Callable[[Reading], object]) -> list[float]:
    spent = [float("inf")] * len(stores)
    for _ in range(_LOOKS):
        for place, store in enumerate(stores):
            with store.read() as carts:
                begun = time.perf_counter()
                query(carts)
                spent[place] = min(spent[place], (time.perf_counter() - begun) * 1000)
    return spent
