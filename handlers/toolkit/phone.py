"""Phone numbers as people type them, in the form that the registrar takes."""

from __future__ import annotations

from collections.abc import Mapping

import phonenumbers
from phonenumbers import NumberParseException

PHONES = frozenset({"phone", "cell_phone", "fax"})  # fields of a contact


def as_registrar_takes(typed: str, country: str) -> str:
    """Return a number such as 06 12 34 56 78 as +33.612345678; `country` is two letters, for numbers without a +.

    What is no valid number, or has an extension, returns as it was typed.
    """
    try:
        number = phonenumbers.parse(typed, country.strip().upper() or None)
    except NumberParseException:
        return typed
    if number.extension or not phonenumbers.is_valid_number(number):
        return typed
    return f"+{number.country_code}.{phonenumbers.national_significant_number(number)}"


def phones_as_registrar_takes(typed: Mapping[str, str], country: str) -> dict[str, str]:
    """Return a contact's fields, with its phone numbers in the registrar's form."""
    return {name: as_registrar_takes(text, country) if name in PHONES else text for name, text in typed.items()}
