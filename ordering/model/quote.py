"""What OVH would charge for a whole cart: the dry run's figures, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ordering.model.domain_name import DomainName
from ordering.model.money import Money


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms that ordering accepts."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One answer given to OVH for one name, such as OWNER_LEGAL_AGE = true."""

    domain: DomainName
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One of OVH's lines, without tax. `domain` is None where OVH does not say which name it is for.

    `price` is negative where it is a gift, `before` what would be paid without the line's reductions. `extra`: it
    comes with the name, such as its DNS zone.
    """

    domain: DomainName | None
    said: str
    price: Money
    before: Money
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """OVH's own figures for a cart. `before` is OVH's price without tax before its reductions, where it gives one."""

    total: Money  # with tax
    tax: Money
    without_tax: Money
    contracts: tuple[Contract, ...] = ()
    configuration: tuple[Configuration, ...] = ()
    lines: tuple[QuotedLine, ...] = ()
    before: Money | None = None
    reduction: Money | None = None

    def price_of(self, domain: DomainName) -> Money | None:
        """Return the sum of a name's lines, gifts included; None where OVH's lines are not paired to names."""
        return _sum(line.price for line in self.lines if line.domain == domain)

    def price_before(self, domain: DomainName) -> Money | None:
        """The same before reductions and gifts."""
        return _sum(line.before for line in self.lines if line.domain == domain and line.before.minor >= 0)

    @property
    def lines_together(self) -> Money | None:
        """Our sum of OVH's lines, to be held against its own `without_tax`."""
        return _sum(line.price for line in self.lines)

    @property
    def extras(self) -> tuple[QuotedLine, ...]:
        return tuple(line for line in self.lines if line.extra)


def _sum(amounts: Iterable[Money]) -> Money | None:
    total: Money | None = None
    for amount in amounts:
        total = amount if total is None else total + amount
    return total
