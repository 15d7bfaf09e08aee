"""Prices in words and in columns."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.views.text import escape_markup, when, years
from ordering.cart_line import Line
from ordering.offer import Offer
from ordering.quote import Quote


def offered(offer: Offer) -> str:
    """An offer in one phrase: ``€0.99 for 1 year (instead of €3.59), then €3.59 a year``."""
    said = f"{offer.price} for {years(offer.years[0])}"
    if offer.regular is not None and offer.regular > offer.price:
        until = f" until {when(offer.promotion_ends)}" if offer.promotion_ends else ""
        said += f" (instead of {offer.regular}{until})"
    if offer.renewal is not None:
        said += f", then {offer.renewal} a year"
    return said


def priced(line: Line) -> str:
    """A cart's line in one phrase."""
    said = f"{line.price} for {years(line.years)}"
    if line.regular is not None and line.regular > line.price:
        said += f" (instead of {line.regular})"
    if line.renewal is not None:
        said += f", then {line.renewal} a year"
    return said + (" · premium" if line.is_premium else "")


def columns(lines: Sequence[Line], quote: Quote | None) -> list[str]:
    """All lines under one another, figures aligned, and OVH's own totals below them."""
    names = [escape_markup(str(line.domain)) for line in lines]
    totals = (
        [("without tax", str(quote.without_tax)), ("tax", str(quote.tax)), ("total", str(quote.total))] if quote else []
    )
    # One very long name must not push every figure out of sight.
    name_width = min(max(len(text) for text in [*names, *(label for label, _ in totals)]), 36)
    terms = [years(line.years) for line in lines]
    term_width = max(len(term) for term in terms)
    prices = [str(line.price) for line in lines]
    price_width = max(len(price) for price in [*prices, *(amount for _, amount in totals)])
    rows = [
        f"{name:<{name_width}}  {term:<{term_width}}  {price:>{price_width}}{_afterwards(line)}"
        for name, term, price, line in zip(names, terms, prices, lines, strict=True)
    ]
    gap = " " * term_width
    rows += [f"{label:<{name_width}}  {gap}  {amount:>{price_width}}" for label, amount in totals]
    return rows


def _afterwards(line: Line) -> str:
    renewal = f"  then {line.renewal} a year" if line.renewal is not None else ""
    return renewal + ("  premium" if line.is_premium else "")
