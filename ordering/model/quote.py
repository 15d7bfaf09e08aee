"""OVH's price for a whole cart: the figures of the dry run, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ordering.model.answer_digests import Digest
from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.question import is_private


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that the order accepts."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One answer given to OVH for one name, such as OWNER_LEGAL_AGE = true."""

    domain: DomainName
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DeletedConfiguration:
    """A private answer given to OVH that is deleted, by its digest."""

    domain: DomainName
    label: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One of OVH's lines, without tax. `domain` is None if OVH does not say which name it is for.

    `price` is negative for a gift; `before` is the price without the line's reductions. `extra`: an item that comes
    with the name, such as its DNS zone.
    """

    domain: DomainName | None
    label: str
    price: Money
    before: Money
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """OVH's figures for a cart. `before` is its price without tax before reductions, if OVH gives one.

    `deleted` are the private answers of `configuration` that were deleted after the end of the request.
    """

    total: Money  # with tax
    tax: Money
    without_tax: Money
    contracts: tuple[Contract, ...] = ()
    configuration: tuple[Configuration, ...] = ()
    deleted: tuple[DeletedConfiguration, ...] = ()
    lines: tuple[QuotedLine, ...] = ()
    before: Money | None = None
    reduction: Money | None = None

    def price_of(self, domain: DomainName) -> Money | None:
        """Return the sum of a name's lines, gifts included; None if OVH's lines are not paired to names."""
        return _sum(line.price for line in self.lines if line.domain == domain)

    def price_before(self, domain: DomainName) -> Money | None:
        """Return the sum of a name's lines before reductions and gifts."""
        return _sum(line.before for line in self.lines if line.domain == domain and line.before.minor >= 0)

    def without_private_answers(self, digest: Callable[[str, str, str], Digest]) -> Quote:
        """Return the quote with a digest in place of each private answer; `digest` takes name, label and value."""
        private = [each for each in self.configuration if is_private(each.label)]
        deleted = (
            DeletedConfiguration(each.domain, each.label, digest(each.domain.ascii, each.label, each.value))
            for each in private
        )
        kept = tuple(each for each in self.configuration if each not in private)
        return replace(self, configuration=kept, deleted=(*self.deleted, *deleted))

    @property
    def lines_together(self) -> Money | None:
        """The bot's sum of OVH's lines, to be compared with OVH's own `without_tax`."""
        return _sum(line.price for line in self.lines)

    @property
    def extras(self) -> tuple[QuotedLine, ...]:
        return tuple(line for line in self.lines if line.extra)


def _sum(amounts: Iterable[Money]) -> Money | None:
    total: Money | None = None
    for amount in amounts:
        total = amount if total is None else total + amount
    return total
