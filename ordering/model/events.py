"""The events of a cart: the record, and what the card's thread reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.facts import Data, EventKind, Fact


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, written in the same transaction as the change itself.

    `kind` and `data` are the fact. `note` is a sentence for people, which no code may read. `by` is the person who did
    it, or None for the bot. Events from before kinds were kept have neither `kind` nor `data`.
    """

    cart_id: int
    state: CartState
    at: datetime
    by: str | None = None
    note: str | None = None
    id: int = 0  # given by the store
    kind: EventKind | None = None
    data: Data | None = field(default=None, hash=False)

    @property
    def fact(self) -> Fact | None:
        """Return the kind with its data; None for an event from before kinds were kept."""
        return None if self.kind is None else Fact(self.kind, self.data or {})


def happened(
    cart: Cart,
    at: datetime,
    kind: EventKind,
    *,
    data: Data | None = None,
    by: str | None = None,
    note: str | None = None,
) -> Event:
    """Return the event that brought a cart into its present form."""
    return Event(cart_id=cart.id, state=cart.state, at=at, by=by, note=note, kind=kind, data=data or {})
