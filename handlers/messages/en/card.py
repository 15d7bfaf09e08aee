"""What people read on a request's card. What people wrote, and notes on events, arrive escaped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from handlers.messages.en import approving
from handlers.messages.en.approving import begins_alone, either
from handlers.messages.en.buttons import DETAILS
from handlers.messages.en.cart import state_alone, state_head
from handlers.messages.en.grammar import people
from handlers.text.mrkdwn import person, when
from ordering.model.cart import Cart, CartState

# The first line ------------------------------------------------------------------------------------------------------

# How states begin on the card: what follows is whom the card is waiting for, or the order.
TO_APPROVE = approving.TO_APPROVE
TO_PAY = "waiting for payment by"
BEING_PAID = "being paid by"
DELIVERED = "all names are registered"
NOT_BOUGHT = "not bought"
REJECTED = "rejected by"
NEEDS_ATTENTION = "needs attention"

REGISTERING = "OVH is registering the names"
ORDERING = "approved. I'm ordering it at OVH"
LOOKING_FOR_ORDER = "I'm looking for its order at OVH. If OVH shows none, I'll order again"


def head(cart: int, status: str) -> str:
    """Return the first line of a card; `status` is made by one of the functions below."""
    return f"*Cart #{cart}*: {status}"


def checking_owner(cart: Cart) -> str:
    """Return that an order cannot be paid before it is known to be this bot's."""
    return f"ordered: {_order_for(cart)} with tax. I'm checking whose order it is before it can be paid"


def waiting_for_payment(payers: Collection[str], cart: Cart) -> str:
    """Return who can pay which order."""
    return f"ordered, {TO_PAY} {either(payers)}: {_order_for(cart)} with tax"


def being_paid(by: str | None, cart: Cart) -> str:
    """Return who is paying which order."""
    return f"{BEING_PAID} {person(by) if by else 'a payer'}: {_order_for(cart)}"


def paid(cart: Cart) -> str:
    """Return that an order is paid, and what comes next."""
    return f"paid: {_order_for(cart)}. {REGISTERING}"


def delivered(cart: Cart) -> str:
    """Return that everything is done."""
    return f"{DELIVERED}: {_order_for(cart)}"


def rejected(by: str | None, reason: str) -> str:
    """Return who rejected it and why."""
    return f"{REJECTED} {person(by) if by else 'an approver'}: {reason}"


def not_bought(remark: str) -> str:
    """Return why nothing was bought; `remark` is one or more sentences, or empty."""
    return f"{NOT_BOUGHT}. {remark}".rstrip()


def alone(cart: Cart) -> str:
    """Return the notification's text of a card."""
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    amount = f", {total} with tax" if total else ""
    order = f", order {cart.order.id}" if cart.order else ""
    return f"{state_alone(cart)}{amount}{order}"


def _order_for(cart: Cart) -> str:
    return f"order {cart.order.id} for {cart.order.total}" if cart.order else "the order"


def head_alone(cart: Cart) -> str:
    """Return how the notification's text of a card begins: no two states begin alike."""
    return begins_alone(cart) if cart.state is CartState.SUBMITTED else state_head(cart)


# Below it ------------------------------------------------------------------------------------------------------------

MORE_WARNINGS = f"warnings in *{DETAILS}*"


def retrying(problem: str, since: datetime) -> str:
    """Return why the bot is waiting, a sentence, and since when."""
    return f"{problem} I've been retrying since {when(since)}."


def who(cart: Cart, *, channel: str | None, payer: str | None) -> str:
    """Return who did what: requested, in which channel if everybody may know it, added names, approved, paid."""
    requested = f"Requested by {person(cart.requester)}" if cart.requester else "Not requested yet"
    others = tuple(sorted(cart.people_who_added - {cart.requester}))
    parts = [
        f"{requested} in <#{channel}>" if channel else requested,
        f"names also added by {people(others)}" if others else "",
        f"approved by {people(cart.approved_by)}" if cart.approved_by else "",
        f"paid by {person(payer)}" if payer else "",
    ]
    return " · ".join(filter(None, parts))


def reject_title(cart: int) -> str:
    """Return the title of the form that asks why."""
    return f"Reject cart #{cart}"


REASON = "Why not?"
REASON_HINT = "The requester reads this, and can copy the names to a new cart."
REASON_MISSING = "Say in a few words why."
