"""OVH's sales orders: unpaid, paid, delivered or cancelled, on the sandbox's clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sandbox.ovh.carts import Cart
from sandbox.ovh.clock import Clock, after, text
from sandbox.ovh.errors import not_found, refused
from sandbox.ovh.names import Names
from sandbox.ovh.prices import price

_TWO_WEEKS = 14 * 86_400.0


@dataclass
class Order:
    """`payments` are the methods that paid: a second one would be the worst that can happen."""

    id: int
    cart: str
    description: str
    domains: list[str]
    total: Decimal
    tax: Decimal
    made_at: datetime
    url: str
    payments: list[int] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    paid_at: datetime | None = None
    refused_at: datetime | None = None
    cancelled: bool = False
    documents: bool = False


@dataclass
class Method:
    id: int
    kind: str
    label: str
    default: bool = False
    refuses: bool = False
    status: str = "VALID"


class Orders:
    """The account's ledger. `deliver_after` seconds pass between payment and delivery."""

    def __init__(self, clock: Clock, names: Names) -> None:
        self._clock = clock
        self._names = names
        self._numbers = count(256_900_123)
        self.deliver_after = 1.0
        self.details_after = 0.0
        self.all: dict[int, Order] = {}
        self.task_errors: dict[str, str] = {}
        self.methods = [
            Method(8_120_045, "VISA", "4970 XXXX XXXX 1234", default=True),
            Method(8_120_046, "SEPA_DIRECT_DEBIT", "FR76 XXXX XXXX 4321"),
            Method(8_120_047, "MASTERCARD", "5131 XXXX XXXX 9999", status="EXPIRED"),
        ]

    def create(self, cart: Cart, checked: dict[str, Any], host: str) -> Order:
        number = next(self._numbers)
        order = Order(
            id=number,
            cart=cart.id,
            description=cart.description,
            domains=[item.domain for item in cart.items.values()],
            total=Decimal(str(checked["prices"]["withTax"]["value"])),
            tax=Decimal(str(checked["prices"]["tax"]["value"])),
            made_at=self._clock.now(),
            url=f"https://{host}/display-order?orderId={number}&orderPassword={secrets.token_urlsafe(8)}",
        )
        self.all[number] = order
        return order

    def get(self, number: str) -> Order:
        order = self.all.get(int(number)) if number.isdecimal() else None
        if order is None:
            raise not_found(f"The requested object (orderId = {number}) does not exist")
        return order

    def status(self, order: Order) -> str:
        if order.cancelled or (order.paid_at is None and self._clock.now() > self._expires(order)):
            return "cancelled"
        if order.paid_at is None:
            return "notPaid"
        if order.documents:
            return "documentsRequested"
        waited = (self._clock.now() - order.paid_at).total_seconds()
        if waited < self.deliver_after / 2:
            return "checking"
        return "delivering" if waited < self.deliver_after else "delivered"

    def pay(self, order: Order, method_id: object) -> None:
        """Take a payment. Its call says nothing of its success: status and follow-up do."""
        method = next((m for m in self.methods if m.id == method_id and m.status == "VALID"), None)
        if method is None:
            raise refused("Invalid payment method")
        if self.status(order) != "notPaid":
            raise refused("This order cannot be paid")
        order.attempts.append(method.id)
        if method.refuses:
            order.refused_at = self._clock.now()
            return
        order.payments.append(method.id)
        order.paid_at = self._clock.now()

    def shown(self, order: Order) -> dict[str, Any]:
        secret = order.url.rpartition("=")[2]
        return {
            "orderId": order.id,
            "date": text(order.made_at),
            "expirationDate": text(self._expires(order)),
            "retractionDate": None,
            "priceWithTax": price(order.total, ucents=False),
            "priceWithoutTax": price(order.total - order.tax, ucents=False),
            "tax": price(order.tax, ucents=False),
            "url": order.url,
            "pdfUrl": order.url.replace("display-order", "pdf-order"),
            "password": secret,
        }

    def details(self, order: Order) -> list[int]:
        """Empty for a while after the checkout, as OVH's are."""
        late = (self._clock.now() - order.made_at).total_seconds() < self.details_after
        return [] if late else [order.id * 1000 + place for place in range(len(order.domains) * 2)]

    def detail(self, order: Order, number: str) -> dict[str, Any]:
        if int(number) not in self.details(order):
            raise not_found("The requested object does not exist")
        place = int(number) - order.id * 1000
        name, zone = order.domains[place // 2], place % 2
        cost = price(Decimal(0) if zone else order.total - order.tax, ucents=False)
        return {
            "orderDetailId": int(number),
            "description": f"{name} - {'DNS zone' if zone else 'registration'}",
            "domain": name,
            "detailType": "DURATION",
            "quantity": "1",
            "cancelled": False,
            "unitPrice": cost,
            "totalPrice": cost,
        }

    def follow_up(self, order: Order) -> list[dict[str, Any]]:
        history = [_entry(order.made_at, "ORDER_STARTED")]
        state = "TODO"
        if order.refused_at is not None and order.paid_at is None:
            history.append(_entry(order.refused_at, "PAYMENT_INITIATED"))
            state = "ERROR"
        if order.paid_at is not None:
            history += [_entry(order.paid_at, "PAYMENT_RECEIVED"), _entry(order.paid_at, "PAYMENT_CONFIRMED")]
            state = "DONE"
        delivered = self.status(order) == "delivered"
        return [
            {"step": "VALIDATING", "status": state, "history": history},
            {"step": "VALIDATED", "status": "DONE" if order.paid_at else "TODO", "history": []},
            {"step": "DELIVERING", "status": "DONE" if delivered else "TODO", "history": []},
            {"step": "AVAILABLE", "status": "DONE" if delivered else "TODO", "history": []},
        ]

    def owner_of(self, name: str) -> Order | None:
        """The delivered order of a name, where its registration went through."""
        for order in self.all.values():
            if name in order.domains and self.status(order) == "delivered" and name not in self.task_errors:
                return order
        return None

    def tasks(self) -> dict[int, tuple[Order, str]]:
        return {
            order.id * 100 + place: (order, name)
            for order in self.all.values()
            if order.paid_at is not None
            for place, name in enumerate(order.domains)
        }

    def task(self, number: str) -> dict[str, Any]:
        found = self.tasks().get(int(number))
        if found is None:
            raise not_found("The requested object does not exist")
        order, name = found
        at = text(order.paid_at or order.made_at)
        error = self.task_errors.get(name)
        status = "error" if error else "done" if self.owner_of(name) else "doing"
        return {
            "id": int(number), "function": "DomainCreate", "domain": name, "status": status, "type": "domain",
            "comment": error, "creationDate": at, "todoDate": at, "doneDate": at if status == "done" else None,
            "lastUpdate": at, "canAccelerate": False, "canCancel": False, "canRelaunch": error is not None,
        }  # fmt: skip

    def method(self, number: str) -> dict[str, Any]:
        found = next((m for m in self.methods if str(m.id) == number), None)
        if found is None:
            raise not_found("This payment method does not exist")
        card = found.kind in {"VISA", "MASTERCARD"}
        return {
            "paymentMethodId": found.id, "paymentType": "CREDIT_CARD" if card else found.kind,
            "paymentSubType": found.kind if card else None, "status": found.status, "default": found.default,
            "label": found.label, "description": None, "expirationDate": None, "integration": "NONE",
            "creationDate": "2025-01-10T10:00:00+01:00", "lastUpdate": "2026-01-10T10:00:00+01:00",
            "billingContactId": 1, "formSessionId": None, "icon": {"data": None, "name": "card", "url": None},
            "merchantId": None, "oneclick": False, "paymentMeanId": found.id,
        }  # fmt: skip

    def _expires(self, order: Order) -> datetime:
        return after(order.made_at, _TWO_WEEKS)


def _entry(at: datetime, label: str) -> dict[str, Any]:
    return {"date": text(at), "label": label, "description": label.replace("_", " ").capitalize()}
