"""Reads an order of the account that this bot did not make."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ordering.model.foreign_order import LINES_SHOW_WITHIN, ForeignOrder
from ordering.model.ids import OrderId
from ordering.model.sales_order import OrderStatus
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import NotThere
from registrars.ovh.api.wire.base import IDS, WORD, visible
from registrars.ovh.api.wire.orders import Extension, LineTerms, Order, OrderDetail, Plan
from registrars.ovh.throttling.scheduler import Priority

# Prefixes of pricing modes that add no name to the account; every other mode counts, including OVH's older scheme.
_KEEPS = ("renew", "restore", "redemption", "update", "trade", "change", "delete", "owner")
_NEVER_BUYS = {"RENEW", "REFUND", "GIFT", "VOUCHER"}


class ForeignOrderReader:
    """Reads an order in full: four calls, and one or more for each line that names a domain."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, number: OrderId, *, at: datetime, priority: Priority) -> ForeignOrder:
        """Read an order; `at` is OVH's time. It is not `whole` while lines are missing."""
        path = f"/me/order/{number}"
        entry = Order.read(self._client.ask(path, priority=priority))
        details = self._details(path, priority)
        status = WORD.read(self._client.ask(f"{path}/status", priority=priority))
        made_at = visible(entry.date, "date")
        is_old = at - made_at >= LINES_SHOW_WITHIN
        sums = sum((visible(line.total_price, "totalPrice").value for line in details), Decimal(0))
        return ForeignOrder(
            number=number,
            names=self._names(path, details, priority),
            total=entry.price_with_tax.money,
            made_at=made_at,
            status=OrderStatus(status),
            seen_at=at,
            read_at=at,
            whole=bool(details) and (is_old or sums == visible(entry.price_without_tax, "priceWithoutTax").value),
        )

    def _details(self, path: str, priority: Priority) -> list[OrderDetail]:
        try:
            ids = IDS.read(self._client.ask(f"{path}/details", priority=priority))
            lines = [self._client.ask(f"{path}/details/{number}", priority=priority) for number in ids]
        except NotThere:  # OVH lists a line before it can be read
            return []
        return [OrderDetail.read(line) for line in lines]

    def _names(self, path: str, details: list[OrderDetail], priority: Priority) -> frozenset[str]:
        """Return the names that the lines register or transfer.

        A line without that information counts as one that does.
        """
        found: set[str] = set()
        for line in details:
            names = reading.names_in([line]) if line.detail_type not in _NEVER_BUYS else frozenset()
            if names - found and self._buys(
                f"{path}/details/{visible(line.order_detail_id, 'orderDetailId')}", priority
            ):
                found |= names
        return frozenset(found)

    def _buys(self, detail: str, priority: Priority) -> bool:
        try:
            answer = self._client.ask(f"{detail}/extension", priority=priority)
        except NotThere:
            return True
        plan = (Extension.read(answer).order or LineTerms()).plan or Plan()
        return plan.product_name == "domain" and not (plan.pricing_mode or "").startswith(_KEEPS)
