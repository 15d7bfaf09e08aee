"""Whole requests read alike from every store: what the tests of the rules see on the plain store, SQL keeps, too."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.ids import CartId, OrderId
from ordering.model.question import Question
from ordering.ports.store import Store
from prove.explorer.plain_store import PlainStore
from prove.explorer.snapshot import hash_chain
from tests.builders import NOW
from tests.conftest import Rules

S = CartState
CART, LISTED = CartId(1), (OrderId(7), OrderId(8))


def is_delivered(rules: Rules) -> Iterator[CartState]:
    yield rules.requested().state
    cart = rules.workflow.queries.cart(CART)
    yield rules.workflow.approvals.approve(CART, approver=rules.cleo, mark=cart.request_mark).state
    yield rules.run_worker(CART).state
    yield rules.workflow.payments.pay(CART, payer=rules.dan, method=None, mark=rules.mark(CART)).state
    yield rules.run_worker(CART).state
    rules.registrar.deliver()
    yield rules.run_worker(CART, steps=4, seconds=400).state


def is_rejected_and_requested_again(rules: Rules) -> Iterator[CartState]:
    rules.requested()
    yield rules.workflow.approvals.reject(CART, approver=rules.cleo, reason="zu teuer 🦦").state
    rules.requested("second.ovh")
    yield rules.workflow.approval_requests.withdraw(CartId(2), by=rules.ada).state


def is_asked_for_answers(rules: Rules) -> Iterator[CartState]:
    rules.registrar.asks["ovh"] = (Question("BIRTH"), Question("REASON"))
    name = DomainName.parse("asked.ovh")
    yield rules.workflow.cart_editing.add("C1", name, by=rules.ada).state
    rules.workflow.questions.learn(CART)
    yield rules.workflow.questions.answer(CART, {name: {"BIRTH": "1990-01-01", "REASON": "shop"}}, by=rules.ada).state
    yield rules.workflow.approval_requests.request(CART, requester=rules.ada, purpose="For the launch").state


def loses_the_answer_of_the_checkout(rules: Rules) -> Iterator[CartState]:
    rules.approved()
    rules.registrar.next_fault = "lost_after"
    yield rules.run_worker(CART).state


def asks_a_person_about_its_order(rules: Rules) -> Iterator[CartState]:
    rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided, rules.registrar.candidates = "lost_before", True, LISTED
    yield rules.run_worker(CART).state
    with suppress(OrderingError):
        rules.workflow.recovery.nothing_ordered(CART, by=rules.dan, mark=rules.mark(CART))
    yield rules.run_worker(CART).state


@pytest.mark.parametrize("fault", ["lost_before", "lost_after", "refused", "unavailable"])
def test_a_payment_with_a_fault_reads_alike(store, fault):
    def meets_a_fault(rules: Rules) -> Iterator[CartState]:
        yield rules.ordered().state
        rules.registrar.next_fault = fault
        rules.workflow.payments.pay(CART, payer=rules.dan, method=None, mark=rules.mark(CART))
        yield rules.run_worker(CART).state

    compare(store, meets_a_fault)


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        (is_delivered, S.DELIVERED),
        (is_rejected_and_requested_again, S.CANCELLED),
        (is_asked_for_answers, S.SUBMITTED),
        (loses_the_answer_of_the_checkout, S.CHECKED_OUT),
        (asks_a_person_about_its_order, None),
    ],
)
def test_a_whole_request_reads_alike(store, life, ends, monkeypatch):
    """After each step every cart, event and timer is what the plain store has."""
    monkeypatch.setattr("ordering.model.seal.new_salt", lambda: "5a17")  # otherwise two requests never have the same
    reached = compare(store, life)
    assert ends in {None, reached}


def compare(store: Store, life: Callable[[Rules], Iterator[CartState]]) -> CartState | None:
    """Lead the same life over this store and a plain one; return the state at its end."""
    plain = PlainStore(chain=hash_chain, clock=lambda: NOW)
    state = None
    for state, expected in zip_longest(life(Rules(store)), life(Rules(plain))):  # type: ignore[arg-type] # a store with a clock
        assert state is expected
        assert everything(store) == everything(plain)
    return state


def everything(store: Store) -> list[object]:
    """Return all that is on record, with data as JSON: a database keeps a tuple as a list."""
    with store.read() as carts:
        return [
            (
                replace(cart, fact=None),
                cart.fact and (cart.fact.kind, as_json(cart.fact.data)),
                [(replace(event, data=None), as_json(event.data)) for event in carts.events(cart.id)],
                carts.timers(cart.id),
            )
            for cart in carts.every_cart()
        ]


def as_json(data: object) -> str:
    return json.dumps(data, sort_keys=True)
