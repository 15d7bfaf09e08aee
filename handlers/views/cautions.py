"""The caution that an approver reads before they change a cart that they could approve."""

from __future__ import annotations

from handlers.messages import words
from ordering.model.cart import Cart
from ordering.model.policy import Person, Policy


def caution_for(policy: Policy, cart: Cart, person: Person) -> str | None:
    """Return the caution for this user; None if they are no approver, or already shaped one of the names."""
    if not policy.loses_approval(cart, person):
        return None
    return words.cart.caution(cart.id)
