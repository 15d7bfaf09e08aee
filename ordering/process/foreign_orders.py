"""Orders made elsewhere in the account: the bot reads each once, and one that shares a name stops a checkout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.errors import OF_THE_KEY, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data, amount
from ordering.model.foreign_order import WATCHED_FOR, ForeignOrder
from ordering.model.ids import OrderId
from ordering.model.sales_order import OrderStatus
from ordering.ports.clock import RegistrarClock
from ordering.ports.sales_orders import SalesOrders
from ordering.ports.store import Store
from ordering.process.age import time_at_ovh

_MOST_AT_ONCE = 20  # orders that one step reads; each takes about four calls or more
_HOLDS_FOR = timedelta(minutes=10)


class OrderReader(SalesOrders, RegistrarClock, Protocol):
    """Reads orders, and OVH's clock."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An order that stops a checkout. `is_clear` is False if OVH does not show its names."""

    order: ForeignOrder
    is_clear: bool

    @property
    def data(self) -> Data:
        """The order, as the data of an event."""
        order = self.order
        seen: Data = {
            "status": order.status.value,
            "names": sorted(order.names),
            "total": amount(order.total) if order.total else None,
            "made_at": order.made_at.isoformat(),
        }
        return {"order": order.number, "is_clear": self.is_clear, "ovh": seen}


class ForeignOrders:
    """Reads recent orders that belong to no cart, and compares them with a cart's names."""

    def __init__(self, store: Store, registrar: OrderReader, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._clock = clock
        self._hidden: dict[OrderId, datetime] = {}  # by OVH's clock: since when OVH lists an order without showing it

    def hindrance(self, cart: Cart) -> Hindrance | None:
        """Read the new orders, newest first, and return one that stops this cart's checkout.

        Raises `RegistrarUnavailable` if the checkout must wait: for orders still to be read, or for the lines of an
        order that was made a moment ago.
        """
        kept = self._read_new(urgent=True)
        names = {line.domain.ascii for line in cart.lines}
        for order in sorted(kept, key=lambda order: order.number, reverse=True):
            if order.number in cart.foreign_allowed:
                continue
            if order.shares(names):
                fresh = self._with_status(order)
                if not fresh.is_over:
                    return Hindrance(fresh, is_clear=True)
            elif not order.whole and order.may_hold(cart):
                if order.is_read or order.read_at - order.seen_at >= _HOLDS_FOR:
                    return Hindrance(order, is_clear=False)
                raise RegistrarUnavailable(code="foreign_order_unclear", order=order.number)
        return None

    def second_order(self, cart: Cart) -> ForeignOrder | None:
        """Return an order made elsewhere that has a name of this cart, whose own order was adopted."""
        names = {line.domain.ascii for line in cart.lines}
        for order in self._read_new(urgent=cart.state is CartState.PAYING):  # a payer is waiting
            if order.shares(names) and order.number not in cart.foreign_allowed:
                fresh = self._with_status(order)
                if not fresh.is_over:
                    return fresh
        return None

    def read_ahead(self) -> bool:
        """Read some orders for later checkouts, with the lowest priority; return whether more are left."""
        try:
            self._read_new(urgent=False)
        except _MoreToRead:
            return True
        return False

    def _read_new(self, *, urgent: bool) -> list[ForeignOrder]:
        since = (time_at_ovh(self._registrar, self._clock()) or self._clock()) - WATCHED_FOR
        listed = self._registrar.orders_since(since, urgent=urgent)
        with self._store.read() as carts:
            kept = {order.number: order for order in carts.foreign_orders(since)}
            ours = carts.known_orders({*listed, *kept}) - carts.orders_left_open()
        kept = {number: order for number, order in kept.items() if number not in ours}
        unread = [n for n in listed if n not in ours and not (n in kept and kept[n].is_read)]
        if unread:
            now = self._registrar.time()
        new = sorted((n for n in unread if n not in self._hidden), reverse=True)
        hidden = sorted(self._hidden.keys() & set(unread), reverse=True)
        for number in [*new, *hidden][:_MOST_AT_ONCE]:
            if (found := self._read(number, kept.get(number), now, urgent=urgent)) is not None:
                kept[number] = found
        for number in self._hidden.keys() & set(unread):
            kept[number] = self._as_hidden(number, kept.get(number), now)
        if len(new) > _MOST_AT_ONCE:
            raise _MoreToRead
        return list(kept.values())

    def _read(
        self, number: OrderId, before: ForeignOrder | None, now: datetime, *, urgent: bool
    ) -> ForeignOrder | None:
        """Read an order and store it; None if OVH lists it without showing it. Raises if the API key is at fault."""
        try:
            found = self._registrar.foreign_order(number, at=now, urgent=urgent)
        except RegistrarRefused as refusal:
            if refusal.code in OF_THE_KEY:
                raise
            self._hidden.setdefault(number, now)
            return None
        self._hidden.pop(number, None)
        found = replace(found, seen_at=before.seen_at) if before else found
        self._keep(found)
        return found

    def _as_hidden(self, number: OrderId, before: ForeignOrder | None, now: datetime) -> ForeignOrder:
        """Return what is known of an order that OVH does not show; it is not stored."""
        if before is not None:
            return replace(before, read_at=now)
        since = self._hidden[number]
        return ForeignOrder(number, frozenset(), None, since, OrderStatus.UNKNOWN, since, now, whole=False)

    def _with_status(self, order: ForeignOrder) -> ForeignOrder:
        """Read again whether an order is over; one that OVH no longer shows keeps its last status."""
        try:
            fresh = replace(order, status=self._registrar.order_status(order.number, urgent=True))
        except RegistrarRefused:
            return order
        if fresh != order:
            self._keep(fresh)
        return fresh

    def _keep(self, order: ForeignOrder) -> None:
        with self._store.begin() as carts:
            carts.keep_foreign_order(order)


class _MoreToRead(RegistrarUnavailable):
    """More orders are unread than one step reads."""

    usual_code = "foreign_orders_unread"
