"""What people read on a request's card, and in its thread. What people wrote, and notes on events, arrive escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from handlers.messages.en import approving
from handlers.messages.en.approving import begins_alone, either
from handlers.messages.en.buttons import DETAILS
from handlers.messages.en.cart import state_alone, state_head
from handlers.messages.en.grammar import names, people
from handlers.text.mrkdwn import group_or_person, person, when
from ordering.model.cart import Cart, CartState
from ordering.model.sales_order import SalesOrder

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

# In the thread -------------------------------------------------------------------------------------------------------

PAYMENT_RECEIVED = "OVH received the payment."
READY_TO_PAY = "ready to pay"
_EVERYBODY = "Everybody"


def requested(by: str) -> str:
    """Return that a person requested approval."""
    return f"{person(by)} requested approval."


def approved(by: str) -> str:
    """Return that a person approved."""
    return f"{person(by)} approved."


def to(who: str, note: str) -> str:
    """Return a note for people who are mentioned: ``@cleo or @dan: OVH's terms changed.``."""
    return f"{who}: {note}"


def to_person(user: str | None, note: str) -> str:
    """Return a note for a person, or for everybody if nobody is known."""
    return to(person(user) if user else _EVERYBODY, note)


def did(by: str, note: str) -> str:
    """Return what a person did; `note` goes on after the name: ``approved, 1 of 2``."""
    return f"{person(by)} {note.rstrip('.')}."


def said_by(by: str, note: str) -> str:
    """Return what a person said or decided."""
    return f"{person(by)}: {note.rstrip('.')}."


def registered(cart: Cart) -> str:
    """Return, to the requester, that everything is done."""
    return f"{_requester(cart)}, {DELIVERED}: {names(cart)}."


def rejected_in_thread(cart: Cart, by: str | None, reason: str) -> str:
    """Return, to the requester, who rejected it and why."""
    return f"{_requester(cart)}, {person(by) if by else 'an approver'} rejected this: {reason}"


def stopped(by: str) -> str:
    """Return who stopped an approved request in time."""
    return f"{person(by)} stopped this. Nothing was ordered or paid."


def closed(by: str, note: str = "") -> str:
    """Return who ended a request; `note` says how, unless they closed it."""
    return f"{person(by)} closed this{f': {note}' if note else ''}."


def needs_attention(members: Sequence[str], note: str) -> str:
    """Return, to those who can act, that the bot cannot go on by itself."""
    return f"{', '.join(map(group_or_person, members)) or _EVERYBODY}: this needs attention. {note}"


def nothing_ordered(by: str) -> str:
    """Return what a person found at OVH, and what follows from it."""
    return (
        f"{person(by)} looked at OVH: nothing was ordered. If OVH shows no order in about 15 minutes, I'll order "
        "again. Nobody needs to act."
    )


def paying(by: str, cart: Cart) -> str:
    """Return who pays."""
    return f"{person(by)} is paying {_order(cart)}."


def unless_shown_by(until: datetime) -> str:
    """Return when an order can be paid again whose payment OVH may still show."""
    return f" If OVH shows no payment by {when(until)}, it can be paid again on the card."


def payable_now(payers: Collection[str], cart: Cart) -> str:
    """Return, to the payers, that an order can be paid that could not be paid before."""
    return to(either(payers), f"{_order(cart)} can be paid now.")


def ordered(payers: Collection[str], cart: Cart, note: str = "", *, payable: bool) -> str:
    """Return, to the payers, that there is an order; `note` may say how it was found."""
    made = note or f"OVH made {_order(cart)}."
    return to(either(payers), f"{made} It's {READY_TO_PAY}." if payable else made)


def named_order(by: str, note: str, payers: Collection[str], cart: Cart) -> str:
    """Return who found the order, and, to the payers, that it can be paid."""
    return f"{said_by(by, note)} {either(payers)}: {_order(cart)} is {READY_TO_PAY}."


def reminder(payers: Collection[str], order: SalesOrder, expires_at: datetime) -> str:
    """Return the reminder to pay."""
    return (
        f"{either(payers)}: order {order.id} for {order.total} with tax is still unpaid. OVH cancels it on "
        f"{when(expires_at)}."
    )


def _requester(cart: Cart) -> str:
    return person(cart.requester) if cart.requester else _EVERYBODY


def _order(cart: Cart) -> str:
    return f"order {cart.order.id}" if cart.order else "the order"
