"""Facts about past orders, and about long lists. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.doctor.probe.facts import Answer
from bot.doctor.probe.lab import Lab, Seen, Unsettled

_BACK = timedelta(days=365)
_MOST_ORDERS, _MOST_LINES = 3, 2
_PAGES = {"X-Pagination-Mode": "CachedObjectList-Pages", "X-Pagination-Size": "5"}


def terms(lab: Lab) -> Iterator[Answer]:
    """What the lines of past orders of names show of their terms."""
    since = (lab.now() - _BACK).isoformat(timespec="seconds")
    seen = lab.call("GET", "/me/order", query={"date.from": since})
    orders = sorted((number for number in seen.listed() if isinstance(number, int)), reverse=True)[:_MOST_ORDERS]
    if not orders:
        raise Unsettled("the account made no order within a year")
    found = [kind for order in orders for kind in _of_order(lab, order)]
    if not found:
        raise Unsettled("no past order has a line that can be read")
    yield Answer("terms_of_past_orders", max(found, key=_KINDS.index))


_KINDS = (
    "nothing (404)",
    "an unknown form",
    "only empty fields",
    "no owner",
    "all terms",
)  # from the least to the most


def _of_order(lab: Lab, order: int) -> Iterator[str]:
    lines = lab.call("GET", f"/me/order/{order}/details").listed()
    for line in lines[:_MOST_LINES]:
        yield _kind(lab.call("GET", f"/me/order/{order}/details/{line}/extension"))


def _kind(seen: Seen) -> str:
    if not seen.is_ok:
        return _KINDS[0]
    order = seen.get("order")
    plan = order.get("plan") if isinstance(order, dict) else None
    if not isinstance(order, dict) or not isinstance(plan, dict):
        return _KINDS[1]
    if not all(plan.get(key) for key in ("code", "duration", "pricingMode")):
        return _KINDS[2]
    return _KINDS[4] if order.get("configurations") else _KINDS[3]


def pages(lab: Lab) -> Iterator[Answer]:
    """Whether a list of names can come with all details."""
    seen = lab.call("GET", "/domain", headers=_PAGES)
    if not seen.is_ok:
        raise Unsettled(f"OVH does not list names ({seen.refusal})")
    listed = seen.listed()
    if not listed:
        raise Unsettled("the account has no names")
    if all(isinstance(each, dict) for each in listed):
        yield Answer("pages", "yes")
    elif any(name.startswith("x-pagination") for name in seen.headers):
        yield Answer("pages", "in pages, without details")
    else:
        yield Answer("pages", "no")
