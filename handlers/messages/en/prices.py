"""What people read about prices: offers, the receipt, and the terms of an approval."""

from __future__ import annotations

from datetime import datetime

from handlers.messages.en.grammar import day, years
from handlers.text.mrkdwn import when
from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import USUAL_PHASES, OfferKind

# Offers --------------------------------------------------------------------------------------------------------------

NET = "Prices are without tax. The total with tax is shown before anyone approves."
BEFORE_TAX = "Prices before tax."
WHICH_OFFER = "Which offer?"
STANDARD_PRICE = "Standard price"

_KINDS = {OfferKind.USUAL: "Standard", OfferKind.PREMIUM: "Premium", OfferKind.SPECIAL: "Special"}
# Launch phases as the registries name them.
_PHASES = {"sunrise": "sunrise, for trademark owners", "landrush": "landrush", "eap": "early access"}


def kind(of: OfferKind) -> str:
    """Return ``Standard``, ``Premium`` or ``Special``."""
    return _KINDS[of]


def unusual(of: OfferKind) -> str:
    """Return the mark behind a name whose offer is not a standard one: ``premium``, ``special``."""
    return _KINDS[of].lower()


def phase(code: str) -> str:
    """Return the launch phase, such as ``early access``; empty in general availability."""
    return "" if code in USUAL_PHASES else _PHASES.get(code, code)


def unusual_terms(of: OfferKind, pricing_mode: str, launch: str) -> str:
    """Return what a buyer must know of an offer that is not the standard one; `launch` is its phase, or empty."""
    premium = "premium: the registry's own price"
    made = premium if of is OfferKind.PREMIUM else f"special: OVH calls it {pricing_mode}"
    return ", ".join(filter(None, [made, launch]))


def price_for(price: Money, number: int) -> str:
    """Return a price and for how many years it is."""
    return f"{price} for {years(number)}"


def instead_of(price: Money, until: datetime | None = None) -> str:
    """Return the price before a reduction, and when that ends."""
    return f" (instead of {price}{f' until {when(until)}' if until else ''})"


def then_yearly(renewal: Money) -> str:
    """Return what a renewal costs, behind the price now."""
    return f", then {renewal} a year"


def offered_for(number: int, offered: str) -> str:
    """Return the chosen years of a name that OVH offered for others."""
    return f"{years(number)}, offered at {offered}"


def reduced_from(regular: Money) -> str:
    """Return the price before a reduction, in the description of an option."""
    return f"instead of {regular}"


def asking_for_offers(domain: DomainName) -> str:
    """Return what the form shows until OVH has answered."""
    return f"Asking OVH what it offers for *{domain}*…"


def not_added(problem: str) -> str:
    """Return why an offer was not added; `problem` is a sentence, escaped."""
    return f"*Not added yet.* {problem}"


def offers_for(domain: DomainName) -> str:
    """Return the heading over the offers for one name, in a message."""
    return f"Offers for {domain}"


# The receipt ---------------------------------------------------------------------------------------------------------

WITHOUT_TAX, TAX, TOTAL = "without tax", "tax", "total with tax"
BEFORE_REDUCTIONS, REDUCTIONS = "before reductions", "reductions"
MORE_NAMES = "names"


def receipt_before(before: Money, until: datetime | None) -> str:
    """Return the price before a reduction, below a name of the receipt; `until` is a UTC date."""
    return f"instead of {before}{f' until {day(until)}' if until else ''}"


def receipt_offered(price: Money) -> str:
    """Return the price in OVH's offer, below a name whose price in the order differs."""
    return f"offered at {price}"


def reduced(before: Money, by: Money) -> str:
    """Return OVH's own figures of all reductions, without tax."""
    return f"OVH's price before reductions is {before}; the reductions are {by}."


def lines_disagree(summed: Money, total: Money) -> str:
    """Return that OVH's prices of the names do not add up to its own total."""
    return f"OVH's lines add up to {summed}; its own total without tax is {total}, and counts."


def tax_disagrees(total: Money, net: Money, tax: Money) -> str:
    """Return that OVH's total is not its net sum and tax."""
    return f"OVH's total is {total}, though {net} and {tax} tax are not that much."


PRICES_UNASSIGNED = "OVH doesn't say which price belongs to which name. Its total counts."

# The terms -----------------------------------------------------------------------------------------------------------

PAID_ZONES = "OVH adds a DNS zone to each name; where it costs something, that is in the name's price."
FREE_ZONES = "OVH adds a DNS zone to each name, at no charge."
RETRACTION_WAIVED = "No refund: the 14-day right of withdrawal is waived, so that OVH can register the names at once."
RETRACTION_KEPT = "The 14-day right of withdrawal is kept: OVH may not register the names before it ends."
