"""What an offer says is what the dry run asks, to the cent, in every market."""

import random
from decimal import Decimal
from typing import Any

import pytest
from ovh.exceptions import BadParametersError

from sandbox.ovh import OvhSimulator
from sandbox.ovh.carts import Cart, Item
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.prices import MARKETS, rounded

BEGINNINGS = ("", "promo-", "premium-", "gift-", "launch-")


@pytest.fixture
def ovh() -> OvhSimulator:
    return OvhSimulator()


def amount(price: dict[str, Any]) -> Decimal:
    return Decimal(str(price["value"]))


def lines(offer: dict[str, Any]) -> dict[str, Decimal]:
    return {line["label"]: amount(line["price"]) for line in offer["prices"]}


def filled(ovh: OvhSimulator, subsidiary: str, wanted: list[tuple[str, str, int]]) -> Cart:
    """A cart that holds these names, by their pricing modes and years."""
    cart = ovh.carts.get(ovh.carts.create({"ovhSubsidiary": subsidiary})["cartId"])
    for name, mode, years in wanted:
        ovh.carts.add(cart, {"domain": name, "pricingMode": mode, "duration": f"P{years}Y"})
    return cart


@pytest.mark.parametrize("gifts", [True, False])
def test_lines_sums_and_offers_agree_in_random_carts(ovh, gifts):
    ovh.carts.gifts = gifts
    chance = random.Random(7)
    for _ in range(200):
        subsidiary = chance.choice(sorted(MARKETS))
        market, expected, wanted = MARKETS[subsidiary], Decimal(0), []
        for place in range(chance.randint(1, 4)):
            name = f"{chance.choice(BEGINNINGS)}otter-{place}.{chance.choice(sorted(EXTENSIONS))}"
            offer = chance.choice(ovh.names.offers(name, market))
            years = int(offer["duration"][0][1:-1])
            wanted.append((name, offer["pricingMode"], years))
            expected += lines(offer)["TOTAL"]
        quoted = ovh.carts.summary(filled(ovh, subsidiary, wanted))
        prices = {name: amount(price) for name, price in quoted["prices"].items()}
        assert prices["withoutTax"] == expected
        assert prices["withoutTax"] == sum(amount(line["totalPrice"]) for line in quoted["details"])
        assert prices["withTax"] == prices["withoutTax"] + prices["tax"]
        assert prices["tax"] == rounded(expected * market.tax, market.currency)
        assert prices["originalWithoutTax"] - prices["reduction"] == prices["withoutTax"]
        assert {price["currencyCode"] for price in quoted["prices"].values()} == {market.currency}


def test_the_parts_of_an_offer_make_its_total(ovh):
    for extension in EXTENSIONS:
        for beginning in BEGINNINGS:
            for offer in ovh.names.offers(f"{beginning}otter.{extension}"):
                part = lines(offer)
                assert part["PRICE"] - part["DISCOUNT"] + part["FEE"] == part["TOTAL"]


def test_a_discounts_sign_is_not_to_be_relied_on(ovh):
    ovh.names.negative_discount = True
    part = lines(ovh.names.offers("promo-otter.com")[0])
    assert (part["DISCOUNT"], part["TOTAL"]) == (Decimal("-4.49"), Decimal("4.50"))


def test_a_promotion_covers_the_first_year_only(ovh):
    """Years cost what the renewal costs and the promotion comes once."""
    quoted = ovh.carts.summary(filled(ovh, "FR", [("promo-otter.com", "create-default", 3)]))
    told = {(line["detailType"], line["domain"]): amount(line["totalPrice"]) for line in quoted["details"]}
    assert told == {
        ("DURATION", "*001"): Decimal("35.97"), ("INSTALLATION", "*001"): 0, ("GIFT", "*001"): Decimal("-4.49"),
        ("DURATION", "*001.001"): 0, ("INSTALLATION", "*001.001"): 0,
    }  # fmt: skip
    assert amount(quoted["prices"]["withoutTax"]) == Decimal("31.48")


def test_a_promotion_as_reduction_shows_the_price_before(ovh):
    """A promotion told as a reduction shows the price before it."""
    ovh.carts.gifts = False
    quoted = ovh.carts.summary(filled(ovh, "FR", [("promo-otter.com", "create-default", 1)]))
    first = quoted["details"][0]
    assert [amount(first[name]) for name in ("originalTotalPrice", "reductionTotalPrice", "totalPrice")] == [
        Decimal("8.99"), Decimal("4.49"), Decimal("4.50"),
    ]  # fmt: skip
    assert "GIFT" not in {line["detailType"] for line in quoted["details"]}
    assert amount(quoted["prices"]["reduction"]) == Decimal("4.49")


def test_a_promotion_ends(ovh):
    offer = ovh.names.offers("otter.shop")[0]
    assert lines(offer)["TOTAL"] == Decimal("1.99")
    (promotion,) = next(line["promotions"] for line in offer["prices"] if line["label"] == "TOTAL")
    assert promotion["startDate"] < promotion["endDate"]
    assert amount(promotion["price"]) == lines(offer)["DISCOUNT"]
    ovh.clock.advance(46 * 86_400)
    later = ovh.names.offers("otter.shop")[0]
    assert lines(later)["TOTAL"] == Decimal("33.99")
    assert {line.get("promotions") for line in later["prices"]} == {None}


