"""How the values in the data of refusals, findings and events are written: names, amounts and lists."""

from __future__ import annotations

from collections.abc import Sequence

from ordering.model.domain_name import DomainName
from ordering.model.facts import Json
from ordering.model.money import Money


def name(ascii_form: str) -> str:
    """Write a domain name: both spellings if they differ."""
    return str(DomainName(ascii_form))


def money(amount: Json) -> str:
    """Write an amount; an empty string if there is none."""
    match amount:
        case {"amount": str(figure), "currency": str(currency)}:
            return str(Money.of(figure, currency))
        case _:
            return ""


def a_year(renewal: Json) -> str:
    """Write a renewal price: ``€3.59 a year``; an empty string if there is none."""
    return f"{price} a year" if (price := money(renewal)) else ""


def in_sequence(things: Sequence[str]) -> str:
    """Join a list: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def sentence(words: str) -> str:
    """Return foreign words with one full stop at their end."""
    return f"{words.rstrip('.')}."
