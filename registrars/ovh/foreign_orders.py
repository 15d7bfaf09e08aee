"""Reads an order of the account that this bot did not make."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ordering.model.foreign_order import LINES_SHOW_WITHIN, ForeignOrder
from ordering.model.sales_order import OrderStatus
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import NotThere
from registrars.ovh.api.schemas import Json
from registrars.ovh.throttling.scheduler import Priority

# Prefixes of pricing modes that add no name to the account; every other mode counts, including OVH's older scheme.
_KEEPS = ("renew", "restore", "redemption", "update", "trade", "change", "delete", "owner")
_NEVER_BUYS = {"RENEW", "REFUND", "GIFT", "VOUCHER"}


class ForeignOrderReader:
    """Reads an order in full: four calls, and one or more for each line that names a domain."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, number: int, *, at: datetime, priority: Priority) -> ForeignOrder:
        """Read an order; `at` is OVH's time. It is not `whole` while lines are missing."""
        path = f"/me/order/{number}"
        entry = self._client.ask(path, priority=priority)
        details = self._details(path, priority)
        status = self._client.ask(f"{path}/status", priority=priority)
        made_at = reading.made_at(entry)
        is_old = at - made_at >= LINES_SHOW_WITHIN
        sums = sum((Decimal(str(line["totalPrice"]["value"])) for line in details), Decimal(0))
        return ForeignOrder(
            number=number,
            names=self._names(path, details, priority),
            total=reading.money(entry["priceWithTax"]),
            made_at=made_at,
            status=OrderStatus(str(status)),
            seen_at=at,
            read_at=at,
            whole=bool(details) and (is_old or sums == Decimal(str(entry["priceWithoutTax"]["value"]))),
        )

    def _details(self, path: str, priority: Priority) -> list[Json]:
        try:
            ids = reading.listed(self._client.ask(f"{path}/details", priority=priority))
            return [self._client.ask(f"{path}/details/{int(number)}", priority=priority) for number in ids]
        except NotThere:  # OVH lists a line before it can be read
            return []

    def _names(self, path: str, details: list[Json], priority: Priority) -> frozenset[str]:
        """Return the names that the lines register or transfer.

        A line without that information counts as one that does.
        """
        found: set[str] = set()
        for line in details:
            names = reading.names_in([line]) if line.get("detailType") not in _NEVER_BUYS else frozenset()
            if names - found and self._buys(f"{path}/details/{int(line['orderDetailId'])}", priority):
                found |= names
        return frozenset(found)

    def _buys(self, detail: str, priority: Priority) -> bool:
        try:
            order = self._client.ask(f"{detail}/extension", priority=priority).get("order") or {}
        except NotThere:
            return True
        plan = order.get("plan") or {}
        product = (plan.get("product") or {}).get("name") or "domain"
        return product == "domain" and not str(plan.get("pricingMode") or "").startswith(_KEEPS)
