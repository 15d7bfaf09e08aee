"""Compares the database with OVH: finds orders and markers that belong to no request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from ordering.model.cart import WAITING, Cart
from ordering.model.ids import CartId, OrderId
from ordering.model.recovery import AccountOrder, Comparison, HiddenOrder, Marker, MarkersLeft, Unknown
from ordering.ports.account import Account
from ordering.ports.store import Store
from ordering.process.recovery import RecoverMode

_MOST_OPEN = 500  # requests that an unknown order is compared with


def compare(store: Store, account: Account, mode: RecoverMode) -> Comparison:
    """Read OVH's orders and markers since the newest remaining event, less a day.

    The newest event about money is read first: an event during the comparison makes the comparison void. In recover
    mode the markers shown are recorded, so they do not count as another loss once it is over. An order that OVH lists
    and does not show is reported to the operator, who decides: waiting for it could keep recover mode on indefinitely.
    """
    since = mode.compares_since()
    with store.read() as carts:
        newest = carts.newest_about_money()
        waiting = carts.carts(states=WAITING, limit=_MOST_OPEN)
    orders = account.account_orders(since, known=partial(_known, store))
    unknown = tuple(Unknown(order, _fitting(order, waiting)) for order in orders.visible if not order.status.is_over)
    left = account.markers_left(urgent=True)
    hidden = _hidden(store, orders.hidden, since)
    markers = _unknown_markers(store, left, mode)
    return Comparison(newest, since, unknown, hidden, orders.more, markers, left.others, left.unread)


def _hidden(store: Store, numbers: Sequence[OrderId], since: datetime) -> tuple[HiddenOrder, ...]:
    """Return the orders that OVH does not show, each with the first time that it was read here."""
    with store.read() as carts:
        seen = {order.number: order.seen_at for order in carts.foreign_orders(since)} if numbers else {}
    return tuple(HiddenOrder(number, seen.get(number)) for number in numbers)


def _unknown_markers(store: Store, found: MarkersLeft, mode: RecoverMode) -> tuple[Marker, ...]:
    """Return the markers that belong to no attempt on record.

    The operator also reads which carts may not be read, so that these are no sign of another loss either.
    """
    left = {marker.id: marker for marker in found.ours}
    with store.read() as carts:
        unknown = sorted(left.keys() - carts.recorded_markers(left))
    if mode.is_on:
        with store.begin() as carts:
            carts.add_compared_markers([*unknown, *found.unread])
    return tuple(left[each] for each in unknown)


def _known(store: Store, among: Collection[OrderId]) -> frozenset[OrderId]:
    with store.read() as carts:
        return carts.known_orders(among)


def _fitting(order: AccountOrder, waiting: list[Cart]) -> tuple[CartId, ...]:
    """Return the requests for exactly an order's names that have no order yet."""
    return tuple(
        cart.id
        for cart in waiting
        if order.names and cart.order is None and order.names == {line.domain for line in cart.lines}
    )
