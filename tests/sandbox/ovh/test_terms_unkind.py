"""Terms, prices and states of names that change between two questions, and dry runs that are hard to read."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from ovh.exceptions import BadParametersError

from tests.sandbox.ovh.buying import checked_out, filled_cart, forget_time

Offer = dict[str, Any]


async def offer_of(client, call, cart: str, name: str = "name.ovh") -> Offer:
    offer: Offer
    (offer,) = await call(client.get, f"{cart}/domain", domain=name)
    return offer


def amounts(offer: Offer) -> dict[str, float]:
    return {line["label"]: line["price"]["value"] for line in offer["prices"]}


@pytest.mark.parametrize("shuffle", [None, 1, 2])
@pytest.mark.parametrize("zones_first", [False, True])
@pytest.mark.parametrize("without_items", [False, True])
async def test_a_dry_run_lists_its_lines_in_each_way(simulator, client, call, shuffle, zones_first, without_items):
    """Lines move and lose their items, and each one keeps its price and its placeholder."""
    cart = await filled_cart(client, call, "name.ovh", "name.com")
    easy = (await call(client.get, f"{cart}/checkout"))["details"]
    layout = simulator.carts.layout
    layout.shuffle, layout.zones_first, layout.without_items = shuffle, zones_first, without_items
    shown = await call(client.get, f"{cart}/checkout")
    lines = shown["details"]
    assert sorted((line["domain"], line["description"], line["totalPrice"]["value"]) for line in lines) == sorted(
        (line["domain"], line["description"], line["totalPrice"]["value"]) for line in easy
    )
    assert ([line["domain"] for line in lines] != [line["domain"] for line in easy]) == (
        shuffle is not None or zones_first
    )
    assert any(line["cartItemID"] for line in lines) is not without_items
    zones = ["." in line["domain"] for line in lines]
    assert (zones == sorted(zones, reverse=True)) is zones_first
    assert (await call(client.get, f"{cart}/summary"))["details"] == lines


async def test_an_order_of_a_shuffled_cart_has_its_own_names(simulator, client, call):
    """The order's lines name their domains rightly, whatever order the checkout listed them in."""
    simulator.carts.layout.shuffle, simulator.carts.layout.without_items = 3, True
    number = await checked_out(client, call, "name.ovh", "name.com")
    for each in await call(client.get, f"/me/order/{number}/details"):
        line = await call(client.get, f"/me/order/{number}/details/{each}")
        assert line["description"].startswith(line["domain"]) or "promotion" in line["description"]
    plan = (await call(client.get, f"/me/order/{number}/details/{number}000/extension"))["order"]["plan"]
    assert plan["code"] == "ovh"


async def test_a_renewal_price_changes_between_two_questions(simulator, client, call):
    """The renewal rises while the first year costs the same, and falls back again."""
    cart = await filled_cart(client, call)
    before = amounts(await offer_of(client, call, cart))
    simulator.faults.behind(
        "GET", "/order/cart/*/domain", lambda: simulator.names.change("name.ovh", renewal=Decimal(359))
    )
    assert amounts(await offer_of(client, call, cart)) == before
    assert amounts(await offer_of(client, call, cart)) == before | {"RENEW": 359.0}
    simulator.names.change("name.ovh")
    assert amounts(await offer_of(client, call, cart)) == before


async def test_a_renewal_price_is_not_shown(simulator, client, call):
    """An offer without a line for its renewal has all others."""
    cart = await filled_cart(client, call)
    before = amounts(await offer_of(client, call, cart))
    simulator.names.change("name.ovh", shows_renewal=False)
    del before["RENEW"]
    assert amounts(await offer_of(client, call, cart)) == before


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ({"mode": "create-premium"}, {"pricingMode": "create-premium"}),
        ({"mode": "create-aftermarket3"}, {"pricingMode": "create-aftermarket3"}),
        ({"phase": "sunrise"}, {"phase": "sunrise"}),
        ({"phase": "landrush", "grade": "diamond"}, {"phase": "landrush", "offer": "diamond"}),
        ({"grade": "platinum"}, {"offer": "platinum"}),
        ({"orderable": False}, {"orderable": False}),
    ],
)
async def test_terms_change_while_a_cart_is_filled(simulator, client, call, terms, shown):
    """Mode, phase and grade of one name change; another name keeps its own."""
    cart = await filled_cart(client, call, "name.ovh")
    before = await offer_of(client, call, cart)
    simulator.names.change("name.ovh", **terms)
    assert await offer_of(client, call, cart) == before | shown
    assert (await offer_of(client, call, cart, "other.ovh"))["pricingMode"] == "create-default"


