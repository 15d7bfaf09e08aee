"""OVH's JSON in all its shapes, new and old."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import Availability, Offer, Verdict
from ordering.model.sales_order import OrderStatus
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire.offers import OFFERS
from registrars.ovh.api.wire.orders import Order, OrderDetail
from registrars.ovh.api.wire.payments import Method
from registrars.ovh.api.wire.prices import Price
from tests.refusing import refuses

NAME = DomainName.parse("name.ovh")


def price(value: str, currency: str = "EUR") -> dict[str, object]:
    return {"currencyCode": currency, "text": "never read", "value": Decimal(value)}


def an_offer(**changes: object) -> dict[str, object]:
    offer: dict[str, object] = {
        "action": "create",
        "duration": ["P1Y", "P2Y"],
        "orderable": True,
        "prices": [{"label": "TOTAL", "price": price("4.99")}, {"label": "RENEW", "price": price("8.99")}],
        "pricingMode": "create-default",
    }
    return offer | changes


def offers_of(*entries: dict[str, object]) -> tuple[Offer, ...]:
    return reading.offers(NAME, OFFERS.read(list(entries)))


def verdict(*offers: dict[str, object]) -> Verdict:
    found = OFFERS.read(list(offers))
    return Availability.of(NAME, reading.offers(NAME, found), taken=reading.any_transfer(found)).verdict


def test_an_offer_has_its_price_renewal_and_years():
    (offer,) = offers_of(an_offer())
    assert (offer.price, offer.renewal, offer.years) == (Money(499, "EUR"), Money(899, "EUR"), (1, 2))


def test_a_free_name_is_chosen_from_several_offers():
    taken = an_offer(action="transfer", pricingMode="transfer-default")
    assert verdict(taken, an_offer(pricingMode="create-premium")) is Verdict.PREMIUM
    assert verdict(taken, an_offer()) is Verdict.AVAILABLE
    assert verdict(taken) is Verdict.TAKEN


def test_the_old_form_tells_the_action_in_the_offers_id():
    assert verdict(an_offer(action=None, offerId="ovh-create", pricingMode="default")) is Verdict.AVAILABLE
    assert verdict(an_offer(action=None, offerId="ovh-transfer", pricingMode="default")) is Verdict.TAKEN
    assert verdict(an_offer(action=None, offerId="0f9a", pricingMode=None)) is Verdict.UNKNOWN


def test_only_an_offer_to_transfer_says_that_a_name_is_taken():
    transfer = an_offer(action="transfer", pricingMode="transfer-default")
    withheld = an_offer(orderable=False)
    assert verdict(withheld, transfer) is Verdict.TAKEN
    assert verdict(an_offer(action="transfer", prices=None)) is Verdict.TAKEN


def test_what_ovh_offers_to_nobody_is_reserved_or_not_offered():
    assert verdict() is Verdict.NOT_OFFERED
    assert verdict(an_offer(orderable=False)) is Verdict.NOT_OFFERED
    assert verdict(an_offer(orderable=False, prices=None)) is Verdict.NOT_OFFERED
    assert verdict(an_offer(orderable=False, pricingMode="lottery")) is Verdict.NOT_OFFERED


@pytest.mark.parametrize("odd", [{"action": "juggle"}, {"action": "trade"}, {"pricingMode": "lottery"}])
def test_an_offer_that_nobody_can_read_leaves_the_name_unknown(odd):
    assert verdict(an_offer(**odd)) is Verdict.UNKNOWN
    assert verdict(an_offer(orderable=False), an_offer(**odd)) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([{"orderable": False, "prices": None}], Verdict.NOT_OFFERED),  # the old shape of nothing to sell
        ([an_offer(action="trade", prices=None), an_offer(action="transfer")], Verdict.TAKEN),
        ([an_offer(), an_offer(pricingMode="create-launch", prices=None)], Verdict.AVAILABLE),
    ],
)
def test_an_unreadable_offer_spoils_no_name(offers, expected):
    """An offer that cannot be read spoils no name that others decide."""
    assert verdict(*offers) is expected


def test_an_offer_without_a_price_is_left_out():
    """An offer without a price is left out unless the name would pass for reserved."""
    assert offers_of(an_offer(action="transfer", prices=None)) == ()
    assert offers_of(an_offer(orderable=False, prices=None)) == ()
    for more in ({}, {"action": "juggle"}):
        with refuses("ovh_unreadable", Unreadable):
            offers_of(an_offer(prices=None, **more))


def test_the_first_promotion_to_end_is_told():
    ends = [{"endDate": "2026-12-31T23:00:00+01:00"}, {"endDate": "2026-12-24T00:00:00Z"}, {"endDate": None}]
    (offer,) = offers_of(an_offer(prices=[{"label": "TOTAL", "price": price("1"), "promotions": ends}]))
    assert offer.promotion_ends == datetime(2026, 12, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [("5.99", "EUR", 599), ("3900", "XOF", 3900), ("1.234", "TND", 1234), ("7", "EUR", 700)],
)
def test_an_amount_is_whole_minor_units_of_its_currency(value, currency, minor):
    assert Price.read(price(value, currency)).money == Money(minor, currency)


def test_an_order_of_an_unheard_of_status_is_still_an_order():
    entry = {"orderId": 7, "priceWithTax": price("5.99"), "tax": price("1"), "expirationDate": None}
    order = reading.order(Order.read(entry), "teleported")
    assert (order.status, order.expires_at) == (OrderStatus.UNKNOWN, None)


@pytest.mark.parametrize(
    ("details", "names"),
    [
        ([{"domain": "name.ovh"}, {"domain": "NAME.ovh."}], {"name.ovh"}),
        ([{"domain": "café.fr"}], {"xn--caf-dma.fr"}),
        ([{"domain": "*001", "description": "name.ovh - .ovh registration - 12 months"}], {"name.ovh"}),
        ([{"domain": "*"}], set()),
        ([], set()),
    ],
)
def test_the_names_of_an_order_are_read_from_its_lines(details, names):
    assert reading.names_in([OrderDetail.read(detail) for detail in details]) == names


def test_a_payment_method_is_named_like_people_know_it():
    entry = {"paymentMethodId": 5, "paymentType": "SEPA_DIRECT_DEBIT", "paymentSubType": None, "label": "FR76 XX 21"}
    assert reading.payment_method(Method.read(entry)).label == "SEPA DIRECT DEBIT FR76 XX 21"
    assert reading.payment_method(Method.read({"paymentMethodId": 5})).label == "method 5"
