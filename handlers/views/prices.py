"""Prices in words."""

from __future__ import annotations

from handlers.toolkit.mrkdwn import escape, when, years
from ordering.model.cart_line import Line
from ordering.model.offer import Offer


def offered(offer: Offer) -> str:
    """An offer in one phrase: ``€0.99 for 1 year (instead of €3.59), then €3.59 a year``."""
    return _terms(offer, offer.years[0])


def priced(line: Line) -> str:
    """A cart's line in one phrase."""
    said = _terms(line, line.priced_years)
    if line.years != line.priced_years:
        said = f"{years(line.years)}, offered at {said}"
    return said + (" · premium" if line.is_premium else "")


def warned(line: Line) -> str:
    """What somebody should know of a name, after it; empty where there is nothing."""
    return "".join(f"\n_{escape(warning)}_" for warning in line.warnings)


def _terms(of: Offer | Line, priced_years: int) -> str:
    said = f"{of.price} for {years(priced_years)}"
    if of.regular is not None and of.regular > of.price:
        until = f" until {when(of.promotion_ends)}" if of.promotion_ends else ""
        said += f" (instead of {of.regular}{until})"
    if of.renewal is not None:
        said += f", then {of.renewal} a year"
    return said
