"""Amounts of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainValidator

from ordering.model.money import Money
from registrars.ovh.api.wire.base import Wire, Word

_LARGEST = Decimal(10) ** 12
_SMALLEST_EXPONENT = -12


def _exact(value: object) -> Decimal:
    """Return a number of OVH's JSON, which is decoded without floats, as an exact amount."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("no number")  # noqa: TRY004 - what a validator raises for pydantic
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError("out of range")
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _SMALLEST_EXPONENT:
        raise ValueError("too many decimals")
    return amount


class Price(Wire):
    """An amount with its currency. OVH's `text` is localized, so it is never parsed."""

    value: Annotated[Decimal, PlainValidator(_exact)]
    currency_code: Annotated[Word, Field(min_length=1)]

    @property
    def money(self) -> Money:
        """The amount, rounded to the currency's smallest unit."""
        return Money.rounded(self.value, self.currency_code)
