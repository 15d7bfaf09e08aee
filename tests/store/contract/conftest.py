"""The store port on three stores: plain Python, SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from ordering.ports.store import Store
from prove.explorer.plain_store import Client, PlainInbox, PlainStore
from prove.explorer.processes import ProcessStore
from prove.explorer.snapshot import hash_chain
from store.inbox import SqlInbox
from store.transactions import SqlStore
from tests.builders import NOW
from tests.databases import new_sqlite, open_unsynced
from tests.store.losing import lose_newest_events
from tests.store.restoring import PutBack, backup


class Stores(NamedTuple):
    """A store, the same store as another process sees it, its inbox, and a loss of all events above a number.

    `backup` keeps all that the store holds now, and returns the function that puts it back.
    """

    store: Store
    other: Store
    inbox: PlainInbox | SqlInbox
    lose_above: Callable[[int], object]
    backup: Callable[[], PutBack]


@pytest.fixture(params=["plain", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "plain":
        plain = PlainStore(chain=hash_chain, clock=lambda: NOW)
        other = ProcessStore(plain, Client(lambda: NOW))
        inbox = PlainInbox(plain, clock=lambda: datetime.now(UTC))
        yield Stores(plain, other, inbox, partial(_lose, plain), partial(_backup, plain))
        return
    is_sqlite = request.param == "sqlite"
    engines = open_unsynced(new_sqlite(tmp_path) if is_sqlite else request.getfixturevalue("postgres_url"))
    first, second = SqlStore(engines, clock=lambda: NOW), SqlStore(engines, clock=lambda: NOW)
    yield Stores(first, second, SqlInbox(engines), partial(lose_newest_events, engines), partial(backup, engines))
    engines.close()


def _lose(plain: PlainStore, number: int) -> None:
    while len(plain.kept.events) > number:
        plain.lose(1)


def _backup(plain: PlainStore) -> PutBack:
    kept = plain.kept
    return lambda: setattr(plain, "kept", kept)


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores.store
