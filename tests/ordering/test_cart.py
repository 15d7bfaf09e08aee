"""The table of states holds the law: nothing is paid that nobody approved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model.cart import MOST_LINES, MOVES, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.facts import EventKind, Fact
from tests.builders import NOW, a_line
from tests.refusing import refuses

S = CartState
CART = Cart(1, "C1", "U0ADA", S.OPEN, NOW)


def test_every_state_has_its_row():
    assert set(MOVES) == set(S)


@given(st.lists(st.sampled_from(list(S)), max_size=30))
def test_no_walk_reaches_paying_without_an_approval(walk):
    cart, seen = CART, [S.OPEN]
    for state in walk:
        try:
            cart = cart.to(state, at=NOW)
        except NotPossible:
            continue
        seen.append(state)
    for late in (S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED):
        if late in seen:
            assert S.APPROVED in seen[: seen.index(late)]


def test_no_path_through_the_table_avoids_the_approval():
    reached, todo = {S.OPEN}, [S.OPEN]
    while todo:
        for state in MOVES[todo.pop()] - reached - {S.APPROVED}:
            reached.add(state)
            todo.append(state)
    assert reached == {S.OPEN, S.SUBMITTED, S.REJECTED, S.CANCELLED}


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


def test_moving_on_forgets_what_was_said():
    told = CART.to(S.SUBMITTED, at=NOW).saying(EventKind.TERMS_CHANGED)
    assert told.fact == Fact(EventKind.TERMS_CHANGED)
    assert told.to(S.APPROVED, at=NOW).fact is None
    noted = replace(told, note="A sentence of an earlier version.")
    assert noted.to(S.APPROVED, at=NOW).note is None
    assert noted.saying(EventKind.APPROVED).note is None
