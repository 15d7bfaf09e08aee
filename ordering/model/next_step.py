"""Who has to act next on a cart: the people and user groups that its messages name, and whether one person may."""

from __future__ import annotations

from collections.abc import Callable

from ordering.model.cart import Cart, CartState
from ordering.model.errors import NotAllowed
from ordering.model.policy import Person, Policy

S = CartState


def next_to_act(cart: Cart, policy: Policy) -> frozenset[str]:
    """Return the people and user groups of whom one has to act now; empty while nobody has to.

    It names nobody whom the bot would refuse, as far as that is known without reading user groups.
    """
    match cart.state:
        case S.SUBMITTED:
            return policy.approvers - frozenset(cart.approved_by) - _barred(cart, policy)
        case S.RETURNED:
            return cart.contributors
        case S.CHECKED_OUT if cart.order is None or not cart.order.owner_hidden:
            return policy.payers
        case S.NEEDS_ATTENTION if cart.order is not None and cart.order.status.is_paid:
            return policy.payers  # only they may open the order at OVH
        case S.NEEDS_ATTENTION:
            return policy.approvers | policy.payers
        case _:
            return frozenset()


def may_act(cart: Cart, person: Person, policy: Policy) -> bool:
    """Return whether a cart is waiting for someone, and this person is one of those who may act."""
    match cart.state:
        case S.SUBMITTED:
            return person.id not in cart.approved_by and _allowed(policy.may_approve, cart, person)
        case S.RETURNED:
            return _allowed(policy.may_change, cart, person)
        case S.CHECKED_OUT:
            return policy.pays(person)
        case S.NEEDS_ATTENTION:
            return policy.decides(person) or policy.pays(person)
        case _:
            return False


def _barred(cart: Cart, policy: Policy) -> frozenset[str]:
    """Return the people whom their own part in the request keeps from approving it."""
    if policy.self_approval:
        return frozenset()
    return cart.people_who_shaped | ({cart.requester} if cart.requester else frozenset())


def _allowed(rule: Callable[[Cart, Person], None], cart: Cart, person: Person) -> bool:
    try:
        rule(cart, person)
    except NotAllowed:
        return False
    return True
