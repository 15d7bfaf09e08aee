"""The table of states holds the law: nothing is paid that nobody approved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model.cart import MOST_LINES, MOVES, BlockedReason, Cart, CartState
from ordering.model.cart_phases import Paying
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.facts import EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import Attempt, Payment, SalesOrder
from ordering.model.seal import Seal
from tests.builders import NOW, a_line, a_quote, euros
from tests.refusing import refuses

S = CartState
CART = Cart(CartId(1), "C1", "U0ADA", S.OPEN, NOW)
QUOTE, SEAL = a_quote(), Seal("a digest", euros("3.59"))
ATTEMPT, ORDER = Attempt(1, "cart", NOW), SalesOrder(OrderId(12), euros("3.59"), euros("0.60"))
PAYMENT = Payment(7, "U0DAN", NOW)
REQUEST: dict[str, Any] = {"requester": "U0ADA", "purpose": "Our launch", "quote": QUOTE, "seal": SEAL}
FULL = Paying.of(replace(CART, **REQUEST, attempt=ATTEMPT, order=ORDER, payment=PAYMENT))
# Every move of a cart, with the state that it leads to.
MOVING: list[tuple[CartState, Callable[[Any], Cart]]] = [
    (S.SUBMITTED, lambda cart: cart.submit(at=NOW, lines=(), **REQUEST)),
    (S.SUBMITTED, lambda cart: cart.submit_again(at=NOW, lines=(), quote=QUOTE, seal=SEAL)),
    (S.SUBMITTED, lambda cart: cart.lose_approval(at=NOW, approved_by=())),
    (S.APPROVED, lambda cart: cart.approve(at=NOW, approved_by=("U0CLEO",), approved_at=NOW, approved_at_ovh=None)),
    (S.APPROVED, lambda cart: cart.order_again(at=NOW)),
    (S.RETURNED, lambda cart: cart.send_back(at=NOW, by="U0CLEO", reason="Fewer names")),
    (S.REJECTED, lambda cart: cart.reject(at=NOW, rejected_by="U0CLEO", reason="Too dear")),
    (S.CANCELLED, lambda cart: cart.cancel(at=NOW)),
    (S.NEEDS_ATTENTION, lambda cart: cart.needs_attention(at=NOW)),
    (S.CHECKING_OUT, lambda cart: cart.begin_checkout(ATTEMPT, at=NOW, quote=QUOTE)),
    (S.CHECKED_OUT, lambda cart: cart.checked_out(ORDER, at=NOW)),
    (S.CHECKED_OUT, lambda cart: cart.unpaid(at=NOW)),
    (S.PAYING, lambda cart: cart.pay(PAYMENT, at=NOW)),
    (S.PAID, lambda cart: cart.paid(at=NOW)),
    (S.DELIVERED, lambda cart: cart.delivered(at=NOW)),
]


def test_every_state_has_its_row():
    assert set(MOVES) == set(S)


@given(st.lists(st.sampled_from(MOVING), max_size=30))
def test_no_walk_reaches_paying_without_an_approval(walk):
    cart, seen = FULL, [S.OPEN]
    for _, move in walk:
        try:
            cart = move(Paying.of(replace(cart, payment=PAYMENT, quote=QUOTE, seal=SEAL)))
        except NotPossible:
            continue
        seen.append(cart.state)
    for late in (S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED):
        if late in seen:
            assert S.APPROVED in seen[: seen.index(late)]


def test_no_path_through_the_table_avoids_the_approval():
    reached, todo = {S.OPEN}, [S.OPEN]
    while todo:
        for state in MOVES[todo.pop()] - reached - {S.APPROVED}:
            reached.add(state)
            todo.append(state)
    assert reached == {S.OPEN, S.SUBMITTED, S.RETURNED, S.REJECTED, S.CANCELLED}


@pytest.mark.parametrize("state", [S.DELIVERED, S.REJECTED, S.CANCELLED])
def test_an_end_is_an_end(state):
    assert MOVES[state] == frozenset()


def test_a_name_is_in_a_cart_once():
    with refuses("name_already_in_cart", NotPossible, cart=1):
        CART.with_line(a_line()).with_line(a_line())


def test_a_cart_is_full_some_day():
    full = replace(CART, lines=tuple(a_line(f"name-{n}.ovh") for n in range(MOST_LINES)))
    with refuses("cart_full", NotPossible, cart=1):
        full.with_line(a_line("one-more.ovh"))


def test_what_is_not_there_cannot_be_removed():
    with refuses("name_not_in_cart", NotPossible):
        CART.without(DomainName.parse("name.ovh"))


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize(("after", "move"), MOVING)
def test_the_table_is_the_rule_on_which_moves_exist(before, after, move):
    """Each move asks the table, whatever is on record: it leads to its state, or nowhere."""
    cart = replace(FULL, state=before)
    if after in MOVES[before]:
        assert move(cart).state is after
    else:
        with refuses("no_such_move", NotPossible, cart=1, state=before.value, to=after.value):
            move(cart)


def test_every_row_of_the_table_has_its_move():
    """No state can be reached by the table alone: a method makes each of its moves."""
    assert {after for after, _ in MOVING} == {after for row in MOVES.values() for after in row}


@pytest.mark.parametrize(("after", "move"), [each for each in MOVING if each[0] is not S.RETURNED])
def test_moving_on_forgets_what_was_said(after, move):
    """A fact, a sentence, a hindrance and a question are about one state."""
    before = next(state for state in S if after in MOVES[state])
    told = replace(FULL, state=before, foreign_order=OrderId(7), note="A sentence of an earlier version.")
    told = replace(told, fact=Fact(EventKind.TERMS_CHANGED), blocked=BlockedReason(NOW, "unavailable"))
    moved = move(told)
    assert (moved.fact, moved.note, moved.blocked, moved.foreign_order) == (None, None, None, None)
    assert (moved.state, moved.since) == (after, NOW)


def test_what_is_said_now_replaces_a_sentence():
    """The fact counts: a sentence of an earlier version would contradict it."""
    noted = replace(CART, note="A sentence of an earlier version.")
    said = noted.saying(EventKind.APPROVED)
    assert (said.note, said.fact) == (None, Fact(EventKind.APPROVED))
