"""Port for sales orders at OVH, made here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import OrderId
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, Delivery, OrderReconciliation, OrderStatus, SalesOrder

Known = Callable[[Collection[OrderId]], frozenset[OrderId]]  # returns those of these orders that belong to a cart


class SalesOrders(Protocol):
    """Sales orders, invoices and deliveries, as OVH shows them.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> OrderReconciliation:
        """Search for the order that an attempt made with these terms.

        `known` returns which orders belong to a cart.
        """

    def order_of(
        self, order_id: OrderId, lines: Sequence[Line], quote: Quote, *, attempt: Attempt | None
    ) -> OrderReconciliation:
        """Check whether an order has exactly these names, and the other terms as far as OVH shows them.

        ABSENT: other names; UNDECIDED: other terms, or made before the attempt, described in `seen`. The total may
        differ. Without an attempt the date does not count.
        """

    def order(self, order_id: OrderId, *, urgent: bool = False) -> SalesOrder:
        """Read an order with its status, without payment methods.

        `urgent` if a payment or a payer is waiting for it; otherwise raises `RateLimitTimeout` if other calls go first
        for too long.
        """

    def order_status(self, order_id: OrderId, *, urgent: bool = False) -> OrderStatus:
        """Read only whether an order is paid or over.

        `urgent` if a checkout is waiting for it; otherwise raises `RateLimitTimeout` if other calls go first for too
        long.
        """

    def orders_since(self, since: datetime, *, urgent: bool) -> list[OrderId]:
        """Return the numbers of all orders of the account made since then by OVH's clock."""

    def foreign_order(self, number: OrderId, *, at: datetime, urgent: bool) -> ForeignOrder:
        """Read an order that no cart of this bot made; `at` is OVH's time."""

    def invoice_of(self, order_id: OrderId) -> str | None:
        """Return the number of the order's invoice; None until there is one."""

    def invoice_link(self, number: str) -> str:
        """Return the URL of the invoice at OVH. A bearer secret like the order's."""

    def order_link(self, order_id: OrderId) -> str:
        """Return the URL of the order at OVH. A bearer secret: shown to one payer, stored nowhere."""

    def delivery(self, domain: DomainName) -> Delivery:
        """Read the progress of a paid name at the registry."""
