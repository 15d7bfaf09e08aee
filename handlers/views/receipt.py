"""A cart's costs as a receipt: narrow enough for a phone, with aligned figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from handlers.messages import words
from handlers.text.mrkdwn import escape_markup
from handlers.toolkit.blocks import rows
from handlers.toolkit.folding import Part
from handlers.views.prices import unusual_terms
from ordering.model.cart_line import Line
from ordering.model.cost import HORIZONS, cost_of, together
from ordering.model.money import Money
from ordering.model.quote import Quote

_NARROWEST = 36  # characters; a phone shows about forty
_LONGEST_NAME = 30  # characters next to the price; a longer name has a row of its own
_LATER = HORIZONS[1:]  # what is paid now covers the first year, so that has no column of its own
_UNKNOWN = "?"
_RULE = "─"
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The rows of a receipt, one text per name, between its head and OVH's own totals."""

    head: list[str]
    names: list[str]
    totals: list[str]

    @property
    def rows(self) -> list[str]:
        return [*self.head, *self.names, *self.totals]

    def part(self, *, rank: int) -> Part:
        """Return a part that always shows the totals, and as many names as fit."""
        return rows(
            self.names, rank=rank, more=words.prices.MORE_NAMES, before=self.head, after=self.totals, fence=True
        )


def receipt(lines: Sequence[Line], quote: Quote | None) -> Receipt:
    """Return each name with its price now, its renewal and its cost over the years, above OVH's own totals."""
    cells = [_cells(line, quote) for line in lines]
    head: Cells = (words.prices.YEARS, words.prices.RENEWAL, *(words.grammar.years(n) for n in _LATER))
    widths = [max(len(row[place]) for row in [head, *cells]) for place in range(len(head))]
    width = max(_NARROWEST, sum(widths) + 2 * len(widths), _needed(lines, quote))
    titles = [_apart(words.prices.NAME, words.prices.NOW, width), _across(head, widths, width), _RULE * width]
    names = [
        "\n".join([*_priced(line, quote, width), _across(row, widths, width), *_remarks(line, quote)])
        for line, row in zip(lines, cells, strict=True)
    ]
    return Receipt(titles, names, _totals(quote, width))


def short_receipt(lines: Sequence[Line], quote: Quote | None) -> Receipt:
    """Return each name with its price, and OVH's own totals: for a cart that was decided."""
    width = max(_NARROWEST, _needed(lines, quote))
    return Receipt([], ["\n".join(_priced(line, quote, width)) for line in lines], _totals(quote, width))


def over_the_years(lines: Sequence[Line], quote: Quote | None) -> str | None:
    """Return the summed cost of several names over the years, as our own sum; None if not all of it is known."""
    if len(lines) < 2:  # noqa: PLR2004 - the receipt already shows one name's costs
        return None
    costs = [cost_of(line, quote) for line in lines]
    renewals = together(cost.renewal for cost in costs)
    sums = [together(cost.over(n) for cost in costs) for n in HORIZONS]
    if renewals is None or None in sums:
        return None
    known = ((n, amount) for n, amount in zip(HORIZONS, sums, strict=True) if amount is not None)
    return words.prices.over_the_years(known, renewals)


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


def _cells(line: Line, quote: Quote | None) -> Cells:
    cost = cost_of(line, quote)
    return (str(line.years), _figure(line.renewal), *(_figure(cost.over(n)) for n in _LATER))


def _priced(line: Line, quote: Quote | None, width: int) -> Iterator[str]:
    name, price = escape_markup(str(line.domain)), _figure(cost_of(line, quote).now)
    if _width(name) + 2 + len(price) <= width:
        yield _apart(name, price, width)
    else:
        yield name
        yield _apart("", price, width)


def _remarks(line: Line, quote: Quote | None) -> Iterator[str]:
    cost = cost_of(line, quote)
    if cost.now is not None and (before := _before(line, quote, cost.now)) > cost.now:
        until = line.promotion_ends.astimezone(UTC) if line.promotion_ends else None
        yield f"  {words.prices.receipt_before(before, until)}"
    if cost.now is not None and line.years == line.priced_years and cost.now != line.price:
        yield f"  {words.prices.receipt_offered(line.price)}"
    if unusual := unusual_terms(line):
        yield f"  {escape_markup(unusual)}"


def _before(line: Line, quote: Quote | None, now: Money) -> Money:
    """Return the price before reductions.

    It is the dry run's, or the offer's, which may include the reductions already.
    """
    known = [quote.price_before(line.domain) if quote else None]
    known += [line.regular] if line.years == line.priced_years else []
    return max((amount for amount in known if amount and amount.currency == now.currency), default=now)


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
    names = [min(_width(str(line.domain)), _LONGEST_NAME) for line in lines]
    return max((name + 2 + len(price) for name, price in zip(names, prices, strict=True)), default=0)


def _across(cells: Cells, widths: Sequence[int], width: int) -> str:
    first, *rest = cells
    figures = "  ".join(f"{cell:>{room}}" for cell, room in zip(rest, widths[1:], strict=True))
    return _apart(f"  {first}", figures, width)


def _apart(left: str, right: str, width: int) -> str:
    return left + " " * max(1, width - _width(left) - len(right)) + right


def _width(text: str) -> int:
    """Return the number of columns that a text takes in a monospaced font."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text.replace("&amp;", "&")
    )


def _figure(amount: Money | None) -> str:
    return _UNKNOWN if amount is None else str(amount)
