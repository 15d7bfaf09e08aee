"""Holds the payment of an adopted order until it is certain that the order is this cart's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind
from ordering.model.sales_order import Outcome
from ordering.ports.clock import RegistrarClock
from ordering.ports.sales_orders import SalesOrders
from ordering.ports.store import Transaction
from ordering.process.floors import UNTIL_ALL_SHOWS, is_over
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.intent import Objection
from ordering.process.transitions import Logbook

S, K = CartState, EventKind


class AdoptionPort(SalesOrders, RegistrarClock, Protocol):
    """Reads adopted orders, and OVH's clock."""


class Adoptions:
    """Watches adopted orders for a day.

    `floor` is the longest wait before paying if OVH did not show the owner when the order was adopted.
    """

    def __init__(self, book: Logbook, registrar: AdoptionPort, foreign: ForeignOrders, *, floor: timedelta) -> None:
        self._book = book
        self._registrar = registrar
        self._foreign = foreign
        self._floor = floor

    def holds(self, cart: Ordered) -> bool:
        """Check an adopted order again; return whether this step has nothing else to do."""
        order = cart.order
        if self.has_second(cart):
            return True
        if not order.owner_hidden:
            return False
        status = self._registrar.order_status(order.id)
        if status.is_paid or status.is_over:
            return False
        waited = order.adopted_at is None or is_over(self._registrar, order.adopted_at, self._floor)
        seen = self._registrar.order_of(order.id, cart.lines, cart.quote, attempt=None)
        if seen.outcome is Outcome.UNDECIDED:
            data: Data = {"order": order.id, "evidence": seen.seen}
            self._book.needs_attention(cart, K.ORDER_TERMS_DIFFER, data=data, follow=True)
        elif seen.order is not None and (waited or not seen.order.owner_hidden):
            self._release(cart)
        else:
            self._book.come_back(cart, self._book.poll_schedule.after(self._book.now() - cart.since))
        return True

    def has_second(self, cart: Ordered) -> bool:
        """Ask a person if the account has a second order of these names within a day of the adoption."""
        order = cart.order
        if order.adopted_at is None or is_over(self._registrar, order.adopted_at, UNTIL_ALL_SHOWS):
            return False
        second = self._foreign.second_order(cart)
        if second is None:
            return False
        data: Data = {"order": order.id, "second": second.number}
        self._book.needs_attention(cart.without_payment(), K.SECOND_ORDER_FOUND, data=data, follow=True)
        return True

    def _release(self, cart: Ordered) -> None:
        now = self._book.now()
        order = replace(cart.order, owner_hidden=False)
        released = replace(cart, order=order, fact=None, note=None)
        with self._book.store.begin() as carts:
            carts.save(released, happened(released, now, K.OWNER_CHECK_ENDED, data={"order": order.id}), due_at=now)


def require_owner_shown(cart: Cart) -> None:
    """Raise `NotPossible` while OVH does not show who will own the names of an adopted order."""
    if cart.order is not None and cart.order.owner_hidden:
        raise NotPossible(code="owner_not_shown", cart=cart.id, order=cart.order.id)


def owner_is_shown(carts: Transaction, intent: Cart) -> Objection | None:
    """Condition of an intent to pay: OVH shows the order's owner, or the wait for it is over."""
    del carts  # the intent holds everything this condition needs
    if intent.state is not S.PAYING or intent.order is None or not intent.order.owner_hidden:
        return None
    instead = Ordered.of(intent).unpaid(at=intent.since)
    return Objection(instead, K.PAYMENT_NOT_SENT, {"order": intent.order.id, "error": "owner_not_shown"})
