"""Every wait for PostgreSQL has an end, and who waited for a lock sees what was committed before it."""

import threading
import time
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import make_url, text

from store.engine import open_engines
from store.transactions import SqlStore
from tests.builders import NOW


@pytest.mark.parametrize("connection", ["write", "read"])
def test_every_wait_has_an_end(postgres_url, connection):
    """No connection of the bot waits indefinitely: for a lock, a statement, an idle transaction or a silent network."""
    engines = open_engines(postgres_url)
    with getattr(engines, connection).connect() as opened:
        names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout")
        found = {name: opened.scalar(text(f"SHOW {name}")) for name in names}
        assert opened.connection.driver_connection.info.get_parameters()["connect_timeout"] == "5"
    # On the test's Unix socket PostgreSQL shows no TCP setting.
    assert {name for name, value in found.items() if value in {"0", "0ms"}} <= {"tcp_user_timeout"}
    engines.close()


def test_a_suspended_process_gives_up_its_locks(postgres_url):
    """A machine that is suspended inside a decision holds the others up for seconds, not until TCP gives up."""
    suspended, engines = open_engines(postgres_url, idle=2), open_engines(postgres_url)
    with suspended.write.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7368422)"))  # the lock of decisions
        begun = time.monotonic()
        with SqlStore(engines).begin() as carts:
            carts.decide_alone()
        assert 0.5 < time.monotonic() - begun < 9
        connection.invalidate()
    for opened in (suspended, engines):
        opened.close()


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_decisions_see_those_before_them_at_any_default(postgres_url, level):
    """An administrator's stricter default would show who waited for the lock a moment from before it."""
    with closing(psycopg.connect(postgres_url.replace("postgresql+psycopg", "postgresql"), autocommit=True)) as admin:
        name = make_url(postgres_url).database
        admin.execute(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = '{level}'".encode())
    engines = open_engines(postgres_url)
    store, inside, seen = SqlStore(engines), threading.Event(), []

    def second() -> None:
        assert inside.wait(10)
        with store.begin() as carts:
            carts.decide_alone()
            seen.append(carts.open_cart("C1"))

    waiting = threading.Thread(target=second)
    waiting.start()
    with store.begin() as carts:
        carts.decide_alone()
        inside.set()
        waiting.join(0.7)
        cart = carts.open("C1", by="U0ADA", at=NOW)
    waiting.join(10)
    engines.close()
    assert [found.id for found in seen if found] == [cart.id]
