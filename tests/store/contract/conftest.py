"""The store port on three stores: plain Python, SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ordering.ports.store import Store
from prove.explorer.plain_store import PlainStore
from prove.explorer.snapshot import hash_chain
from store.engine import open_engines
from store.migrate import migrate
from store.transactions import SqlStore
from tests.builders import NOW


@pytest.fixture(params=["plain", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "plain":
        yield PlainStore(chain=hash_chain, clock=lambda: NOW)
        return
    sqlite = f"sqlite:///{tmp_path / 'desk.db'}"
    engines = open_engines(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    migrate(engines)
    yield SqlStore(engines, clock=lambda: NOW)
    engines.close()
