"""Phone numbers as people type them, in the form that the registrar takes."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException


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
