"""The store port on three stores: plain Python, SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from ordering.ports.store import Store
from prove.explorer.plain_store import Client, PlainInbox, PlainStore
from prove.explorer.processes import ProcessStore
from prove.explorer.snapshot import hash_chain
from store.engine import open_engines
from store.inbox import SqlInbox
from store.migrate import migrate
from store.transactions import SqlStore
from tests.builders import NOW


class Memory(NamedTuple):
    """A store, the same store as another process sees it, and its inbox."""

    store: Store
    other: Store
    inbox: PlainInbox | SqlInbox


@pytest.fixture(params=["plain", "sqlite", "postgresql"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    if request.param == "plain":
        plain = PlainStore(chain=hash_chain, clock=lambda: NOW)
        other = ProcessStore(plain, Client(lambda: NOW))
        yield Memory(plain, other, PlainInbox(plain, clock=lambda: datetime.now(UTC)))
        return
    sqlite = f"sqlite:///{tmp_path / 'desk.db'}"
    engines = open_engines(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    migrate(engines)
    yield Memory(SqlStore(engines, clock=lambda: NOW), SqlStore(engines, clock=lambda: NOW), SqlInbox(engines))
    engines.close()


@pytest.fixture
def store(memory: Memory) -> Store:
    return memory.store
