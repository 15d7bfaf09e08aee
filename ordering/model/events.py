"""The events of a cart: the audit log, and what the bot reports in the card's thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.ids import CartId


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, written in the same transaction as the change itself.

    `kind` and `data` are the fact. `by` is the user who did it, or None for the bot. `note` is a sentence that an
    earlier version stored: new events have none. Events from before kinds existed have neither `kind` nor `data`.
    """

    cart_id: CartId
    state: CartState
    at: datetime
    by: str | None = None
    note: str | None = None
    id: int = 0  # assigned by the store
    kind: EventKind | None = None
    data: Data | None = field(default=None, hash=False)

    @property
    def fact(self) -> Fact | None:
        """The kind with its data; None for an event from before kinds existed."""
        return None if self.kind is None else Fact(self.kind, self.data or {})


def happened(
    cart: Cart,
    at: datetime,
    kind: EventKind,
    *,
    data: Data | None = None,
    by: str | None = None,
) -> Event:
    """Return the event that records the cart's latest change."""
    return Event(cart_id=cart.id, state=cart.state, at=at, by=by, kind=kind, data=data or {})
