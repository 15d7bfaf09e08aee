"""Messages name those who may act now, and nobody else."""

from dataclasses import replace

import pytest

from ordering.model.cart import Cart, CartState
from ordering.model.ids import CartId, OrderId
from ordering.model.next_step import may_act, next_to_act
from ordering.model.policy import Membership, Person
from ordering.model.sales_order import OrderStatus, SalesOrder
from tests.builders import NOW, POLICY, a_line, euros

S = CartState
BOTH = replace(POLICY, approvers=frozenset({"U0ADA", "U0CLEO", "S0BUY"}))
ORDER = SalesOrder(OrderId(7), euros("3.59"), euros("0.60"))


def a_cart(state: CartState, **more) -> Cart:
    return Cart(CartId(12), "C1", "U0ADA", state, NOW, (a_line(by="U0BEN"),), requester="U0ADA", **more)


@pytest.mark.parametrize(
    ("cart", "who"),
    [
        (a_cart(S.OPEN), set()),
        (a_cart(S.SUBMITTED), {"U0CLEO", "S0BUY"}),
        (a_cart(S.SUBMITTED, approved_by=("U0CLEO",)), {"S0BUY"}),
        (a_cart(S.APPROVED), set()),
        (a_cart(S.CHECKED_OUT, order=ORDER), {"U0DAN"}),
        (a_cart(S.CHECKED_OUT, order=replace(ORDER, owner_hidden=True)), set()),
        (a_cart(S.PAYING, order=ORDER), set()),
        (a_cart(S.NEEDS_ATTENTION), {"U0ADA", "U0CLEO", "S0BUY", "U0DAN"}),
        (a_cart(S.NEEDS_ATTENTION, order=replace(ORDER, status=OrderStatus.DELIVERING)), {"U0DAN"}),
        (a_cart(S.DELIVERED, order=ORDER), set()),
    ],
)
def test_names_those_who_may_act(cart: Cart, who: set[str]):
    assert next_to_act(cart, BOTH) == who


def test_with_self_approval_the_requester_may_approve():
    assert "U0ADA" in next_to_act(a_cart(S.SUBMITTED), replace(BOTH, self_approval=True))


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("user", ["U0ADA", "U0BEN", "U0CLEO", "U0DAN", "U0EVA"])
def test_nobody_may_act_whom_no_message_names(state: CartState, user: str):
    """A button for a person, and the names that others read, never contradict each other."""
    person = Person(user, Membership.MEMBER)
    cart = a_cart(state)
    if may_act(cart, person, BOTH):
        assert user in next_to_act(cart, BOTH)
