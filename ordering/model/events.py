"""What happened to a cart: the record, and what is told in the card's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ordering.model.cart import Cart, CartState

# The note of an event by which the payers are reminded.
REMINDER = "A reminder: the order is still to be paid."


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, written in the same transaction as the change itself.

    `by` is the person who did it, or None for the bot; `note` says in words what the state does not.
    """

    cart_id: int
    state: CartState
    at: datetime
    by: str | None = None
    note: str | None = None
    id: int = 0  # given by the store


def happened(cart: Cart, at: datetime, *, by: str | None = None, note: str | None = None) -> Event:
    """Record that a cart is now as it is."""
    return Event(cart_id=cart.id, state=cart.state, at=at, by=by, note=note)
