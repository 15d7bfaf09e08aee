"""A cart's costs as a receipt: narrow enough for a phone, with aligned figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.messages import words
from handlers.text.mrkdwn import escape_markup
from handlers.toolkit.blocks import rows
from handlers.toolkit.columns import columns_of
from handlers.toolkit.folding import Part
from ordering.model.cart_line import Line
from ordering.model.cost import cost_of
from ordering.model.money import Money
from ordering.model.quote import Quote

_NARROWEST = 36  # characters; a phone shows about forty
_LONGEST_NAME = 30  # characters next to the price; a longer name has a row of its own
_UNKNOWN = "?"
_RULE = "─"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The rows of a receipt, one text per name, above OVH's own totals."""

    names: list[str]
    totals: list[str]

    def part(self, *, rank: int) -> Part:
        """Return a part that always shows the totals, and as many names as fit."""
        return rows(self.names, rank=rank, more=words.prices.MORE_NAMES, after=self.totals, fence=True)


def short_receipt(lines: Sequence[Line], quote: Quote | None) -> Receipt:
    """Return each name with its price, and OVH's own totals: for a cart that was decided."""
    width = max(_NARROWEST, _needed(lines, quote))
    return Receipt(["\n".join(_priced(line, quote, width)) for line in lines], _totals(quote, width))


def disagreements(lines: Sequence[Line], quote: Quote | None) -> list[str]:
    """Return a sentence for each contradiction in OVH's figures: OVH's own totals count."""
    if quote is None:
        return []
    found = []
    summed = quote.lines_together
    if summed is not None and summed != quote.without_tax:
        found.append(words.prices.lines_disagree(summed, quote.without_tax))
    if quote.without_tax + quote.tax != quote.total:
        found.append(words.prices.tax_disagrees(quote.total, quote.without_tax, quote.tax))
    if quote.lines and any(quote.price_of(line.domain) is None for line in lines):
        found.append(words.prices.PRICES_UNASSIGNED)
    return found


def _priced(line: Line, quote: Quote | None, width: int) -> Iterator[str]:
    name, price = escape_markup(str(line.domain)), _figure(cost_of(line, quote).now)
    if columns_of(name) + 2 + len(price) <= width:
        yield _apart(name, price, width)
    else:
        yield name
        yield _apart("", price, width)


def _totals(quote: Quote | None, width: int) -> list[str]:
    if quote is None:
        return []
    sums = [
        (words.prices.WITHOUT_TAX, quote.without_tax),
        (words.prices.TAX, quote.tax),
        (words.prices.TOTAL, quote.total),
    ]
    if quote.before and quote.reduction and quote.reduction.minor:
        reduced = [(words.prices.BEFORE_REDUCTIONS, quote.before), (words.prices.REDUCTIONS, quote.reduction)]
        sums = [*reduced, *sums]
    return [_RULE * width, *(_apart(label, str(amount), width) for label, amount in sums)]


def _needed(lines: Sequence[Line], quote: Quote | None) -> int:
    """Return the width in which every name that is not too long fits next to its price."""
    prices = [_figure(cost_of(line, quote).now) for line in lines]
    names = [min(columns_of(str(line.domain)), _LONGEST_NAME) for line in lines]
    return max((name + 2 + len(price) for name, price in zip(names, prices, strict=True)), default=0)


def _apart(left: str, right: str, width: int) -> str:
    return left + " " * max(1, width - columns_of(left) - len(right)) + right


def _figure(amount: Money | None) -> str:
    return _UNKNOWN if amount is None else str(amount)
