"""What a name costs over the years, as far as it is known."""

from dataclasses import replace

from ordering.model.cost import Cost, cost_of, together
from ordering.model.money import Money
from tests.builders import a_line, a_quote, a_quoted, euros


def test_what_is_paid_now_covers_its_years_and_renewals_the_rest():
    cost = Cost(euros("5.00"), 2, euros("3.00"))
    assert [cost.over(years) for years in (1, 2, 3, 5)] == [euros(n) for n in ("5.00", "5.00", "8.00", "14.00")]


def test_an_unknown_renewal_hides_only_later_years():
    """A renewal that nobody told makes only later years unknown."""
    cost = Cost(euros("5.00"), 1, None)
    assert (cost.over(1), cost.over(3)) == (euros("5.00"), None)


def test_the_quote_knows_better_than_the_offer():
    quote = replace(a_quote(), lines=(a_quoted("name.ovh", "6.49"), a_quoted("name.ovh", "-3.00")))
    assert cost_of(a_line(), quote).now == euros("3.49")
    assert cost_of(a_line(), a_quote()).now == euros("2.99")
    assert cost_of(replace(a_line(), years=2, offered_years=(1, 2)), a_quote()).now is None


def test_a_quote_without_prices_per_name_gives_none():
    """The offer's price may be another one than OVH asks, so it does not stand in for it."""
    unpaired = replace(a_quoted("name.ovh", "6.49"), domain=None)
    assert cost_of(a_line(), replace(a_quote(), lines=(unpaired,))).now is None


def test_a_sum_is_only_told_where_all_of_it_is_known():
    assert together([euros("1"), euros("2")]) == euros("3")
    assert together([euros("1"), None]) is None
    assert together([euros("1"), Money(100, "GBP")]) is None