async def test_a_name_turns_premium_before_the_checkout(simulator, client, call):
    """An item of a mode that is gone is refused at the dry run and at the checkout."""
    cart = await filled_cart(client, call, "name.ovh")
    simulator.faults.behind("GET", "*/checkout", lambda: simulator.names.change("name.ovh", mode="create-premium"))
    await call(client.get, f"{cart}/checkout")
    for ask in (client.get, client.post):
        with pytest.raises(BadParametersError, match="not available for this offer"):
            await call(ask, f"{cart}/checkout")
    assert simulator.orders.all == {}


@pytest.mark.parametrize("state", ["autorenew_in_progress", "pending_create", "dispute", "a_state_of_tomorrow"])
async def test_a_delivered_name_has_each_state(simulator, client, call, state):
    """A delivered name shows a state other than "ok", one of OVH's or one that nobody knows."""
    number = await checked_out(client, call, "name.ovh", "other.ovh")
    await call(client.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    simulator.deliver_now()
    simulator.registry.states["name.ovh"] = state
    forget_time(client)
    shown = [(await call(client.get, f"/domain/{name}"))["state"] for name in ("name.ovh", "other.ovh")]
    assert shown == [state, "ok"]


@pytest.mark.parametrize("years", [1, 2, 5])
async def test_a_name_expires_after_the_bought_years(simulator, client, call, years):
    """The expiry counts all years that were bought, not one."""
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    cart = f"/order/cart/{made['cartId']}"
    await call(client.post, f"{cart}/assign")
    added = await call(client.post, f"{cart}/domain", domain="name.com", duration=f"P{years}Y")
    await call(client.post, f"{cart}/item/{added['itemId']}/configuration", label="OWNER_LEGAL_AGE", value="true")
    number = (await call(client.post, f"{cart}/checkout"))["orderId"]
    await call(client.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    simulator.deliver_now()
    forget_time(client)
    ends = datetime.fromisoformat((await call(client.get, "/domain/name.com"))["expirationDate"])
    assert abs(ends - datetime.now(ends.tzinfo) - timedelta(days=365 * years)) < timedelta(days=2)
    infos = await call(client.get, "/domain/name.com/serviceInfos")
    assert infos["expiration"] == ends.date().isoformat()


async def test_capitals_are_refused_or_read_as_small_letters(simulator, client, call):
    """A name with capitals is a 400, or found as if it had none; the switch is for what is not established."""
    cart = await filled_cart(client, call)
    with pytest.raises(BadParametersError, match="Invalid domain name"):
        await offer_of(client, call, cart, "Name.OVH")
    simulator.names.capitals = True
    assert (await offer_of(client, call, cart, "Name.OVH"))["pricingMode"] == "create-default"
    added = await call(client.post, f"{cart}/domain", domain="Name.OVH", duration="P1Y")
    assert added["settings"]["domain"] == "name.ovh"


async def test_the_old_list_of_extensions_needs_no_signature(simulator, client, call):
    """OVH's quick sample begins with this list, which anybody can read."""
    old = await call(client.get, "/domain/data/extension", country="FR", _need_auth=False)
    assert old == await call(client.get, "/domain/extensions")


@pytest.mark.parametrize("kind", ["thematic", "geolocalization"])
async def test_extensions_by_category_can_be_one_kind(client, call, kind):
    """The lists by category are no extension of that name, and the query chooses one of them."""
    both = await call(client.get, "/domain/extensions/byCategory")
    one = await call(client.get, "/domain/extensions/byCategory", categoryType=kind)
    assert all(both.values())
    assert [name for name, found in one.items() if found] == [kind]


async def test_details_of_a_login_tell_its_routes(simulator, client, call):
    """A key that signs reads which routes it may call."""
    simulator.credentials.rules = (("GET", "/auth/*"),)
    shown = await call(client.get, "/auth/details")
    assert (shown["method"], shown["allowedRoutes"]) == ("account", [{"method": "GET", "path": "/auth/*"}])


async def test_a_coupon_is_noted_and_taken_back(client, call):
    """A coupon is listed until it is deleted, and changes no price."""
    cart = await filled_cart(client, call, "name.ovh")
    before = (await call(client.get, f"{cart}/summary"))["prices"]
    assert await call(client.post, f"{cart}/coupon", coupon="WELCOME") == ["WELCOME"]
    assert (await call(client.get, f"{cart}/summary"))["prices"] == before
    assert await call(client.delete, f"{cart}/coupon", coupon="WELCOME") is None
    assert await call(client.get, f"{cart}/coupon") == []
