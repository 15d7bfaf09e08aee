"""What people read in the form with everything about a cart."""

from __future__ import annotations

from collections import Counter

from handlers.messages.en.grammar import listed
from handlers.text.mrkdwn import person
from ordering.model.cart import Cart

CLOSED = "The form was closed. Press *Details* again."


def title(cart: int) -> str:
    """Return the title of the form."""
    return f"Details of #{cart}"


COST = "*What it costs*"
OVER_THE_YEARS = "*What it costs over the years*"
MY_SUMS = "I added this up, not OVH. Renewal prices may change."
TOLD = "*What OVH and the registries are told*"
ACCEPTS = "*What approving accepts*"


def who(cart: Cart) -> str:
    """Return who requested a cart, if it was, and who added which of its names."""
    added = Counter(line.added_by for line in cart.lines)
    parts = [
        f"Requested by {person(cart.requester)}" if cart.requester else "",
        f"names added by {listed([f'{person(by)} ({number})' for by, number in added.items()])}" if added else "",
    ]
    return " · ".join(filter(None, parts))
