"""Prices as text."""

from __future__ import annotations

from handlers.messages.en.warnings import warning
from handlers.toolkit.mrkdwn import escape, when, years
from ordering.model.cart_line import Line
from ordering.model.offer import USUAL_PHASES, Offer, OfferKind

# Launch phases as the registries name them.
_PHASES = {"sunrise": "sunrise, for trademark owners", "landrush": "landrush", "eap": "early access"}


def offered(offer: Offer) -> str:
    """Return an offer in one phrase: ``€0.99 for 1 year (instead of €3.59), then €3.59 a year``."""
    return _terms(offer, offer.years[0])


def priced(line: Line) -> str:
    """Return a cart's line in one phrase."""
    said = _terms(line, line.priced_years)
    if line.years != line.priced_years:
        said = f"{years(line.years)}, offered at {said}"
    return " · ".join(filter(None, [said, escape(unusual_terms(line))]))


def kind_in_words(of: Offer | Line) -> str:
    """Return ``Standard``, ``Premium`` or ``Special``."""
    return of.kind.value.capitalize() if of.kind is not OfferKind.USUAL else "Standard"


def phase_in_words(of: Offer | Line) -> str:
    """Return the launch phase, such as ``early access``; empty in general availability."""
    return "" if of.phase in USUAL_PHASES else _PHASES.get(of.phase, of.phase)


def unusual_terms(of: Offer | Line) -> str:
    """Return what a buyer must know of an offer that is not the usual one, unescaped; empty for the usual one.

    For example ``premium: the registry's own price`` or ``special: OVH calls it create-eap, early access``.
    """
    if of.kind is OfferKind.USUAL:
        return ""
    premium = of.kind is OfferKind.PREMIUM
    said = "premium: the registry's own price" if premium else f"special: OVH calls it {of.pricing_mode}"
    return ", ".join(filter(None, [said, phase_in_words(of)]))


def warned(line: Line) -> str:
    """Return a name's warnings, to append to its line; empty if there are none."""
    return "".join(f"\n_{escape(warning(each))}_" for each in line.warnings)


def _terms(of: Offer | Line, priced_years: int) -> str:
    said = f"{of.price} for {years(priced_years)}"
    if of.regular is not None and of.regular > of.price:
        until = f" until {when(of.promotion_ends)}" if of.promotion_ends else ""
        said += f" (instead of {of.regular}{until})"
    if of.renewal is not None:
        said += f", then {of.renewal} a year"
    return said
