"""The tax rate of a dry run, for what later years cost."""

from decimal import Decimal

import pytest

from ordering.model.cost import tax_rate, with_tax
from tests.builders import a_quote, euros


@pytest.mark.parametrize(
    ("total", "tax", "rate"),
    [
        ("3.59", "0.60", "0.2"), ("79.73", "13.29", "0.2"), ("108.10", "8.10", "0.081"), ("105.50", "5.50", "0.055"),
        ("10.00", "0.00", "0"),
    ],
)  # fmt: skip
def test_a_plain_rate_is_found(total, tax, rate):
    """A rate of whole, half or tenth per cents that explains the tax to the cent."""
    assert tax_rate(a_quote(total, tax)) == Decimal(rate)


@pytest.mark.parametrize(("total", "tax"), [("1113.79", "113.79"), ("0.60", "0.60")])
def test_a_mixture_of_rates_is_none(total, tax):
    """Lines with different rates, or a free cart, have no rate to go on with."""
    assert tax_rate(a_quote(total, tax)) is None


def test_an_unknown_part_gives_no_amount():
    """Where the price or the rate is not known, nothing is made up."""
    assert with_tax(None, Decimal("0.2")) is None
    assert with_tax(euros("3.59"), None) is None
    assert with_tax(euros("3.59"), Decimal("0.2")) == euros("4.31")
