"""The simulated OVH is no kinder than the true one."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ovh.exceptions import (
    APIError,
    BadParametersError,
    HTTPError,
    InvalidCredential,
    InvalidResponse,
    NotGrantedCall,
    ResourceNotFoundError,
)

from sandbox.ovh import routing
from sandbox.ovh.coverage import COVERAGE, MISSING


@pytest.fixture
async def cart(client, call):
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR", description="test")
    await call(client.post, f"/order/cart/{made['cartId']}/assign")
    return f"/order/cart/{made['cartId']}"


@pytest.fixture
async def item(client, call, cart):
    added = await call(client.post, f"{cart}/domain", domain="name.ovh", pricingMode="create-default", duration="P1Y")
    return f"{cart}/item/{added['itemId']}"


def test_the_table_names_exactly_the_routes_that_are_answered():
    answered = {f"{route.method} {route.path}" for route in routing.ROUTES}
    assert answered == {route for route, how in COVERAGE.items() if how is not MISSING}


async def test_an_unknown_route_is_a_404(client, call):
    with pytest.raises(ResourceNotFoundError, match="Got an invalid"):
        await call(client.get, "/me/paymentMean/creditCard")


async def test_search_needs_a_signature(simulator, client, call, cart):
    answer = await call(client.raw_call, "GET", f"{cart}/domain?domain=name.ovh", None, False)  # noqa: FBT003 - the package's own signature
    assert answer.status_code == 401


async def test_a_wrong_signature_key_or_right_is_refused(simulator, client, call):
    client._application_secret = "wrong"  # noqa: SLF001 - as a mistyped secret
    with pytest.raises(BadParametersError, match="Invalid signature"):
        await call(client.get, "/me")
    client._consumer_key = "unknown"  # noqa: SLF001 - as a revoked key
    with pytest.raises(InvalidCredential):
        await call(client.get, "/me")


async def test_a_key_may_do_only_what_its_rules_say(simulator, client, call):
    simulator.credentials.rules = (("GET", "/me"),)
    with pytest.raises(NotGrantedCall):
        await call(client.get, "/me/order")


async def test_a_cart_expires(simulator, client, call, cart):
    simulator.clock.advance(2 * 86_400)
    client._time_delta = None  # noqa: SLF001 - the package caches it indefinitely
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, cart)


async def test_a_label_posted_twice_is_refused_at_the_dry_run_only(client, call, cart, item):
    for _ in range(2):
        await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    with pytest.raises(BadParametersError, match="OWNER_LEGAL_AGE is duplicated"):
        await call(client.get, f"{cart}/checkout")


async def test_a_missing_label_is_refused_at_the_dry_run(client, call, cart, item):
    with pytest.raises(BadParametersError, match="OWNER_LEGAL_AGE is mandatory"):
        await call(client.get, f"{cart}/checkout")


async def test_a_checked_out_cart_is_closed_and_cannot_order_again(simulator, client, call, cart, item):
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value=True)
    await call(client.post, f"{cart}/checkout")
    assert (await call(client.get, cart))["readOnly"] is True
    with pytest.raises(BadParametersError):
        await call(client.post, f"{cart}/checkout")
    assert len(simulator.orders.all) == 1


async def test_an_account_that_is_not_complete_may_not_check_out(simulator, client, call, cart, item):
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    simulator.state = "incomplete"
    assert (await call(client.get, "/me"))["state"] == "incomplete"
    for method in (client.get, client.post):
        with pytest.raises(APIError, match="You are not allowed"):
            await call(method, f"{cart}/checkout")
    assert simulator.orders.all == {}


@pytest.mark.parametrize(("subsidiary", "code", "tax"), [("GB", "GBP", 0.51), ("DE", "EUR", 0.57), ("SN", "XOF", 353)])
async def test_a_cart_of_another_subsidiary_has_its_currency_and_tax(simulator, client, call, subsidiary, code, tax):
    simulator.subsidiary = subsidiary
    assert (await call(client.get, "/me"))["currency"]["code"] == code
    made = await call(client.post, "/order/cart", ovhSubsidiary=subsidiary)
    await call(client.post, f"/order/cart/{made['cartId']}/domain", domain="name.ovh")
    quoted = (await call(client.get, f"/order/cart/{made['cartId']}/summary"))["prices"]
    assert (quoted["tax"]["currencyCode"], quoted["tax"]["value"]) == (code, tax)


async def test_details_come_late_when_they_do(simulator, client, call, cart, item):
    simulator.orders.details_after = 60
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    order = await call(client.post, f"{cart}/checkout")
    assert await call(client.get, f"/me/order/{order['orderId']}/details") == []
    simulator.clock.advance(61)
    client._time_delta = None  # noqa: SLF001 - the package caches it indefinitely
    assert len(await call(client.get, f"/me/order/{order['orderId']}/details")) == 4


async def read(client, call, order) -> list[str | None]:
    """What OVH shows of an order: itself, how many lines, and each line's name; None for a 404."""

    async def there(path: str) -> Any:
        try:
            return await call(client.get, path)
        except ResourceNotFoundError:
            return None

    shown = await there(f"/me/order/{order}")
    ids = await there(f"/me/order/{order}/details")
    lines = [await there(f"/me/order/{order}/details/{number}") for number in ids or ()]
    return [shown and "order", ids is not None and "details", *(line and line["domain"] for line in lines)]


