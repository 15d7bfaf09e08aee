"""Compare the database with OVH: which orders and markers there are that no request knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from ordering.model.cart import WAITING, Cart
from ordering.model.recovery import AccountOrder, Comparison, Marker, Unknown
from ordering.ports.account import Account
from ordering.ports.store import Store
from ordering.process.recovery import RecoverMode

_MOST_OPEN = 500  # requests that an unknown order is compared with


def compare(store: Store, account: Account, mode: RecoverMode) -> Comparison:
    """Read OVH's orders and markers since the newest event that is left, less a day.

    The newest event about money is read first: what happens during the comparison makes it void. In recover mode the
    markers that are shown are kept: once it is over, they are no sign of another loss.
    """
    since = mode.compares_since()
    with store.read() as carts:
        newest = carts.newest_about_money()
        waiting = carts.carts(states=WAITING, limit=_MOST_OPEN)
    orders, more = account.account_orders(since, known=partial(_known, store))
    unknown = tuple(Unknown(order, _fitting(order, waiting)) for order in orders if not order.status.is_over)
    left, others = account.markers_left(urgent=True)
    return Comparison(newest, since, unknown, more, _unknown_markers(store, left, mode), others)


def _unknown_markers(store: Store, markers: Iterable[Marker], mode: RecoverMode) -> tuple[Marker, ...]:
    """Return the markers that belong to no attempt on record."""
    left = {marker.id: marker for marker in markers}
    with store.read() as carts:
        unknown = sorted(left.keys() - carts.recorded_markers(left))
    if mode.is_on:
        with store.begin() as carts:
            carts.add_compared_markers(unknown)
    return tuple(left[each] for each in unknown)


def _known(store: Store, among: Collection[int]) -> frozenset[int]:
    with store.read() as carts:
        return carts.known_orders(among)


def _fitting(order: AccountOrder, waiting: list[Cart]) -> tuple[int, ...]:
    """Return the numbers of the requests for exactly the names of an order, without one of their own."""
    return tuple(
        cart.id
        for cart in waiting
        if order.names and cart.order is None and order.names == {line.domain for line in cart.lines}
    )
