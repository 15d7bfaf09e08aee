"""Each price of OVH's dry run belongs to a name by its cart item or its number, never by its place in the list."""

from decimal import Decimal
from itertools import permutations

import pytest

from ordering.model.domain_name import DomainName
from registrars.ovh.api.wire.checkouts import DryRun
from registrars.ovh.carts.quotes import quote
from tests.builders import euros

ONE, TWO = DomainName("one.fr"), DomainName("two.fr")
ITEMS = ((11, ONE), (22, TWO))


def a_price(value: str):
    return {"currencyCode": "EUR", "text": "?", "value": Decimal(value)}


def a_detail(place: str, total: str, item: int | None = None, **more):
    return {"cartItemID": item, "description": "x", "domain": place, "totalPrice": a_price(total), **more}


def read(*details):
    prices = {name: a_price("0") for name in ("withTax", "withoutTax", "tax", "originalWithoutTax", "reduction")}
    return quote(DryRun.read({"prices": prices, "details": list(details), "contracts": None}), (), ITEMS)


def test_gift_and_zone_belong_to_their_placeholders_name():
    """A gift and a zone belong to the name of their placeholder."""
    found = read(
        a_detail("*001", "7.99", 11), a_detail("*001", "-3.00"), a_detail("*001.001", "0"), a_detail("*002", "5.00", 22)
    )
    assert (found.price_of(ONE), found.price_before(ONE)) == (euros("4.99"), euros("7.99"))
    assert found.price_of(TWO) == euros("5.00")
    assert [line.domain for line in found.extras] == [ONE]
    assert found.lines_together == euros("9.99")


def test_items_count_in_any_order_of_placeholders():
    """Items count even where placeholders are in another order."""
    found = read(a_detail("*001", "5.00", 22), a_detail("*002", "7.99", 11))
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))


SORTED = [a_detail("*001", "7.99"), a_detail("*001.001", "0"), a_detail("*002", "5.00"), a_detail("*002.001", "0")]


@pytest.mark.parametrize("details", [*permutations(SORTED)])
def test_without_items_the_number_counts(details):
    """`*001` is the cart's first item, in whatever order OVH lists its lines."""
    found = read(*details)
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))


def test_a_number_pairs_what_no_item_contradicts():
    found = read(a_detail("*002", "5.00"), a_detail("*001", "7.99", 11))
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))


def test_a_line_about_the_whole_order_belongs_to_no_name():
    """Prices per name stay, and the sum of the lines still holds the discount."""
    found = read(a_detail("*001", "7.99"), a_detail("*002", "5.00"), a_detail("", "-1.00"))
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))
    assert found.lines_together == euros("11.99")


@pytest.mark.parametrize(
    "details",
    [
        [a_detail("*001", "7.99")],  # fewer than there are names
        [a_detail("*001", "7.99"), a_detail("*002", "1"), a_detail("*003", "5")],
        [a_detail("one.fr", "7.99"), a_detail("two.fr", "5")],
        [a_detail("*001", "7.99", 11), a_detail("*001", "5", 22), a_detail("*001", "-1")],
        [a_detail("*000", "7.99"), a_detail("*001", "5")],  # counted from another number
        [a_detail("*002", "7.99"), a_detail("*003", "5")],
        [a_detail("*001", "7.99", 22), a_detail("*002", "5")],  # the item contradicts the number
        [a_detail("*001", "7.99") | {"description": "two.fr - .fr registration"}, a_detail("*002", "5")],
        [a_detail("", "7.99"), a_detail("", "5")],
    ],
)
def test_unpaired_lines_give_no_price_per_name(details):
    """Where one line or name cannot be paired no name has a price: one of them could be another name's."""
    assert {line.domain for line in read(*details).lines} == {None}


def test_a_reduction_within_a_line_is_told_by_what_it_was_before():
    found = read(a_detail("*001", "4.99", 11, originalTotalPrice=a_price("7.99")))
    assert (found.price_of(ONE), found.price_before(ONE)) == (euros("4.99"), euros("7.99"))
