"""Sales orders at OVH, made here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.foreign_order import ForeignOrder
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, Delivery, OrderStatus, SalesOrder, Sighting

Known = Callable[[Collection[int]], frozenset[int]]  # of these orders, those that belong to a cart


class SalesOrders(Protocol):
    """Sales orders, invoices and deliveries, as OVH shows them.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> Sighting:
        """Look whether an attempt made an order with these terms. `known` tells which orders belong to a cart."""

    def order_of(self, order_id: int, lines: Sequence[Line], quote: Quote) -> Sighting:
        """Look whether an order has exactly these names, and the other terms as far as they are shown.

        ABSENT: other names; UNDECIDED: other terms, as `seen` says. A total may differ.
        """

    def order(self, order_id: int, *, urgent: bool = False) -> SalesOrder:
        """Read an order with its status, without payment methods; `urgent` where a payment or a payer waits for it.

        Where not, raises `NotAsked` when others go first for too long.
        """

    def order_status(self, order_id: int, *, urgent: bool = False) -> OrderStatus:
        """Read only whether an order is paid or over; `urgent` where a checkout waits for it.

        Where not, raises `NotAsked` when others go first for too long.
        """

    def orders_since(self, since: datetime, *, urgent: bool) -> list[int]:
        """Numbers of all orders of the account that were made since then by OVH's clock."""

    def foreign_order(self, number: int, *, at: datetime, urgent: bool) -> ForeignOrder:
        """Read an order that no cart of this desk made; `at` is OVH's time."""

    def invoice_of(self, order_id: int) -> str | None:
        """The number of the order's invoice, None until there is one."""

    def invoice_link(self, number: str) -> str:
        """The invoice's page at OVH. A bearer secret as the order's."""

    def order_link(self, order_id: int) -> str:
        """The order's page at OVH. A bearer secret: shown to one payer, kept nowhere."""

    def delivery(self, domain: DomainName) -> Delivery:
        """Look how far a paid name is at the registry."""
