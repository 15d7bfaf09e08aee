"""Whose line is whose in OVH's dry run: by its cart item, or by the order of the items, never by a guess."""

import pytest

from ordering.model.domain_name import DomainName
from registrars.ovh.carts.quotes import quote
from tests.builders import euros

ONE, TWO = DomainName("one.fr"), DomainName("two.fr")
ITEMS = ((11, ONE), (22, TWO))


def a_price(value: str):
    return {"currencyCode": "EUR", "text": "?", "value": value}


def a_detail(place: str, total: str, item: int | None = None, **more):
    return {"cartItemID": item, "description": "x", "domain": place, "totalPrice": a_price(total), **more}


def read(*details):
    prices = {name: a_price("0") for name in ("withTax", "withoutTax", "tax", "originalWithoutTax", "reduction")}
    return quote({"prices": prices, "details": list(details), "contracts": None}, (), ITEMS)


def test_a_gift_and_a_zone_belong_to_the_name_of_their_placeholder():
    found = read(
        a_detail("*001", "7.99", 11), a_detail("*001", "-3.00"), a_detail("*001.001", "0"), a_detail("*002", "5.00", 22)
    )
    assert (found.price_of(ONE), found.price_before(ONE)) == (euros("4.99"), euros("7.99"))
    assert found.price_of(TWO) == euros("5.00")
    assert [line.domain for line in found.extras] == [ONE]
    assert found.lines_together == euros("9.99")


def test_items_count_even_where_placeholders_are_in_another_order():
    found = read(a_detail("*001", "5.00", 22), a_detail("*002", "7.99", 11))
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))


def test_without_items_the_order_counts():
    found = read(a_detail("*001", "7.99"), a_detail("*001.001", "0"), a_detail("*002", "5.00"))
    assert (found.price_of(ONE), found.price_of(TWO)) == (euros("7.99"), euros("5.00"))


@pytest.mark.parametrize(
    "details",
    [
        [a_detail("*001", "7.99")],  # fewer than there are names
        [a_detail("*001", "7.99"), a_detail("*002", "1"), a_detail("*003", "5")],
        [a_detail("one.fr", "7.99"), a_detail("two.fr", "5")],
        [a_detail("*001", "7.99", 11), a_detail("*001", "5", 22), a_detail("*001", "-1")],
    ],
)
def test_what_is_unclear_is_nobodys(details):
    assert None in {line.domain for line in read(*details).lines}


def test_a_reduction_within_a_line_is_told_by_what_it_was_before():
    found = read(a_detail("*001", "4.99", 11, originalTotalPrice=a_price("7.99")))
    assert (found.price_of(ONE), found.price_before(ONE)) == (euros("4.99"), euros("7.99"))
