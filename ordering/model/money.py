"""Money: whole minor units and a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering

# ISO 4217 currencies among OVH's that do not have two decimals; `points` are OVH's loyalty points.
_DECIMALS = {"XOF": 0, "TND": 3, "points": 0}
# Only symbols that identify one currency: a bare $ could be four of OVH's currencies.
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹"}


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount, such as ``Money(119, "EUR")`` for €1.19.

    Adding or comparing two currencies raises `ValueError`.
    """

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> Money:
        """Return a decimal amount as money; raises `ValueError` for a fraction of the smallest unit."""
        exact = Decimal(amount).scaleb(_decimals(currency))
        if exact != exact.to_integral_value():
            raise ValueError(f"{amount} {currency} has parts smaller than the currency's smallest unit")
        return cls(int(exact), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Money:
        """Return a decimal amount rounded half up to the currency's smallest unit, as invoices are."""
        return cls(int(amount.scaleb(_decimals(currency)).to_integral_value(ROUND_HALF_UP)), currency)

    @property
    def amount(self) -> Decimal:
        """The decimal amount with all its places: ``Decimal("1.10")``, not ``1.1``."""
        return Decimal(self.minor).scaleb(-_decimals(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def is_within(self, limit: Money) -> bool:
        """Return whether the amount is at most the limit; false for another currency."""
        return self.currency == limit.currency and self <= limit

    def __str__(self) -> str:
        """Return the amount as people read it: ``€1,234.50``, ``1.19 PLN``."""
        return self._written(",")

    @property
    def in_digests(self) -> str:
        """The amount as text for digests: it must stay as it is, because seals and buttons of the past are compared."""
        return self._written("")

    def _written(self, thousands: str) -> str:
        symbol, amount = _SYMBOLS.get(self.currency), f"{abs(self.amount):{thousands}}"
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{symbol}{amount}" if symbol else f"{sign}{amount} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are in different currencies")
        return other.minor


def _decimals(currency: str) -> int:
    return _DECIMALS.get(currency, 2)