def test_a_premium_name_renews_at_another_price(ovh):
    (offer,) = ovh.names.offers("premium-otter.shop")
    assert offer["pricingMode"] == "create-premium"
    assert (lines(offer)["TOTAL"], lines(offer)["RENEW"]) == (Decimal(1250), Decimal(350))


@pytest.mark.parametrize("name", ["launch-otter.com", "otter.corsica"])
def test_a_launch_has_several_offers_side_by_side(ovh, name):
    usual, early = ovh.names.offers(name)
    assert (usual["phase"], early["phase"]) == ("ga", "landrush")
    assert usual["pricingMode"] != early["pricingMode"]
    assert lines(early)["TOTAL"] == lines(usual)["TOTAL"] + 120
    cart = filled(ovh, "FR", [(name, early["pricingMode"], 1)])
    assert amount(ovh.carts.summary(cart)["prices"]["withoutTax"]) == lines(early)["TOTAL"]


def test_a_name_may_be_transferred_and_bought_second_hand(ovh):
    assert [offer["pricingMode"] for offer in ovh.names.offers("resale-otter.com")] == [
        "transfer-default",
        "transfer-aftermarket2",
    ]


def test_an_old_offer_lacks_action_and_uses_the_old_mode(ovh):
    """An old offer tells neither action nor mode and its mode has an old name."""
    (offer,) = ovh.names.offers("old-otter.com")
    assert {"action", "pricingMode"}.isdisjoint(offer)
    assert (offer["phase"], offer["offerId"]) == ("normal", "com-create")
    cart = filled(ovh, "FR", [("old-otter.com", "default", 1)])
    shown = ovh.carts.item(cart, next(iter(cart.items.values())))
    assert shown["settings"]["pricingMode"] == "default"
    assert amount(shown["prices"][0]["price"]) == Decimal("8.99")


def test_a_free_first_year_costs_nothing_and_no_tax(ovh):
    quoted = ovh.carts.summary(filled(ovh, "FR", [("gift-otter.com", "create-default", 1)]))
    assert amount(quoted["prices"]["withTax"]) == 0


def test_years_that_are_not_offered_are_refused(ovh):
    (offer,) = ovh.names.offers("otter.ai")
    assert offer["duration"] == ["P2Y", "P4Y", "P6Y", "P8Y", "P10Y"]
    assert lines(offer)["TOTAL"] == Decimal("149.98")
    with pytest.raises(Exception, match="P1Y is not available"):
        filled(ovh, "FR", [("otter.ai", "create-default", 1)])


def test_a_price_that_rises_is_seen_at_the_next_dry_run(ovh):
    cart = filled(ovh, "FR", [("otter.com", "create-default", 1)])
    cart.assigned = True
    item: Item = next(iter(cart.items.values()))
    ovh.carts.configure(cart, item, {"label": "OWNER_LEGAL_AGE", "value": True})
    ovh.names.rise("otter.com", "5.00")
    assert amount(ovh.carts.check(cart)["prices"]["withoutTax"]) == Decimal("13.99")


def test_the_integer_form_of_a_price_may_be_missing(ovh):
    assert ovh.names.offers("otter.com")[0]["prices"][0]["price"]["priceInUcents"] == 899_000_000
    ovh.names.ucents = False
    assert "priceInUcents" not in ovh.names.offers("otter.com")[0]["prices"][0]["price"]


def test_the_price_list_is_the_table_in_a_markets_money(ovh):
    listed = ovh.names.price_list(MARKETS["GB"])
    assert set(listed) == set(EXTENSIONS)
    assert (listed["com"].total(1), listed["com"].currency) == (Decimal("7.73"), "GBP")


@pytest.mark.parametrize("name", ["xn--bcher-kva.ovh", "ab.gov.uk"])
async def test_a_name_that_its_registry_cannot_write_is_refused(client, call, name):
    cart = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    with pytest.raises(BadParametersError, match="Check failed"):
        await call(client.get, f"/order/cart/{cart['cartId']}/domain", domain=name)


async def test_a_plan_of_another_extension_is_refused(client, call):
    cart = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    with pytest.raises(BadParametersError, match="plan fr is not available"):
        await call(client.post, f"/order/cart/{cart['cartId']}/domain", domain="x.com", planCode="fr")


async def test_the_summary_judges_nothing_and_names_no_contract(client, call):
    cart = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    path = f"/order/cart/{cart['cartId']}"
    await call(client.post, f"{path}/domain", domain="x.com")
    summary = await call(client.get, f"{path}/summary")
    assert (summary["contracts"], summary["orderId"], summary["prices"]["withoutTax"]["value"]) == ([], None, 8.99)


async def test_an_items_years_can_be_changed(client, call):
    cart = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    path = f"/order/cart/{cart['cartId']}"
    item = f"{path}/item/{(await call(client.post, f'{path}/domain', domain='x.com'))['itemId']}"
    changed = await call(client.put, item, duration="P2Y")
    assert (changed["duration"], changed["prices"][0]["price"]["value"]) == ("P2Y", 22.48)
    with pytest.raises(BadParametersError, match="P11Y is not available"):
        await call(client.put, item, duration="P11Y")
