"""Prices in OVH's format, and the markets: each subsidiary has its currency and its tax. All rates are invented."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_DECIMALS = {"XOF": 0, "TND": 3}
# As OVH localises them: not meant to be parsed.
_TEXTS = {"EUR": "{} €", "GBP": "£{}", "PLN": "{} zł", "CZK": "{} Kč", "USD": "${}"}


@dataclass(frozen=True)
class Market:
    """A market. `factor` converts the table's euro into the currency; `tax` is a consumer's tax rate, as a share."""

    currency: str
    factor: Decimal
    tax: Decimal

    def amount(self, euro: Decimal) -> Decimal:
        return rounded(euro * self.factor, self.currency)

    def tax_on(self, amount: Decimal) -> Decimal:
        return rounded(amount * self.tax, self.currency)


def _market(currency: str, factor: str, tax: str) -> Market:
    return Market(currency, Decimal(factor), Decimal(tax))


MARKETS = {
    "FR": _market("EUR", "1", "0.20"), "DE": _market("EUR", "1", "0.19"), "ES": _market("EUR", "1", "0.21"),
    "FI": _market("EUR", "1", "0.255"), "IE": _market("EUR", "1", "0.23"), "IT": _market("EUR", "1", "0.22"),
    "LT": _market("EUR", "1", "0.21"), "NL": _market("EUR", "1", "0.21"), "PT": _market("EUR", "1", "0.23"),
    "EU": _market("EUR", "1", "0"), "CZ": _market("CZK", "25.2", "0.21"), "GB": _market("GBP", "0.86", "0.20"),
    "PL": _market("PLN", "4.31", "0.23"), "MA": _market("MAD", "10.83", "0.20"), "SN": _market("XOF", "656", "0.18"),
    "TN": _market("TND", "3.37", "0.19"),
}  # fmt: skip


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to the currency's smallest unit, half up."""
    return amount.quantize(Decimal(1).scaleb(-_DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def price(amount: Decimal, currency: str = "EUR", *, ucents: bool = False) -> dict[str, Any]:
    """Return an order.Price; its `text` is localised, and its optional integer form is 10^8 of the value."""
    exact = rounded(amount, currency)
    text = _TEXTS.get(currency, f"{{}} {currency}").format(exact)
    as_json: dict[str, Any] = {"currencyCode": currency, "text": text, "value": float(exact)}
    if ucents:
        as_json["priceInUcents"] = int(exact * 10**8)
    return as_json


def amount_of(as_json: dict[str, Any]) -> Decimal:
    """Return the exact amount of an order.Price, with all decimals."""
    return rounded(Decimal(str(as_json["value"])), as_json["currencyCode"])
