"""One offer for a name: its price, its durations, and how OVH shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.ovh.clock import text
from sandbox.ovh.prices import price

# Pricing modes from before their names contained the action.
OLD_MODES = {"default": "create-default", "premium": "create-premium"}


def in_old_shape(as_json: dict[str, Any]) -> dict[str, Any]:
    """Return an offer as it was shown years ago: without action and pricing mode, in a phase called normal."""
    return {name: value for name, value in as_json.items() if name not in {"action", "pricingMode"}} | {
        "phase": "normal"
    }


@dataclass(frozen=True)
class Offer:
    """An offer. Amounts are without tax and in `currency`.

    `regular` is for the first year, `further` for each other year of the same purchase, `renewal` for a later year;
    `discount` and `fee` apply once, whatever the years.
    """

    extension: str
    action: str
    mode: str
    regular: Decimal
    renewal: Decimal
    further: Decimal
    years: tuple[int, ...] = (1,)
    phase: str = "ga"
    discount: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    begins: datetime | None = None
    ends: datetime | None = None
    currency: str = "EUR"
    orderable: bool = True  # true for a transfer, too: the owner can order it
    grade: str = "gold"  # OVH's grade of its offer: gold, diamond or platinum
    shows_renewal: bool = True

    def before_discount(self, years: int) -> Decimal:
        return self.regular + (years - 1) * self.further

    def total(self, years: int) -> Decimal:
        return self.before_discount(years) - self.discount + self.fee

    def to_json(self, *, ucents: bool = True, negative_discount: bool = False) -> dict[str, Any]:
        """Return an order.cart.ProductInformation. Its total is for the first listed duration; RENEW is for a year."""
        years = self.years[0]
        amounts = {
            "PRICE": self.before_discount(years),
            "RENEW": self.renewal,
            "DISCOUNT": -self.discount if negative_discount else self.discount,
            "FEE": self.fee,
            "TOTAL": self.total(years),
        }
        if not self.shows_renewal:
            del amounts["RENEW"]
        lines: list[dict[str, Any]] = [
            {"label": label, "price": price(amount, self.currency, ucents=ucents)} for label, amount in amounts.items()
        ]
        lines[-1]["promotions"] = [self._promotion(ucents=ucents)] if self.discount else None
        transfer = self.action == "transfer"
        return {
            "action": self.action,
            "configurations": [],
            "currentNameservers": ["ns1.example.net", "ns2.example.net"] if transfer else None,
            "deliveryTime": "",
            "duration": [f"P{years}Y" for years in self.years],
            "isTransferLocked": transfer or None,
            "offer": self.grade,
            "offerId": f"{self.extension}-{self.action}",
            "orderable": self.orderable,
            "phase": self.phase,
            "prices": lines,
            "pricingMode": self.mode,
            "productId": "domain",
            "quantityMax": 1,
            "recommendedDuration": f"P{years}Y",
        }

    def _promotion(self, *, ucents: bool) -> dict[str, Any]:
        return {
            "name": f"{self.extension}-first-year",
            "type": "fixed_amount",
            "price": price(self.discount, self.currency, ucents=ucents),
            "startDate": text(self.begins) if self.begins else None,
            "endDate": text(self.ends) if self.ends else None,
            "bundleWithPlanCodes": [],
            "tags": [],
        }
