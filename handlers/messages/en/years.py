"""What people read when they choose for how many years names are registered."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.messages.en.grammar import counted, years
from ordering.model.domain_name import DomainName

FIXED = "OVH offers these for one period only:"
PRICE_ON_CARD = "OVH's price for the years that you choose is on the card before anyone approves."
MORE_NAMES = "names"


def title(cart: int) -> str:
    """Return the title of the form."""
    return f"Years of cart #{cart}"


def fixed(domain: DomainName, number: int) -> str:
    """Return a name without a choice."""
    return f"{domain}: {years(number)}"


def no_room_for(names: int) -> str:
    """Return how many names have no select."""
    return f"{counted(names, 'more name')} do not fit here and keep their years."


def unchanged(cart: int) -> str:
    """Return the answer to a form in which nothing was changed."""
    return f"Cart #{cart} stays as it is: no years were changed."


def changed(cart: int, chosen: Iterable[tuple[DomainName, int]]) -> str:
    """Return the names whose years were changed, with their years."""
    return f"Cart #{cart}: {', '.join(f'*{domain}* {years(number)}' for domain, number in chosen)}."
