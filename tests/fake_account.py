"""What the fake registrar's account shows next to a cart's own order: other orders, and empty carts with a meaning."""

import threading
from dataclasses import replace
from datetime import datetime
from itertools import count

from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import OrderId
from ordering.model.recovery import AccountOrder, AccountOrders, Marker, MarkersLeft
from ordering.model.sales_order import SalesOrder
from ordering.ports.sales_orders import Known


class FakeAccount:
    """Orders, markers and presences. One call at a time: see `_take_permit`."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._permits = threading.local()  # a permit belongs to the step of one worker
        self.orders: dict[OrderId, SalesOrder] = {}
        self.foreign: dict[OrderId, ForeignOrder] = {}  # orders made elsewhere in the account
        self.foreign_read: list[OrderId] = []
        self.presence: set[str] = set()  # carts by which desks show themselves
        self.left_markers: list[tuple[str, str]] = []  # what each is about, and its id
        self.markers_made_by: dict[str, datetime | None] = {}  # when the attempt started, by OVH's clock
        self.others = 0  # markers of other desks
        self.unread_carts: tuple[str, ...] = ()  # that the key may not read
        self.hidden_orders: list[OrderId] = []  # that the account lists and does not show
        self.account: list[AccountOrder] = []  # what the account lists next to our orders

    @property
    def holds_permit(self) -> bool:
        return bool(getattr(self._permits, "held", False))

    @holds_permit.setter
    def holds_permit(self, held: bool) -> None:
        self._permits.held = held

    def _take_permit(self) -> None:
        """With one call at once, a caller that holds the only permit would wait for itself indefinitely."""
        assert not self.holds_permit, "another call while one that buys or pays is ready"

    def account_orders(self, since: datetime, *, known: Known) -> AccountOrders:
        ours = known([order.id for order in self.account])
        shown = tuple(order for order in self.account if order.id not in ours)
        return AccountOrders(shown, tuple(n for n in self.hidden_orders if n not in known(self.hidden_orders)))

    def markers_left(self, *, urgent: bool) -> MarkersLeft:
        ours = tuple(Marker(about, marker) for about, marker in self.left_markers)
        return MarkersLeft(ours, self.others, self.unread_carts)

    def presences(self) -> frozenset[str]:
        return frozenset(self.presence)

    def leave_marker(self, subject: str, started_at: datetime | None = None) -> str:
        """Leave a marker; one of no time belongs to no attempt on record."""
        self._take_permit()
        marker = f"marker {next(self._numbers)}"
        self.left_markers.append((subject, marker))
        self.markers_made_by[marker] = started_at
        return marker

    def marker_is_of(self, marker: str, started_at: datetime) -> bool:
        self._take_permit()
        return self.markers_made_by.get(marker) == started_at

    def markers(self, subject: str) -> frozenset[str]:
        self._take_permit()
        return frozenset(marker for about, marker in self.left_markers if about == subject)

    def orders_since(self, since: datetime, *, urgent: bool) -> list[OrderId]:
        self._take_permit()
        return sorted({*self.orders, *(n for n, order in self.foreign.items() if order.made_at >= since)})

    def foreign_order(self, number: OrderId, *, at: datetime, urgent: bool) -> ForeignOrder:
        self.foreign_read.append(number)
        if number in self.foreign:
            return replace(self.foreign[number], seen_at=at, read_at=at)
        # One of the bot's own orders, which the database does not know (yet).
        order = self.orders[number]
        return ForeignOrder(number, frozenset({"name.ovh"}), order.total, at, order.status, at, at, whole=True)
