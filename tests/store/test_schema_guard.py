"""A process writes nothing into the schema of another version: on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from ordering.model.cart import Cart
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.ports.store import MessageRole, TaskType, TimerKind
from store import migrate as migration
from store.engine import Engines, open_engines
from store.errors import SchemaChanged
from store.heartbeats import Heartbeat
from store.migrate import newest
from store.rate_limit import LimiterStorage
from store.transactions import SqlStore, SqlTransaction
from tests.builders import NOW

Write = Callable[[SqlTransaction, Cart], object]
WRITES: dict[str, Write] = {
    "save": lambda carts, cart: carts.save(cart, happened(cart, NOW, EventKind.ORDER_CHANGED)),
    "open": lambda carts, _: carts.open("C2", by="U0ADA", at=NOW),
    "timer": lambda carts, cart: carts.set_timer(cart.id, TimerKind.REMINDER, NOW),
    "step": lambda carts, cart: carts.begin_step(cart.id),
    "message": lambda carts, cart: carts.show_in(cart.id, MessageRole.CART, "C9"),
    "acquire_leases": lambda carts, cart: carts.acquire_leases(
        TaskType.SHOW, [cart.id], holder="x", now=NOW, until=NOW + timedelta(seconds=9)
    ),
}


def set_revision(engines: Engines, number: str) -> None:
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


def rows(engines: Engines) -> dict[str, list[object]]:
    """All that a write could change."""
    tables = ("carts", "events", "messages", "timers", "claims", "heartbeats", "ovh_budget")
    with engines.read.connect() as connection:
        return {table: list(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables}


@pytest.mark.parametrize("found", ["0099", "0013"])
def test_no_write_reaches_another_schema(engines, found):
    """A newer schema, or one put back from a backup: nothing is written, and the process hears that it must end."""
    store = SqlStore(engines)
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
    set_revision(engines, found)
    before = rows(engines)
    for name, write in WRITES.items():
        with pytest.raises(SchemaChanged, match=f"revision {found}; this one knows {newest()}"), store.begin() as carts:
            write(carts, cart)
        assert rows(engines) == before, name
    others: list[Callable[[], object]] = [Heartbeat(engines).beat]
    if engines.are_shared:
        others.append(lambda: LimiterStorage(engines, "key").held().__enter__())
    for other in others:
        with pytest.raises(SchemaChanged):
            other()
    assert rows(engines) == before
    assert engines.schema_changed.is_set()


def test_a_damaged_revision_is_another_schema(engines):
    """Without a revision, or with two, nobody knows what the tables are."""
    for change in ("INSERT INTO alembic_version VALUES ('0099')", "DELETE FROM alembic_version"):
        with engines.write.begin() as connection:
            connection.execute(text(change))
        with pytest.raises(SchemaChanged), SqlStore(engines).begin():
            pass


def test_own_schema_is_written(engines):
    """The guard lets ordinary writes through."""
    with SqlStore(engines).begin() as carts:
        assert carts.open("C1", by="U0ADA", at=NOW).id
    assert not engines.schema_changed.is_set()


def test_a_migration_waits_for_writers_and_others_for_it(postgres_url):
    """No write may begin under one schema and commit under the next."""
    engines = open_engines(postgres_url)
    order: list[str] = []
    locked, entered = threading.Event(), threading.Event()
    refused: list[SchemaChanged] = []

    def migrates() -> None:
        with engines.write.begin() as connection:
            migration._hold_back_writers(connection)  # noqa: SLF001 - the lock of a real migration
            order.append("migrating")
            locked.set()
            assert entered.wait(10)
            connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))

    def writes_late() -> None:
        assert locked.wait(10)
        entered.set()
        try:
            with SqlStore(engines).begin():
                order.append("late write")
        except SchemaChanged as error:
            refused.append(error)

    threads = [threading.Thread(target=migrates), threading.Thread(target=writes_late)]
    with SqlStore(engines).begin() as carts:
        for thread in threads:
            thread.start()
        assert not locked.wait(0.5)
        carts.open("C1", by="U0ADA", at=NOW)
        order.append("early write")
    for thread in threads:
        thread.join(15)
    engines.close()
    assert order == ["early write", "migrating"]
    assert len(refused) == 1
