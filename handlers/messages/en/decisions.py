"""What people read about their own decision, right after they clicked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.messages.en.grammar import people
from handlers.text.mrkdwn import when
from ordering.model.money import Money

# About a request -----------------------------------------------------------------------------------------------------


def approved(cart: int) -> str:
    """Return the answer to the last approval that was needed."""
    return f"You approved cart #{cart}. I'm ordering it now: the card shows how it goes."


def approved_partly(cart: int, lost: Sequence[str] = ()) -> str:
    """Return the answer to an approval that needs another one; `lost` are earlier approvers who no longer count."""
    void = f" The approval by {people(lost)} no longer counts: they lost the right to approve." if lost else ""
    return f"You approved cart #{cart}. It needs one more approver.{void}"


def approved_already(cart: int) -> str:
    """Return the answer to a second approval by the same person."""
    return f"You approved cart #{cart} already. Its card shows how it goes."


def rejected(cart: int) -> str:
    """Return the answer to a rejection."""
    return f"You rejected cart #{cart}. The requester reads why."


def returned(cart: int) -> str:
    """Return the answer to an approver who asked for changes."""
    return f"You asked for changes to #{cart}. The requester reads why, edits it and requests approval again."


YOUR_REASON = "Your reason was"  # the heading over it, where it was typed in vain


def withdrawn(cart: int) -> str:
    """Return the answer to a requester who withdrew."""
    return f"You withdrew cart #{cart}. Nothing was ordered."


def order_stopped(cart: int) -> str:
    """Return the answer to a person who stopped an approved request."""
    return f"You stopped cart #{cart}. Nothing was ordered."


def payment_stopped(cart: int) -> str:
    """Return the answer to a person who stopped a payment."""
    return f"You stopped the payment of cart #{cart}. Nothing was paid; the order can still be paid."


def paying(cart: int, total: Money | None) -> str:
    """Return the answer to the payer."""
    return f"Paying{f' {total}' if total else ''} for cart #{cart}. The card shows when OVH has it."


# About a cart that needs attention -----------------------------------------------------------------------------------


def trying_again(cart: int) -> str:
    """Return the answer to *Try again*."""
    return f"I'm trying cart #{cart} again, under the same approval."


def closed(cart: int) -> str:
    """Return the answer to *Close without ordering*."""
    return f"Cart #{cart} is closed. Nothing was ordered."


def nothing_ordered(cart: int) -> str:
    """Return the answer to *Nothing was ordered*."""
    return f"Thanks. If OVH shows no order in about 15 minutes, I'll order cart #{cart} again."


def ordering_anyway(cart: int) -> str:
    """Return the answer to *Order anyway*."""
    return f"OK, I'll order cart #{cart} now, if nothing else stops it. The card shows how it goes."


def was_paid(cart: int) -> str:
    """Return the answer to *It was paid*."""
    return f"Noted: cart #{cart} was paid. I keep looking, and ask again in a day if OVH doesn't show it."


def not_paid_so_sending(cart: int) -> str:
    """Return the answer to *It was not paid* about a payment that was not sent yet."""
    return f"{said_not_paid(cart)} I'm sending the payment now."


def not_paid(cart: int, until: datetime | None) -> str:
    """Return the answer to *It was not paid*; `until` is when the order can be paid again, if that is known."""
    by = f" by {when(until)}" if until else ""
    return f"{said_not_paid(cart)} If OVH shows no payment{by}, the card offers *Pay* again."


def said_not_paid(cart: int) -> str:
    """Return how these two answers begin."""
    return f"Noted: cart #{cart} was not paid."


def order_named(order: int, cart: int, *, owner_hidden: bool) -> str:
    """Return the answer to a person who entered the number of a cart's order."""
    then = "The card shows how it can be paid."
    if owner_hidden:
        then = "*Pay* appears once OVH shows who will own the names, in 15 minutes at most."
    return f"Order {order} is cart #{cart}'s now. {then}"
