"""A cart's costs, line by line, as the dry run and the checkout return them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.ovh.offers import Offer
from sandbox.ovh.prices import Market, price

_NOTHING = Decimal(0)
_CONTRACTS = [
    {"name": "Domain name terms", "url": "https://contracts.example/domain.pdf", "content": "Made up. " * 50},
    {"name": "General terms of service", "url": "https://contracts.example/general.pdf", "content": "Made up. " * 50},
]


@dataclass
class Layout:
    """How lines are listed, without any change to the costs; unchanged by default.

    With `shuffle` their order is drawn from that seed; `zones_first` puts the zones' lines before all others;
    `without_items` leaves `cartItemID` null on every line. OVH's guide shows the latter two.
    """

    shuffle: int | None = None
    zones_first: bool = False
    without_items: bool = False

    def apply(self, as_json: dict[str, Any]) -> dict[str, Any]:
        """Return a quote with its lines in this layout."""
        lines = list(as_json["details"])
        if self.shuffle is not None:
            Random(self.shuffle).shuffle(lines)
        if self.zones_first:
            lines.sort(key=lambda line: "." not in line["domain"])
        if self.without_items:
            lines = [line | {"cartItemID": None} for line in lines]
        return as_json | {"details": lines}


@dataclass(frozen=True)
class Priced:
    """An item with the offer it is bought by."""

    number: int
    domain: str
    years: int
    offer: Offer


def quote(items: Sequence[Priced], market: Market, *, gifts: bool) -> dict[str, Any]:
    """Return an order.Order without an order id.

    With `gifts` a promotion is a line of its own and no reduction; otherwise it is a reduction of the duration's line.
    """
    total = sum((item.offer.total(item.years) for item in items), _NOTHING)
    reduction = _NOTHING if gifts else sum((item.offer.discount for item in items), _NOTHING)
    tax = market.tax_on(total)
    amounts = {
        "originalWithoutTax": total + reduction, "reduction": reduction, "tax": tax, "withTax": total + tax,
        "withoutTax": total,
    }  # fmt: skip
    return {
        "contracts": _CONTRACTS,
        "details": [line for place, item in enumerate(items, 1) for line in _lines(place, item, gifts=gifts)],
        "orderId": None,
        "prices": {name: price(amount, market.currency) for name, amount in amounts.items()},
        "url": None,
    }


def _lines(place: int, item: Priced, *, gifts: bool) -> list[dict[str, Any]]:
    """Return a name's lines and those of its free zone; `domain` is a placeholder until there is an order."""
    offer, name, zone = item.offer, f"*{place:03}", f"*{place:03}.001"
    what = f"{item.domain} - .{offer.extension} registration"
    cost = offer.before_discount(item.years)
    lines = [
        _line(item.number, f"{what} - {item.years * 12} months", "DURATION", name, cost, offer, gifts=gifts),
        _line(item.number, what, "INSTALLATION", name, offer.fee, offer),
    ]
    if gifts and offer.discount:
        lines.append(_line(None, f".{offer.extension} promotion", "GIFT", name, -offer.discount, offer))
    zones = [
        _line(None, f"{item.domain} - DNS zone", kind, zone, _NOTHING, offer) for kind in ("DURATION", "INSTALLATION")
    ]
    return lines + zones


def _line(
    item: int | None, description: str, kind: str, domain: str, cost: Decimal, offer: Offer, *, gifts: bool = True
) -> dict[str, Any]:
    reduction = _NOTHING if gifts else offer.discount
    as_json = {"originalTotalPrice": cost, "reductionTotalPrice": reduction, "totalPrice": cost - reduction}
    as_json["unitPrice"] = cost - reduction
    return {
        "cartItemID": item,
        "description": description,
        "detailType": kind,
        "domain": domain,
        "quantity": 1,
        "reductions": [_reduction(offer)] if reduction else [],
    } | {name: price(amount, offer.currency) for name, amount in as_json.items()}


def _reduction(offer: Offer) -> dict[str, Any]:
    amount = price(offer.discount, offer.currency)
    words = f".{offer.extension} promotion"
    return {
        "context": "promotion", "type": "fixed_amount", "description": words, "reductionDescription": words,
        "price": amount, "value": amount,
    }  # fmt: skip
