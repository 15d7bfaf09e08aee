"""Renewal orders: what OVH offers for a service, the order it makes, and the charge of an automatic renewal.

A renewal has no cart and no contracts. Its order dies within a day if nobody pays it (contract sheet ovh-lifecycle,
section 1.3). The price of a strategy is net.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import refused
from sandbox.ovh.extensions import EXTENSIONS, Extension, extension_of
from sandbox.ovh.orders import Order, Orders, Renewal
from sandbox.ovh.payments import Payments
from sandbox.ovh.prices import Market, price
from sandbox.ovh.services import Service, iso_months, months_of

_HOSTING, _RESTORE = Decimal("35.88"), Decimal(80)  # euro a year, euro once; both invented
_LIVES = 86_400.0  # seconds
_PREMIUM = Decimal(350)


class Renewals:
    """Makes renewal orders. `market` is the account's; `most_years` is the registry's limit from today.

    `dry_run_order` is the order's number in the answer to a dry run: what OVH puts there is not established.
    """

    def __init__(self, clock: Clock, orders: Orders, payments: Payments, market: Market) -> None:
        self._clock = clock
        self._orders = orders
        self._payments = payments
        self.market = market
        self.most_years = 10
        self.dry_run_order = 0
        self.address = ""

    def strategies(self, service: Service) -> list[dict[str, Any]]:
        """Return what `GET /service/{id}/renew` offers: the name alone, and with its hosting if there is any."""
        if not service.renewable or service.phase(self._clock.now()) == "gone":
            return []
        return [
            {"renewPeriod": iso_months(12 * years), "strategies": self._of(service, years)}
            for years in self._years(service)
        ]

    def order(self, service: Service, period: str, services: Sequence[int], *, dry_run: bool) -> dict[str, Any]:
        """Make the order, or only its price; raises OVH's error if it offers no such renewal."""
        wanted = months_of(period)
        offered = [each for each in self.strategies(service) if months_of(each["renewPeriod"]) == wanted]
        for strategy in (strategy for each in offered for strategy in each["strategies"]):
            if set(strategy["services"]) == set(services):
                net = Decimal(str(strategy["price"]["value"]))
                return self._quote(net) if dry_run else self._make(service, wanted, net, len(services))
        raise refused("This service cannot be renewed")

    def charge(self, service: Service, at: datetime) -> Order:
        """Make the order of an automatic renewal, and pay it with the default method if there is a good one."""
        order = self._create(service, service.months, self._price(service, service.months // 12 or 1), at)
        order.foreign, order.category = True, "autorenew"
        order.expires_at = after(at, 60 * 86_400.0)
        for method in self._payments.methods:
            if method.default and method.status == "VALID" and not method.refuses:
                self._payments.note_payment(order, method.id, at)
        return order

    def _years(self, service: Service) -> list[int]:
        """Return the years that the registry allows: nothing beyond its limit from today."""
        left = (service.expires - self._clock.now()).days / 365
        return [years for years in _extension(service).years if left + years <= self.most_years]

    def _of(self, service: Service, years: int) -> list[dict[str, Any]]:
        net = self._price(service, years)
        alone = self._strategy(net, [(service.id, service.name, f"Domain .{_extension(service).name}")])
        if not service.hosting:
            return [alone]
        with_hosting = net + self.market.amount(_HOSTING) * years
        both = [(service.hosting_id, service.name, "Web hosting"), (service.id, service.name, "Domain")]
        return [self._strategy(with_hosting, both), alone]

    def _strategy(self, net: Decimal, services: list[tuple[int, str, str]]) -> dict[str, Any]:
        cost = price(net, self.market.currency)
        return {
            "price": cost, "priceInUcents": int(net * 10**8), "services": [number for number, _, _ in services],
            "servicesDetails": [
                {"serviceId": number, "serviceName": name, "serviceType": kind} for number, name, kind in services
            ],
        }  # fmt: skip

    def _price(self, service: Service, years: int) -> Decimal:
        each = _PREMIUM if service.name.startswith("premium-") else _extension(service).renewal
        fee = _RESTORE if service.phase(self._clock.now()) == "restorable" else Decimal(0)
        return self.market.amount(each) * years + self.market.amount(fee)

    def _quote(self, net: Decimal) -> dict[str, Any]:
        tax = self.market.tax_on(net)
        answer = self._as_json(self.dry_run_order, net + tax, tax, "", "")
        return answer | {"date": None, "expirationDate": None, "retractionDate": None}

    def _make(self, service: Service, months: int, net: Decimal, services: int) -> dict[str, Any]:
        order = self._create(service, months, net, self._clock.now())
        order.category = "earlyrenewal"
        if services > 1:
            order.lines.append(order.lines[0] | {"description": "Web hosting - renewal"})
        dates = self._orders.to_json(order)
        answer = self._as_json(order.id, order.total, order.tax, order.url, order.password)
        return answer | {name: dates[name] for name in ("date", "expirationDate", "retractionDate", "pdfUrl")}

    def _as_json(self, number: int, total: Decimal, tax: Decimal, url: str, password: str) -> dict[str, Any]:
        currency = self.market.currency
        return {
            "orderId": number, "priceWithTax": price(total, currency), "priceWithoutTax": price(total - tax, currency),
            "tax": price(tax, currency), "url": url, "pdfUrl": url, "password": password,
        }  # fmt: skip

    def _create(self, service: Service, months: int, net: Decimal, at: datetime) -> Order:
        number, tax = self._orders.next_number(), self.market.tax_on(net)
        cost, zero = price(net, self.market.currency), price(Decimal(0), self.market.currency)
        order = Order(
            id=number, cart="", description="", domains=[], total=net + tax, tax=tax, made_at=at,
            url=f"{self.address}/display-order?orderId={number}&orderPassword={secrets.token_urlsafe(8)}",
            currency=self.market.currency, expires_at=after(at, _LIVES), waived=True,
            renewals=[Renewal(service.id, months)],
            lines=[{
                "cartItemID": None, "domain": service.name, "detailType": "DURATION", "quantity": 1, "reductions": [],
                "description": f"{service.name} - .{_extension(service).name} renewal - {months} months",
                "unitPrice": cost, "totalPrice": cost, "originalTotalPrice": cost, "reductionTotalPrice": zero,
            }],
        )  # fmt: skip
        self._orders.all[number] = order
        return order


def _extension(service: Service) -> Extension:
    return extension_of(service.name) or EXTENSIONS["ovh"]
