"""Map OVH's typed answers to our types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidName
from ordering.model.ids import OrderId
from ordering.model.offer import Action, Offer
from ordering.model.sales_order import OrderStatus, PaymentMethod, SalesOrder
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire import offers as wire
from registrars.ovh.api.wire.checkouts import Ordered
from registrars.ovh.api.wire.orders import History, Order, OrderDetail
from registrars.ovh.api.wire.payments import Method
from registrars.ovh.api.wire.prices import Price

_YEARS = re.compile(r"P(\d+)Y")
_MOST_SAID = 200


def offers(domain: DomainName, listed: Sequence[wire.Offer]) -> tuple[Offer, ...]:
    """Return the offers for a name, without those that have no price: they cannot be shown or bought.

    Raises `Unreadable` if the name would thus look reserved, and no other offer decides it.
    """
    priced = tuple(_offer(domain, entry, total) for entry in listed if (total := entry.price_of("TOTAL")) is not None)
    if not priced and not any_transfer(listed) and any(entry.orderable for entry in listed):
        raise Unreadable
    return priced


def any_transfer(listed: Sequence[wire.Offer]) -> bool:
    """Return whether OVH would transfer the name, at any price: it is registered then."""
    return any(_action(entry) is Action.TRANSFER for entry in listed)


def _offer(domain: DomainName, entry: wire.Offer, total: Price) -> Offer:
    years = tuple(int(found[1]) for text in entry.duration if (found := _YEARS.fullmatch(text)))
    renewal, regular = entry.price_of("RENEW"), entry.price_of("PRICE")
    return Offer(
        domain=domain,
        action=_action(entry),
        pricing_mode=entry.pricing_mode or "default",
        orderable=bool(entry.orderable),
        price=total.money,
        renewal=None if renewal is None else renewal.money,
        # The discount's sign is not reliable, so the price before it is read, not computed.
        regular=None if regular is None else regular.money,
        promotion_ends=_promotion_ends(entry.prices),
        years=years or (1,),
        phase=entry.phase or "ga",
    )


def _action(entry: wire.Offer) -> Action:
    """Return the action of an offer; old answers have it only at the end of the offer's id."""
    return Action(entry.action or (entry.offer_id or "").rpartition("-")[2])


def _promotion_ends(lines: Iterable[wire.PriceLine]) -> datetime | None:
    ends = [promotion.end_date for line in lines for promotion in line.promotions if promotion.end_date is not None]
    return min(ends) if ends else None


def ordered(checkout: Ordered) -> SalesOrder:
    """Return the order that a checkout made."""
    return SalesOrder(OrderId(checkout.order_id), total=checkout.prices.with_tax.money, tax=checkout.prices.tax.money)


def order(entry: Order, status: str) -> SalesOrder:
    return SalesOrder(
        id=OrderId(entry.order_id),
        total=entry.price_with_tax.money,
        tax=entry.tax.money,
        status=OrderStatus(status),
        expires_at=entry.expiration_date,
    )


def payment_method(entry: Method) -> PaymentMethod:
    kind = (entry.payment_sub_type or entry.payment_type or "").replace("_", " ")
    label = " ".join(filter(None, [kind, entry.label or entry.description]))
    number = entry.payment_method_id
    return PaymentMethod(number, label or f"method {number}", default=bool(entry.default))


def payment_mean(name: str) -> PaymentMethod:
    """Return a means of payment that OVH identifies by name only, such as ``ovhAccount``."""
    return PaymentMethod(name, name)


def said_in(history: Sequence[History]) -> str | None:
    """Return the newest text of a follow-up that says more than its label."""
    for entry in reversed(history):
        words = (entry.description or "").strip()
        if words and words.replace(" ", "_").upper() != entry.label:
            return words[:_MOST_SAID].rstrip(".")
    return None


def names_in(details: Sequence[OrderDetail]) -> frozenset[str]:
    """Return the names in an order's lines, as A-labels.

    OVH has a separate field for them, but for some products that holds a placeholder: then the lines' descriptions are
    parsed, as in "name.ovh - .ovh registration".
    """
    named = names_of(detail.domain or "" for detail in details)
    words = names_of(word for detail in details for word in (detail.description or "").split())
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
