"""The cost of a name over the years: OVH's price now, then its renewals. The bot's own sum, as OVH gives none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ordering.model.cart_line import Line
from ordering.model.money import Money
from ordering.model.quote import Quote

HORIZONS = (1, 3, 5)  # years
_STEPS = (Decimal("0.01"), Decimal("0.005"), Decimal("0.001"))  # of a rate: 20 %, 5.5 %, 8.1 %


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one name, without tax. `now` pays the first `years`; None if no price is known for that many."""

    now: Money | None
    years: int
    renewal: Money | None

    def over(self, years: int) -> Money | None:
        """Return the total cost for this many years; None if a part of it is unknown."""
        if self.now is None:
            return None
        later = years - self.years
        if later <= 0:
            return self.now
        return None if self.renewal is None else self.now + self.renewal * later


def cost_of(line: Line, quote: Quote | None) -> Cost:
    """Return what a name costs: by the quote's lines if it has any, else by the offer for as many years.

    A quote whose lines are not paired to names gives no price: the offer's price may differ from what OVH charges.
    """
    offered = line.price if line.years == line.priced_years else None
    now = quote.price_of(line.domain) if quote and quote.lines else offered
    renewal = line.renewal if now is None or line.renewal is None or line.renewal.currency == now.currency else None
    return Cost(now, line.years, renewal)


def together(amounts: Iterable[Money | None]) -> Money | None:
    """Return the sum; None if an amount is unknown or the currencies differ."""
    total: Money | None = None
    for amount in amounts:
        if amount is None or (total is not None and total.currency != amount.currency):
            return None
        total = amount if total is None else total + amount
    return total


def tax_rate(quote: Quote) -> Decimal | None:
    """Return the tax rate of a dry run, such as 0.2; None if no plain rate explains its tax to the cent.

    OVH gives one tax for the whole cart, so lines with different rates show as a rate that no country has.
    """
    net = quote.without_tax.amount
    if net <= 0 or quote.without_tax + quote.tax != quote.total:
        return None
    exact = quote.tax.amount / net
    for step in _STEPS:
        rate = (exact / step).quantize(Decimal(1)) * step
        if Money.rounded(net * rate, quote.tax.currency) == quote.tax:
            return rate
    return None


def with_tax(amount: Money | None, rate: Decimal | None) -> Money | None:
    """Return an amount with tax at this rate; None if either is unknown."""
    return None if amount is None or rate is None else Money.rounded(amount.amount * (1 + rate), amount.currency)
