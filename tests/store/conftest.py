"""The same memory on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Engines
from store.transactions import SqlStore
from tests.builders import NOW
from tests.databases import name_of, new_postgresql, new_sqlite, open_unsynced
from tests.store.tampering import four_carts

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without carts."""
    return new_sqlite(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture(scope="session")
def sqlite_with_carts(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("carts")
    _fill(new_sqlite(folder))
    return (folder / "desk.db").read_bytes()


@pytest.fixture(scope="session")
def postgres_with_carts(postgres: str, postgres_template: str) -> str:
    url = new_postgresql(postgres, postgres_template)
    _fill(url)
    return name_of(url)


def _fill(url: str) -> None:
    engines = open_unsynced(url)
    four_carts(SqlStore(engines, clock=lambda: NOW))
    engines.close()


@pytest.fixture(params=KINDS)
def url_with_carts(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with the record of `four_carts`, written once in a process and then copied."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path, request.getfixturevalue("sqlite_with_carts"))
    return new_postgresql(*map(request.getfixturevalue, ("postgres", "postgres_with_carts")))


@pytest.fixture
def engines(url: str) -> Iterator[Engines]:
    opened = open_unsynced(url)
    yield opened
    opened.close()


@pytest.fixture
def store(engines: Engines) -> SqlStore:
    return SqlStore(engines, clock=lambda: NOW)
