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


def test_thousands_are_separated_for_people_alone():
    """People read a comma; seals and buttons made before the comma are still recognised."""
    assert [str(Money.of(text, "EUR")) for text in ("999.99", "1250.00", "-1234567.80")] == [
        "€999.99", "€1,250.00", "-€1,234,567.80",
    ]  # fmt: skip
    assert str(Money.of("1250.00", "PLN")) == "1,250.00 PLN"
    assert Money.of("1250.00", "EUR").in_digests == "€1250.00"
    assert Money.of("-1250.00", "PLN").in_digests == "-1250.00 PLN"
