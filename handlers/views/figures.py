"""Prices in words."""

from __future__ import annotations

from handlers.views.text import escape, when, years
from ordering.cart_line import Line
from ordering.offer import Offer


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
    said = f"{line.price} for {years(line.priced_years)}"
    if line.regular is not None and line.regular > line.price:
        until = f" until {when(line.promotion_ends)}" if line.promotion_ends else ""
        said += f" (instead of {line.regular}{until})"
    if line.renewal is not None:
        said += f", then {line.renewal} a year"
    if line.years != line.priced_years:
        said = f"{years(line.years)}, offered at {said}"
    return said + (" · premium" if line.is_premium else "")


def warned(line: Line) -> str:
    """What somebody should know of a name, after it; empty where there is nothing."""
    return "".join(f"\n_{escape(warning)}_" for warning in line.warnings)
