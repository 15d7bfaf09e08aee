"""The prices of a request as tables for a phone: one line a name, above OVH's own totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.text.mrkdwn import escape_markup
from handlers.toolkit.blocks import sections
from handlers.toolkit.columns import Columns
from handlers.toolkit.folding import Part
from handlers.views.prices import unusual_terms
from ordering.model.cart_line import Line
from ordering.model.cost import HORIZONS, cost_of, tax_rate, together, with_tax
from ordering.model.money import Money
from ordering.model.quote import Quote

_WIDTH = 38  # columns that a phone shows
_MOST_LINES = 20  # of more names, a message shows the first ones and all that carry a warning
_FIRST = 15
_UNKNOWN = "?"
_says = words.approving
Sums = Sequence[Money | None]


def price_table(lines: Sequence[Line], quote: Quote, *, rank: int) -> Part:
    """Return what each name costs now and a year after that, as a part that always shows the sums.

    It shows at most twenty names, those with a warning first, and the sum of the others.
    """
    order = sorted(range(len(lines)), key=lambda place: (not lines[place].warnings, place))
    table = _Table(lines, [_figures(line, quote) for line in lines], _totals(lines, quote), _WIDTH)

    def render(number: int) -> Sequence[Block]:
        rows = table.rows([_says.NOW, _says.PER_YEAR], sorted(order[:number]))
        return sections(rows, fence=True)

    return Part(render, shown_at_most(lines), rank)


def shown_at_most(lines: Sequence[Line]) -> int:
    """Return how many of these names a message shows, if it has room for them."""
    if len(lines) <= _MOST_LINES:
        return len(lines)
    return _FIRST + sum(bool(line.warnings) for line in lines[_FIRST:])


def every_price(lines: Sequence[Line], quote: Quote | None) -> list[str]:
    """Return the rows of the same table for a form: all names, with what is special about their prices."""
    totals = _totals(lines, quote) if quote else None
    table = _Table(lines, [_figures(line, quote) for line in lines], totals, _WIDTH)
    remarks = [list(_remarks(line, quote)) for line in lines]
    return table.rows([_says.NOW, _says.PER_YEAR], range(len(lines)), remarks)


def over_the_years(lines: Sequence[Line], quote: Quote | None) -> list[str]:
    """Return the rows of a table for a form with each name's cost over some years, and the bot's own sums."""
    costs = [[cost_of(line, quote).over(years) for years in HORIZONS] for line in lines]
    sums = [together(column) for column in zip(*costs, strict=True)]
    rate = tax_rate(quote) if quote else None
    taxed = [with_tax(amount, rate) for amount in sums]
    return _Table(lines, costs, (sums, taxed), _WIDTH).rows([_says.years(n) for n in HORIZONS], range(len(lines)))


def a_year(lines: Sequence[Line], quote: Quote) -> tuple[Money | None, bool]:
    """Return what all names cost a year after the first time, and whether that includes tax; None if not known."""
    renewals = together(line.renewal for line in lines)
    taxed = with_tax(renewals, tax_rate(quote))
    return taxed or renewals, taxed is not None


def total_of(lines: Sequence[Line], quote: Quote) -> Money | None:
    """Return what these names cost now, without tax; None if OVH does not say."""
    return together(cost_of(line, quote).now for line in lines)


@dataclass(frozen=True, slots=True)
class _Table:
    """Names with their figures, and the totals without and with tax below them."""

    names: Sequence[Line]
    figures: Sequence[Sums]
    totals: tuple[Sums, Sums] | None
    width: int

    def rows(
        self, heads: Sequence[str], visible: Sequence[int], remarks: Sequence[Sequence[str]] | None = None
    ) -> list[str]:
        """Return the rows of these names, one text each, between the head and the totals."""
        texts = [[_figure(amount) for amount in row] for row in self.figures]
        hidden = [place for place in range(len(self.names)) if place not in set(visible)]
        rest = [[_figure(together(self.figures[n][i] for n in hidden)) for i in range(len(heads))]] if hidden else []
        sums, taxed = ([_figure(amount) for amount in row] for row in self.totals or ((), ()))
        taxed = ["" if text == _UNKNOWN else text for text in taxed]
        below = [row for row in (sums, taxed) if row]
        columns = Columns.of([heads, *texts, *rest, *below], width=self.width)
        made = [columns.row(_says.BEFORE_TAX, heads)]
        for place in visible:
            special = remarks[place] if remarks else ()
            made.append("\n".join([columns.row(_name(self.names[place]), texts[place]), *special]))
        made += [columns.row(_says.more_names(len(hidden), after=bool(visible)), row) for row in rest]
        heads_below = (_says.SUM, _says.WITH_TAX)
        totals = [columns.row(head, row) for head, row in zip(heads_below, below, strict=False)]
        return [*made, columns.rule, *totals] if totals else made


def _figures(line: Line, quote: Quote | None) -> Sums:
    return [cost_of(line, quote).now, line.renewal]


def _totals(lines: Sequence[Line], quote: Quote) -> tuple[Sums, Sums]:
    """Return OVH's own totals, and the bot's sums of the renewals."""
    renewals = together(line.renewal for line in lines)
    return [quote.without_tax, renewals], [quote.total, with_tax(renewals, tax_rate(quote))]


def _name(line: Line) -> str:
    years = "" if line.years == 1 else _says.for_years(line.years)
    return escape_markup(f"{line.domain.unicode}{years}")


def _remarks(line: Line, quote: Quote | None) -> Iterator[str]:
    """Return what is special about a price: a reduction, another offer, a premium."""
    cost = cost_of(line, quote)
    if cost.now is not None and (before := _before(line, quote, cost.now)) > cost.now:
        until = line.promotion_ends.astimezone(UTC) if line.promotion_ends else None
        yield f"  {words.prices.receipt_before(before, until)}"
    if cost.now is not None and line.years == line.priced_years and cost.now != line.price:
        yield f"  {words.prices.receipt_offered(line.price)}"
    if unusual := unusual_terms(line):
        yield f"  {escape_markup(unusual)}"
    if line.domain.unicode != line.domain.ascii:
        yield f"  {line.domain.ascii}"


def _before(line: Line, quote: Quote | None, now: Money) -> Money:
    """Return the price before reductions.

    It is the dry run's, or the offer's, which may include the reductions already.
    """
    known = [quote.price_before(line.domain) if quote else None]
    known += [line.regular] if line.years == line.priced_years else []
    return max((amount for amount in known if amount and amount.currency == now.currency), default=now)


def _figure(amount: Money | None) -> str:
    return _UNKNOWN if amount is None else str(amount)
