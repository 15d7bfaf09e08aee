"""The same memory on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Engines
from store.transactions import SqlStore
from tests.builders import NOW
from tests.databases import new_sqlite, open_unsynced


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    """The address of a migrated database without carts."""
    return new_sqlite(tmp_path) if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def engines(url: str) -> Iterator[Engines]:
    opened = open_unsynced(url)
    yield opened
    opened.close()


@pytest.fixture
def store(engines: Engines) -> SqlStore:
    return SqlStore(engines, clock=lambda: NOW)
