"""Countries as people write them, in the two letters that the registrar takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale

COUNTRIES = frozenset({"country", "birth_country", "nationality", "accreditation_country"})  # fields of a contact
_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pl", "pt")
_CODE = re.compile("[A-Z]{2}")


def countries_as_registrar_takes(typed: Mapping[str, str]) -> dict[str, str]:
    """Return a contact's fields, with the names of countries as codes; what is no country returns as it was typed."""
    return {name: _by_name().get(_folded(text), text) if name in COUNTRIES else text for name, text in typed.items()}


@cache
def _by_name() -> Mapping[str, str]:
    """Return the codes by the countries' names in several languages; the first language goes first."""
    codes: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _CODE.fullmatch(code):
                codes.setdefault(_folded(name), code)
    return codes


def _folded(text: str) -> str:
    """Return a name without case and accents: ``Österreich`` and ``osterreich`` are the same country."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
