"""The same memory on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Engines, open_engines
from store.migrate import migrate
from store.transactions import SqlStore
from tests.builders import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def engines(url: str) -> Iterator[Engines]:
    opened = open_engines(url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def store(engines: Engines) -> SqlStore:
    return SqlStore(engines, clock=lambda: NOW)
