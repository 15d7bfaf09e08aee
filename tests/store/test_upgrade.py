"""A database of the first released schema (0013) comes to the newest one with all its rows and guards."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from ordering.model.ids import CartId
from ordering.ports.store import TimerKind
from store import migrate as migration
from store.engine import Engines, open_engines
from store.migrate import migrate, newest, revision
from store.transactions import SqlStore

RELEASED = "0013"
LONG = 2**31 + 8_120_045  # beyond 32 bits
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROWS: dict[str, list[dict[str, Any]]] = {
    "carts": [
        {
            "id": 1, "channel": "C1", "created_by": "U0ADA", "state": "paying", "since": AT, "version": 7,
            "requester": "U0ADA", "purpose": "Für den Start 🚀", "approved_by": '["U0CLEO"]', "approved_at": AT,
            "attempt_number": 1, "attempt_cart": "aaaa-bbbb", "attempt_at": AT, "seal_minor": LONG * 10,
            "payment_method": 2**31 - 1, "payment_by": "U0DAN", "payment_asked_at": AT, "events": 2, "due_at": AT,
        },
        {
            "id": 2, "channel": "C2", "created_by": "U0BEN", "state": "open", "since": AT, "version": 0,
            "approved_by": "[]", "events": 0,
        },
        {
            "id": 3, "channel": "C1", "created_by": "U0BEN", "state": "paid", "since": AT, "version": 9,
            "approved_by": '["U0CLEO", "U0DAN"]', "payment_mean": "ovhAccount", "events": 1,
        },
    ],
    "lines": [
        {
            "id": n, "cart_id": cart, "place": 0, "domain": f"name-{n}.ovh", "years": 1, "pricing_mode": "default",
            "added_by": "U0ADA", "currency": "EUR", "price_minor": 299, "phase": "ga", "offered_years": "[1, 2]",
            "warnings": "[]",
        }
        for n, cart in ((1, 1), (2, 2), (3, 3))
    ],
    "sales_orders": [
        {
            "id": LONG, "cart_id": 1, "status": "notPaid", "currency": "EUR", "total_minor": 359, "tax_minor": 60,
            "methods": '[{"id": 8120045, "label": "VISA", "default": true}]',
        },
        {
            "id": 256900123, "cart_id": 3, "status": "delivered", "currency": "EUR", "total_minor": 359,
            "tax_minor": 60, "methods": "[]",
        },
    ],
    "events": [
        {"id": n, "cart_id": cart, "number": number, "state": "submitted", "at": AT, "by": "U0ADA", "digest": "d" * 64}
        for n, cart, number in ((1, 1, 1), (2, 1, 2), (3, 3, 1))
    ],
    "chain": [{"id": 1, "number": 3, "digest": "d" * 64}],
    "untold": [{"event_id": 3, "cart_id": 3}],
    "messages": [{"id": 1, "cart_id": 1, "role": "approval", "channel": "C9", "ts": "1.2", "shown": 7}],
    "claims": [{"errand": "advance", "cart_id": 1, "holder": "desk-1", "until": AT}],
    "searches": [{"id": "abc", "content": "{}", "stop": False, "kept_at": AT}],
}  # fmt: skip


MOVED = {"carts": {"due_at"}}  # to the table of timers
GONE = {"carts": {"carts_due"}}  # the index on it


@pytest.fixture
def released(empty_url: str) -> Iterator[Engines]:
    """A database as the first release left it, with a row of every kind."""
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        config = migration._config()  # noqa: SLF001 - to stop at an older revision
        config.attributes["connection"] = connection
        command.upgrade(config, RELEASED)
        connection.execute(text("DELETE FROM chain"))  # the migrations leave an empty one
        for table, rows in ROWS.items():
            for row in rows:
                columns, values = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)
    assert revision(engines) == RELEASED
    yield engines
    engines.close()


def _all_rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table: [dict(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()]
            for table in ROWS
        }


def test_no_row_changes_in_an_upgrade(released: Engines):
    """Every column of every row of the release reads the same after the upgrade, but those that moved."""
    before = _all_rows(released.write)
    assert migrate(released) == newest() != RELEASED
    after = _all_rows(released.write)
    for table, rows in before.items():
        stay = [name for name in rows[0] if name not in MOVED.get(table, ())]
        assert [[row[name] for name in stay] for row in after[table]] == [[r[name] for name in stay] for r in rows]


def test_a_due_step_is_a_timer_after_an_upgrade(released: Engines):
    """Each cart that was due keeps its moment; a cart that was not due has no timer."""
    migrate(released)
    with SqlStore(released).read() as carts:
        assert {n: carts.timers(CartId(n)) for n in (1, 2, 3)} == {1: {TimerKind.STEP: AT}, 2: {}, 3: {}}
        assert carts.due(AT) == [1]


def test_messages_want_their_cart_after_an_upgrade(released: Engines):
    """A message that showed the newest version stays settled, one that did not is still behind."""
    with released.write.begin() as connection:
        connection.execute(
            text("INSERT INTO messages (id, cart_id, role, channel, shown) VALUES (9, 3, 'cart', 'C', 8)")
        )
    migrate(released)
    with SqlStore(released).read() as carts:
        assert [each.is_settled for n in (1, 3) for each in carts.messages(CartId(n))] == [True, False]
        assert carts.outdated() == [3]  # also for its event


def test_carts_have_save_ids_after_an_upgrade(released: Engines):
    """A cart of the release is read and saved as any other, and another upgrade of the same rows draws other ids."""
    migrate(released)
    store = SqlStore(released)
    with store.begin() as carts:
        cart = carts.cart(CartId(1))
        saved = carts.save(cart)
    assert "" != cart.save_id != saved.save_id
    with released.write.begin() as connection:
        config = migration._config()  # noqa: SLF001 - to go back to an older revision
        config.attributes["connection"] = connection
        command.downgrade(config, "0022")
    migrate(released)
    with store.read() as carts:
        assert carts.cart(CartId(1)).save_id not in {"", cart.save_id, saved.save_id}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET note = 'x' WHERE id = 1",
        "UPDATE events SET digest = digest",
        "DELETE FROM events WHERE id = 3",
        "DELETE FROM events",
    ],
)
def test_events_stay_append_only_after_an_upgrade(released: Engines, change: str):
    """The guards of the audit log outlive the upgrade."""
    migrate(released)
    with pytest.raises(DatabaseError, match="can only be added"), released.write.begin() as connection:
        connection.execute(text(change))
    assert len(_all_rows(released.write)["events"]) == 3


def test_replaced_and_truncated_events_are_refused_too(released: Engines):
    """The ways around UPDATE and DELETE, one on each database, are guarded after the upgrade."""
    migrate(released)
    way = (
        "TRUNCATE events CASCADE"
        if released.are_shared
        else "INSERT OR REPLACE INTO events (id, cart_id, number, state, at, digest) VALUES (1, 1, 1, 'x', 'x', 'x')"
    )
    with pytest.raises(DatabaseError, match="can only be added"), released.write.begin() as connection:
        connection.execute(text(way))


def test_indexes_and_references_stay_after_an_upgrade(released: Engines):
    """One open cart a channel, one order a cart, and no line without its cart, as before."""
    before = {table: _shape(released.write, table) for table in ROWS}
    migrate(released)
    for table, shape in before.items():
        for was, now in zip(shape, _shape(released.write, table), strict=True):
            assert set(was) - set(now) <= MOVED.get(table, set()) | GONE.get(table, set())
    for wrong in (
        "INSERT INTO carts (channel, created_by, state, since, version, approved_by) "  # noqa: ISC004 - one statement
        "VALUES ('C2', 'U', 'open', '2026-11-20', 0, '[]')",
        "INSERT INTO untold (event_id, cart_id) VALUES (99, 99)",
        "UPDATE sales_orders SET cart_id = 3 WHERE cart_id = 1",
    ):
        with pytest.raises(IntegrityError), released.write.begin() as connection:
            connection.execute(text(wrong))


@pytest.mark.parametrize("number", [8120045, 2**31 - 1, 2**31, LONG, 2**53 + 1, 2**63 - 1])
def test_a_long_payment_method_is_kept(released: Engines, number: int):
    """A payment with a method of any number that OVH can give is written and read back."""
    migrate(released)
    with released.write.begin() as connection:
        connection.execute(text("UPDATE carts SET payment_method = :n WHERE id = 1"), {"n": number})
    with SqlStore(released).read() as carts:
        payment = carts.cart(CartId(1)).payment
    assert payment is not None
    assert payment.method == number


@pytest.mark.parametrize("number", [LONG + 1, 2**53 + 1, 2**63 - 1])
def test_a_long_order_is_kept(released: Engines, number: int):
    """A sales order of any number that OVH can give is written and read back."""
    migrate(released)
    with released.write.begin() as connection:
        connection.execute(text("UPDATE sales_orders SET id = :n WHERE cart_id = 1"), {"n": number})
    with SqlStore(released).read() as carts:
        order = carts.cart(CartId(1)).order
    assert order is not None
    assert order.id == number


def test_the_released_schema_refused_long_methods(released: Engines):
    """PostgreSQL refused the number before; SQLite took it."""
    write = text("UPDATE carts SET payment_method = :n WHERE id = 1")
    if not released.are_shared:
        with released.write.begin() as connection:
            connection.execute(write, {"n": LONG})
        return
    with pytest.raises(DataError), released.write.begin() as connection:
        connection.execute(write, {"n": LONG})


def test_an_upgrade_runs_once_more_without_effect(released: Engines):
    """A second upgrade changes nothing."""
    migrate(released)
    before = _all_rows(released.write)
    assert migrate(released) == newest()
    assert _all_rows(released.write) == before


def _shape(engine: Engine, table: str) -> tuple[list[str], list[str], list[str]]:
    found = inspect(engine)
    return (
        sorted(str(index["name"]) for index in found.get_indexes(table)),
        sorted(str(key["constrained_columns"]) for key in found.get_foreign_keys(table)),
        [str(column["name"]) for column in found.get_columns(table)],
    )
