"""Money never loses a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model.money import Money

CURRENCIES = st.sampled_from(["EUR", "USD", "GBP", "PLN", "XOF", "TND"])
MINOR = st.integers(-(10**12), 10**12)


@given(MINOR, CURRENCIES)
def test_an_amount_written_down_and_read_is_the_same_money(minor, currency):
    money = Money(minor, currency)
    assert Money.of(str(money.amount), currency) == money


@given(MINOR, MINOR, CURRENCIES)
def test_what_is_added_can_be_taken_away(one, other, currency):
    a, b = Money(one, currency), Money(other, currency)
    assert a + b - b == a


def test_parts_smaller_than_a_cent_are_refused():
    with pytest.raises(ValueError, match="smallest unit"):
        Money.of(Decimal("1.188"), "EUR")


def test_amounts_are_written_as_people_read_them():
    assert str(Money(119, "EUR")) == "€1.19"
    assert str(Money(119, "PLN")) == "1.19 PLN"
