"""What a requester is told directly, where the card stands in a channel that they may not see."""

from __future__ import annotations

from handlers.views.cart import copy_button
from handlers.views.drawn import Drawn, buttons, section
from handlers.views.text import escape_lines, names, person
from ordering.cart import NOT_BOUGHT, Cart, CartState
from ordering.events import Event

S = CartState


def news(event: Event, cart: Cart, *, before: Event | None) -> Drawn | None:
    """How a request ended, or that it is stuck; None where nothing of that happened, or the requester did it."""
    if event.by == cart.requester or (before is not None and before.state is event.state):
        return None
    about = f"Cart #{cart.id} ({names(cart)})"
    note = escape_lines(event.note) if event.note else ""
    by = f" by {person(event.by)}" if event.by else ""
    said = {
        S.REJECTED: f"{about} was rejected{by}: {note}",
        S.CANCELLED: f"{about} was closed{by}. {note}",
        S.NEEDS_ATTENTION: f"{about} needs a person. {note} Approvers and payers were told.",
        S.DELIVERED: f"{about} is delivered: all names are registered.",
    }.get(event.state)
    if said is None:
        return None
    copy = buttons(copy_button(cart)) if event.state in NOT_BOUGHT else []
    return Drawn.of(said.strip(), [section(said.strip()), *copy])
