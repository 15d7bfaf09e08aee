"""On PostgreSQL every transaction about a money call locks the cart before the attempt, so that no two deadlock."""

import threading
import time
from contextlib import closing, suppress

import psycopg
import pytest

from ordering.model.cart import CartState
from ordering.model.errors import OrderingError, RegistrarUnavailable
from store.engine import open_engines
from store.transactions import SqlStore
from tests.builders import failing
from tests.conftest import Rules
from tests.ordering.test_overtaken import paying, sleeps_at, taken_over


def interrupted(rules, monkeypatch, begins):
    """The process died after its marker was made, long ago."""
    cart = rules.approved() if begins == "order" else paying(rules)
    with monkeypatch.context() as dying:
        dying.setattr(rules.registrar, "markers", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            rules.fulfilment.advance(cart.id)
    rules.clock.pass_by(120)
    return cart


@pytest.mark.parametrize(
    "what", ["an intent", "a take-over of an order", "a take-over of a payment", "a correction"], ids=str
)
def test_the_cart_is_locked_before_the_attempt(postgres_url, monkeypatch, what):
    """While another transaction holds the cart, the attempt is free."""
    engines = open_engines(postgres_url)
    rules, held = Rules(SqlStore(engines)), threading.Event()
    with closing(psycopg.connect(postgres_url.replace("postgresql+psycopg", "postgresql"))) as holder:

        def hold() -> None:
            holder.execute("SELECT id FROM carts FOR UPDATE")
            held.set()

        if what.startswith("a take-over"):
            cart = interrupted(rules, monkeypatch, what.rpartition(" ")[2])
            sleeps_at(rules, monkeypatch, "time", hold)
        elif what == "an intent":
            cart = rules.approved()
            sleeps_at(rules, monkeypatch, "ready_to_check_out", hold)
        else:
            cart = rules.approved()
            woke = taken_over(rules, cart)

            def fails() -> None:
                woke()
                assert rules.workflow.queries.cart(cart.id).state is CartState.CHECKING_OUT
                hold()
                raise RegistrarUnavailable

            sleeps_at(rules, monkeypatch, "markers", fails)

        def step() -> None:
            with suppress(OrderingError):
                rules.fulfilment.advance(cart.id)

        stepping = threading.Thread(target=step)
        stepping.start()
        try:
            assert held.wait(10)
            while not holder.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
                assert stepping.is_alive()
                time.sleep(0.01)
            assert len(holder.execute("SELECT id FROM money_calls FOR UPDATE NOWAIT").fetchall()) >= 1
        finally:
            holder.rollback()
            stepping.join(20)
    engines.close()
