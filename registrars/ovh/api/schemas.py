"""Parse OVH's JSON into our types. A float was a decimal on the wire, and is parsed as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidName
from ordering.model.money import Money
from ordering.model.offer import Action, Offer
from ordering.model.sales_order import OrderStatus, PaymentMethod, SalesOrder

_YEARS = re.compile(r"P(\d+)Y")
_MOST_SAID = 200
Json = Mapping[str, Any]


def listed(answer: Any) -> Sequence[Any]:  # noqa: ANN401 - decoded JSON
    """Return a list from OVH's answer; raises `TypeError` for `null`, which would otherwise pass for an empty one."""
    if not isinstance(answer, list):
        raise TypeError("an answer that is no list")
    return answer


def money(price: Json) -> Money:
    return Money.rounded(Decimal(price["value"]), price["currencyCode"])


def offers(domain: DomainName, listed: Sequence[Json]) -> tuple[Offer, ...]:
    """Return the offers for a name, without those that have no price: they cannot be shown or bought.

    Raises `ValueError` if the name would thus look reserved, and no other offer decides it.
    """
    priced = tuple(_offer(domain, entry) for entry in listed if _has_price(entry))
    if not priced and not any_transfer(listed) and any(entry.get("orderable") for entry in listed):
        raise ValueError("an offer without a price")
    return priced


def any_transfer(listed: Sequence[Json]) -> bool:
    """Return whether OVH would transfer the name, at any price: it is registered then."""
    return any(_action(entry) is Action.TRANSFER for entry in listed)


def _has_price(entry: Json) -> bool:
    return any(line["label"] == "TOTAL" for line in entry.get("prices") or ())


def _offer(domain: DomainName, entry: Json) -> Offer:
    prices = {line["label"]: line for line in entry["prices"]}
    years = tuple(int(found[1]) for text in entry.get("duration") or () if (found := _YEARS.fullmatch(text)))
    return Offer(
        domain=domain,
        action=_action(entry),
        pricing_mode=entry.get("pricingMode") or "default",
        orderable=bool(entry.get("orderable")),
        price=money(prices["TOTAL"]["price"]),
        renewal=money(prices["RENEW"]["price"]) if "RENEW" in prices else None,
        # The discount's sign is not reliable, so the price before it is read, not computed.
        regular=money(prices["PRICE"]["price"]) if "PRICE" in prices else None,
        promotion_ends=_promotion_ends(prices.values()),
        years=years or (1,),
        phase=entry.get("phase") or "ga",
    )


def _action(entry: Json) -> Action:
    """Return the action of an offer; old answers have it only at the end of the offer's id."""
    return Action(entry.get("action") or str(entry.get("offerId") or "").rpartition("-")[2])


def _promotion_ends(lines: Iterable[Json]) -> datetime | None:
    ends = [p["endDate"] for line in lines for p in line.get("promotions") or () if p.get("endDate")]
    return min(map(datetime.fromisoformat, ends)) if ends else None


def ordered(checkout: Json) -> SalesOrder:
    """Parse a checkout's answer; raises `KeyError` or `TypeError` if it names no order."""
    prices = checkout["prices"]
    return SalesOrder(int(checkout["orderId"]), total=money(prices["withTax"]), tax=money(prices["tax"]))


def made_at(entry: Json) -> datetime:
    """Return when OVH made an order, by its clock."""
    return datetime.fromisoformat(entry["date"])


def order(entry: Json, status: str) -> SalesOrder:
    expires = entry.get("expirationDate")
    return SalesOrder(
        id=int(entry["orderId"]),
        total=money(entry["priceWithTax"]),
        tax=money(entry["tax"]),
        status=OrderStatus(status),
        expires_at=datetime.fromisoformat(expires) if expires else None,
    )


def payment_method(entry: Json) -> PaymentMethod:
    kind = str(entry.get("paymentSubType") or entry.get("paymentType") or "").replace("_", " ")
    label = " ".join(filter(None, [kind, entry.get("label") or entry.get("description")]))
    number = int(entry["paymentMethodId"])
    return PaymentMethod(number, label or f"method {number}", default=bool(entry.get("default")))


def payment_mean(name: str) -> PaymentMethod:
    """Return a means of payment that OVH identifies by name only, such as ``ovhAccount``."""
    return PaymentMethod(name, name)


def said_in(history: Sequence[Json]) -> str | None:
    """Return the newest text of a follow-up that says more than its label."""
    for entry in reversed(history):
        words = str(entry.get("description") or "").strip()
        if words and words.replace(" ", "_").upper() != entry.get("label"):
            return words[:_MOST_SAID].rstrip(".")
    return None


def link(entry: Json) -> str:
    """Return the URL of an order or of an invoice; raises `KeyError` if OVH gives none."""
    if not entry["url"]:
        raise KeyError("url")
    return str(entry["url"])


def names_in(details: Sequence[Json]) -> frozenset[str]:
    """Return the names in an order's lines, as A-labels.

    OVH has a separate field for them, but for some products that holds a placeholder: then the lines' descriptions are
    parsed, as in "name.ovh - .ovh registration".
    """
    named = names_of(str(detail.get("domain") or "") for detail in details)
    words = names_of(word for detail in details for word in str(detail.get("description") or "").split())
    return frozenset(name.ascii for name in named or words)


def names_of(texts: Iterable[str]) -> frozenset[DomainName]:
    """Return those of the texts that are domain names."""
    found = set()
    for text in texts:
        try:
            found.add(DomainName.parse(text))
        except InvalidName:
            continue
    return frozenset(found)
