"""Prices as text."""

from __future__ import annotations

from handlers.messages import words
from handlers.messages.en.warnings import warning
from handlers.text.mrkdwn import escape
from ordering.model.cart_line import Line
from ordering.model.offer import Offer, OfferKind


def offered(offer: Offer) -> str:
    """Return an offer in one phrase: ``€0.99 for 1 year (instead of €3.59), then €3.59 a year``."""
    return _terms(offer, offer.years[0])


def priced(line: Line) -> str:
    """Return a cart's line in one phrase."""
    text = _terms(line, line.priced_years)
    if line.years != line.priced_years:
        text = words.prices.offered_for(line.years, text)
    return " · ".join(filter(None, [text, escape(unusual_terms(line))]))


def unusual_terms(of: Offer | Line) -> str:
    """Return what a buyer must know of an offer that is not the usual one, unescaped; empty for the usual one.

    For example ``premium: the registry's own price`` or ``special: OVH calls it create-eap, early access``.
    """
    if of.kind is OfferKind.USUAL:
        return ""
    return words.prices.unusual_terms(of.kind, of.pricing_mode, words.prices.phase(of.phase))


def warned(line: Line) -> str:
    """Return a name's warnings, to append to its line; empty if there are none."""
    return "".join(f"\n_{escape(warning(each))}_" for each in line.warnings)


def _terms(of: Offer | Line, priced_years: int) -> str:
    text = words.prices.price_for(of.price, priced_years)
    if of.regular is not None and of.regular > of.price:
        text += words.prices.instead_of(of.regular, of.promotion_ends)
    if of.renewal is not None:
        text += words.prices.then_yearly(of.renewal)
    return text