@pytest.mark.parametrize(
    ("late", "shown"),
    [
        ("details", ["order", "details"]),
        ("some names", ["order", "details", *["name.ovh"] * 4]),
        ("one detail", ["order", "details", *["name.ovh"] * 4, *["second.ovh"] * 3, None]),
        ("no details", ["order", False]),
        ("order", [None, False]),
    ],
)
async def test_a_new_order_is_incomplete_for_a_moment(simulator, client, call, cart, item, late, shown):
    """A new order that is listed is not all there for a moment."""
    simulator.orders.details_after, simulator.orders.late = 60, late
    second = await call(
        client.post, f"{cart}/domain", domain="second.ovh", pricingMode="create-default", duration="P1Y"
    )
    for path in (item, f"{cart}/item/{second['itemId']}"):
        await call(client.post, f"{path}/configuration", label="OWNER_LEGAL_AGE", value="true")
    order = (await call(client.post, f"{cart}/checkout"))["orderId"]
    assert await call(client.get, "/me/order") == [order]
    assert await read(client, call, order) == shown
    assert simulator.orders.withheld > 0
    simulator.clock.advance(61)
    client._time_delta = None  # noqa: SLF001 - the package caches it indefinitely
    assert await read(client, call, order) == ["order", "details", *["name.ovh"] * 4, *["second.ovh"] * 4]


async def test_a_clock_that_is_apart_shows_in_all_that_is_read_off_it(simulator, client, call, cart, item):
    simulator.clock.put(-1200)
    client._time_delta = None  # noqa: SLF001 - as above
    assert abs(await call(client.get, "/auth/time", _need_auth=False) - time.time() + 1200) < 5
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    order = (await call(client.post, f"{cart}/checkout"))["orderId"]
    made = (await call(client.get, f"/me/order/{order}"))["date"]
    assert abs(datetime.fromisoformat(made).timestamp() - time.time() + 1200) < 5
    since = (datetime.now(UTC) - timedelta(minutes=10)).isoformat(timespec="seconds")
    assert await call(client.get, "/me/order", **{"date.from": since}) == []


async def test_a_corrected_clock_rejects_old_signatures(simulator, client, call, cart, item):
    """A clock that is put right rejects signatures of the time before and changes nothing written."""
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    order = (await call(client.post, f"{cart}/checkout"))["orderId"]
    before = await call(client.get, f"/me/order/{order}")
    simulator.clock.put(300)
    with pytest.raises(BadParametersError, match="Query out of time"):
        await call(client.get, "/me")
    client._time_delta = None  # noqa: SLF001 - as above
    after = await call(client.get, f"/me/order/{order}")
    assert after["date"] == before["date"]
    assert simulator.orders.status(simulator.orders.all[order]) == "notPaid"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("lost_before", HTTPError),
        ("lost_after", HTTPError),
        ("error500", APIError),
        ("html502", InvalidResponse),
        ("html408", InvalidResponse),
        ("rate_limit", APIError),
        ("check_timeout", BadParametersError),
        ("refuse", APIError),
    ],
)
async def test_each_fault_reaches_the_client_as_the_real_one_does(simulator, client, call, kind, error):
    simulator.faults.add("GET", "/me", kind)
    with pytest.raises(error):
        await call(client.get, "/me")
    assert (await call(client.get, "/me"))["ovhSubsidiary"] == "FR"


async def test_lost_before_means_not_done(simulator, client, call):
    simulator.faults.add("POST", "/order/cart", "lost_before")
    with pytest.raises(HTTPError):
        await call(client.post, "/order/cart", ovhSubsidiary="FR")
    assert len(simulator.carts.all) == 0


async def test_lost_after_means_done(simulator, client, call):
    simulator.faults.add("POST", "/order/cart", "lost_after")
    with pytest.raises(HTTPError):
        await call(client.post, "/order/cart", ovhSubsidiary="FR")
    assert len(simulator.carts.all) == 1
