"""Of a Stop and an intent at the same moment exactly one wins, on both databases, and the person reads which."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged, NotPossible
from ordering.model.ids import CartId
from tests.conftest import Rules

S = CartState
ROUNDS = 12


@pytest.fixture
def rules(store) -> Rules:
    return Rules(store)


def race(rules: Rules, cart_id: CartId) -> str | None:
    """Carry a decision out and stop it on two threads; returns the refusal of the Stop, None where it went through."""
    together = threading.Barrier(2)

    def stops() -> str | None:
        together.wait()
        try:
            rules.workflow.approvals.stop(cart_id, by=rules.cleo)
        except NotPossible as refusal:
            return refusal.code
        return None

    def works() -> None:
        together.wait()
        with suppress(CartChanged):
            rules.fulfilment.advance(cart_id)

    with ThreadPoolExecutor(2) as pool:
        stopping = pool.submit(stops)
        pool.submit(works).result()
        return stopping.result()


def test_a_stop_and_the_intent_of_an_order(rules):
    """A stopped cart was never ordered; where the order went first, the Stop says that it is too late."""
    for number in range(ROUNDS):
        cart = rules.approved(f"n{number}.ovh", f"C{number}")
        before = len(rules.registrar.orders)
        refused = race(rules, cart.id)
        ordered = len(rules.registrar.orders) - before
        state = rules.workflow.queries.cart(cart.id).state
        assert (refused, ordered, state is S.CANCELLED) in {(None, 0, True), ("too_late_to_stop", 1, False)}


def test_a_stop_and_the_intent_of_a_payment(rules):
    """A stopped payment was never sent; where the payment went first, the Stop says that it is too late."""
    for number in range(ROUNDS):
        cart = rules.approved(f"n{number}.ovh", f"C{number}")
        ordered = rules.run_worker(cart.id, steps=4)
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=ordered.mark)
        before = len(rules.registrar.payments)
        refused = race(rules, cart.id)
        assert (refused, len(rules.registrar.payments) - before) in {(None, 0), ("too_late_to_stop", 1)}
