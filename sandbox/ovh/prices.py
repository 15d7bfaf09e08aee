"""Prices as OVH writes them, and the catalogue of the sandbox. All amounts are invented."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
TAX = Decimal("0.20")  # French VAT

# extension: (first year, renewal), both without tax
CATALOGUE: dict[str, tuple[str, str]] = {
    "ovh": ("2.99", "3.59"), "com": ("8.99", "13.49"), "fr": ("6.49", "8.49"), "net": ("11.99", "15.99"),
    "org": ("8.49", "13.99"), "io": ("39.99", "54.99"), "eu": ("5.99", "8.99"), "app": ("13.99", "18.99"),
    "dev": ("11.99", "15.99"), "be": ("6.49", "8.99"), "de": ("4.99", "7.49"), "es": ("5.49", "9.99"),
    "it": ("6.99", "9.99"), "shop": ("1.99", "33.99"), "tech": ("4.99", "52.99"), "xyz": ("1.49", "14.99"),
    "store": ("2.49", "49.99"), "club": ("5.99", "15.99"), "info": ("3.99", "22.99"), "biz": ("13.99", "18.99"),
    "co.uk": ("7.49", "9.49"), "me": ("6.99", "19.99"), "uk": ("7.49", "9.49"), "cloud": ("7.99", "21.99"),
}  # fmt: skip
HIGHLIGHTED = ("ovh", "com", "fr", "net", "org", "io", "eu", "app", "dev", "shop")


def price(amount: Decimal, *, ucents: bool = True) -> dict[str, Any]:
    """An order.Price; its `text` is localised and its integer form is 10^8 of the value."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    shown: dict[str, Any] = {"currencyCode": "EUR", "text": f"{rounded} €", "value": float(rounded)}
    if ucents:
        shown["priceInUcents"] = int(rounded * 10**8)
    return shown


def tax_of(amount: Decimal) -> Decimal:
    return (amount * TAX).quantize(CENT, ROUND_HALF_UP)
