"""Invoices: created some time after the payment, one for each order."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import not_found
from sandbox.ovh.orders import Order, Orders
from sandbox.ovh.prices import price


@dataclass(frozen=True)
class Bill:
    """An invoice. Anyone with its links can see it, so they are as secret as the order's."""

    id: str
    order: Order
    at: datetime
    password: str = field(default_factory=lambda: secrets.token_urlsafe(8))


class Bills:
    """The account's invoices. `after` seconds pass between an order's payment and its invoice."""

    def __init__(self, clock: Clock, orders: Orders) -> None:
        self._clock = clock
        self._orders = orders
        self._numbers = count(81_230_001)
        self._made: dict[int, Bill] = {}
        self.after = 1.0

    def of(self, order: Order) -> Bill | None:
        """Return the order's invoice; None before it is due."""
        if order.paid_at is None or self._orders.seen(order, "bill").paid_at is None:
            return None
        at = after(order.paid_at, self.after)
        if order.id not in self._made and at <= self._clock.now():
            self._made[order.id] = Bill(f"FR{next(self._numbers)}", order, at)
        return self._made.get(order.id)

    def all(self) -> list[Bill]:
        return [bill for order in self._orders.all.values() if (bill := self.of(order))]

    def get(self, number: str) -> Bill:
        found = next((bill for bill in self.all() if bill.id == number), None)
        if found is None:
            raise not_found(f"The requested object (billId = {number}) does not exist")
        return found

    def to_json(self, number: str, address: str) -> dict[str, Any]:
        bill = self.get(number)
        order, secret = bill.order, f"reference={bill.id}&passwd={bill.password}"
        return {
            "billId": bill.id,
            "orderId": order.id,
            "category": order.category,
            "date": self._clock.text(bill.at),
            "priceWithTax": price(order.total, order.currency),
            "priceWithoutTax": price(order.total - order.tax, order.currency),
            "tax": price(order.tax, order.currency),
            "url": f"{address}/display-bill?{secret}",
            "pdfUrl": f"{address}/pdf-bill?{secret}",
            "password": bill.password,
        }
