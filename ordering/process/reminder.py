"""The one reminder of an unpaid order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart
from ordering.model.cart_phases import Ordered
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.sales_order import SalesOrder
from ordering.process.transitions import Logbook

_LAST_DAYS = timedelta(days=3)


def is_time_to_remind(cart: Cart, order: SalesOrder, now: datetime) -> bool:
    """Return whether to remind a cart's payers now: once, and not after the order's expiry."""
    if cart.reminded_at is not None or cart.attempt is None or order.expires_at is None:
        return False
    return remind_at(cart.attempt.started_at, order.expires_at) <= now < order.expires_at


def remind(book: Logbook, cart: Ordered, order: SalesOrder) -> None:
    """Remind the payers. The flag is saved in the same transaction as the event, so it happens once."""
    now = book.now()
    reminded = replace(cart, order=order, reminded_at=now, blocked=None)
    with book.store.begin() as carts:
        due_at = now + book.poll_schedule.after(now - cart.since)
        data: Data = {"order": order.id, "amount": amount(order.total)}
        event = happened(reminded, now, EventKind.PAYMENT_REMINDER, data=data)
        carts.save(reminded, event, due_at=due_at)


def remind_at(made_at: datetime, expires_at: datetime) -> datetime:
    """Return when the payers of an unpaid order are reminded.

    At half of its life or three days before its end, whichever is later.
    """
    return max(made_at + (expires_at - made_at) / 2, expires_at - _LAST_DAYS)
