"""What is not established of OVH's carts, each way over the wire."""

from datetime import UTC, datetime, timedelta

import pytest
from ovh.exceptions import BadParametersError, ResourceExpiredError, ResourceNotFoundError

from tests.sandbox.ovh.buying import checked_out, filled_cart, forget_time

DAY = 86_400.0


async def listed(client, call, description: str | None = None) -> list[str]:
    query = {} if description is None else {"description": description}
    return [f"/order/cart/{number}" for number in await call(client.get, "/order/cart", **query)]


async def test_closed_carts_are_listed_or_not(simulator, client, call):
    """A cart that was checked out stays in the list, or leaves it."""
    draft = await filled_cart(client, call)
    await checked_out(client, call, "name.ovh")
    assert len(await listed(client, call, "test")) == 2
    simulator.carts.lists_closed = False
    assert await listed(client, call, "test") == [draft]


async def test_expired_carts_are_listed_or_not(simulator, client, call):
    """A cart whose time is over stays in the list as a 404, or leaves it."""
    cart = await filled_cart(client, call)
    simulator.clock.advance(2 * DAY)
    forget_time(client)
    assert await listed(client, call) == [cart]
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, cart)
    simulator.carts.lists_expired = False
    assert await listed(client, call) == []


async def test_new_carts_are_listed_late(simulator, client, call):
    """For a while the list does not have a cart that can be read already."""
    simulator.carts.lists_after = 60.0
    cart = await filled_cart(client, call)
    assert await listed(client, call) == []
    assert await call(client.get, cart)
    simulator.clock.advance(61.0)
    forget_time(client)
    assert await listed(client, call) == [cart]


async def test_carts_are_listed_before_they_are_assigned(simulator, client, call):
    """Or only once they are the account's."""
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR", description="test")
    assert await listed(client, call) == []
    simulator.carts.lists_unassigned = True
    assert await listed(client, call) == [f"/order/cart/{made['cartId']}"]


async def test_an_expired_cart_is_a_460(simulator, client, call):
    """A cart whose time is over can answer with OVH's own status for that; an unknown one stays a 404."""
    cart = await filled_cart(client, call)
    simulator.clock.advance(2 * DAY)
    simulator.carts.expired_status = 460
    forget_time(client)
    with pytest.raises(ResourceExpiredError):
        await call(client.get, cart)
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, f"{cart}0")


@pytest.mark.parametrize(("matches", "found"), [("exact", 1), ("prefix", 2), ("ignored", 3)])
async def test_the_description_filter_is_read_in_each_way(simulator, client, call, matches, found):
    """The filter takes the whole description, its beginning, or is ignored."""
    for description in ("desk 7", "desk 71", "mine"):
        await filled_cart(client, call, description=description)
    simulator.carts.matches = matches
    assert len(await listed(client, call, "desk 7")) == found


async def test_an_ordered_cart_is_deleted(simulator, client, call):
    """DELETE of a closed cart succeeds, and its order stays."""
    cart = await filled_cart(client, call, "name.ovh")
    await call(client.post, f"{cart}/checkout")
    assert await call(client.delete, cart) is None
    assert len(simulator.orders.all) == 1


async def test_an_ordered_cart_cannot_be_deleted(simulator, client, call):
    """DELETE of a closed cart is refused, that of an open one is not."""
    simulator.carts.deletes_closed = False
    draft, cart = await filled_cart(client, call), await filled_cart(client, call, "name.ovh")
    await call(client.post, f"{cart}/checkout")
    with pytest.raises(BadParametersError, match="read only"):
        await call(client.delete, cart)
    assert await call(client.delete, draft) is None
    assert await listed(client, call) == [cart]


@pytest.mark.parametrize("by", ["checkout", "summary"])
async def test_a_closed_cart_names_its_order_or_not(simulator, client, call, by):
    """One of two reads of a closed cart tells the order's number where its switch is on."""
    cart = await filled_cart(client, call, "name.ovh")
    number = (await call(client.post, f"{cart}/checkout"))["orderId"]
    with pytest.raises(BadParametersError, match="read only"):
        await call(client.get, f"{cart}/checkout")
    assert (await call(client.get, f"{cart}/summary"))["orderId"] is None
    simulator.carts.names_order = {by}
    assert (await call(client.get, f"{cart}/{by}"))["orderId"] == number
    with pytest.raises(BadParametersError, match="read only"):
        await call(client.post, f"{cart}/checkout")
    assert len(simulator.orders.all) == 1


async def test_a_cart_says_late_that_it_is_closed(simulator, client, call):
    """For a time after the checkout a cart reads as open, and orders nothing more all the same."""
    simulator.carts.closes_after = 60.0
    cart = await filled_cart(client, call, "name.ovh")
    await call(client.post, f"{cart}/checkout")
    assert (await call(client.get, cart))["readOnly"] is False
    with pytest.raises(BadParametersError, match="read only"):
        await call(client.post, f"{cart}/checkout")
    simulator.clock.advance(61)
    forget_time(client)
    assert (await call(client.get, cart))["readOnly"] is True


def ahead(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


async def test_a_cart_lives_as_long_as_is_asked_for(client, call):
    """Without a limit a cart lives for years, and no description is too long."""
    text = "x" * 5000
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR", expire=ahead(900), description=text)
    assert datetime.fromisoformat(made["expire"]) > datetime.now(UTC) + timedelta(days=899)
    assert made["description"] == text


@pytest.mark.parametrize("change", [{"expire": ahead(31)}, {"description": "x" * 61}])
async def test_what_is_beyond_a_limit_is_refused(simulator, client, call, change):
    """A life or a description beyond the limit is a 400, when a cart is made and when it is changed."""
    simulator.carts.longest_life, simulator.carts.longest_description = 30 * DAY, 60
    with pytest.raises(BadParametersError, match="Invalid value for"):
        await call(client.post, "/order/cart", ovhSubsidiary="FR", **change)
    cart = await filled_cart(client, call)
    with pytest.raises(BadParametersError, match="Invalid value for"):
        await call(client.put, cart, **change)


async def test_what_is_beyond_a_limit_is_cut(simulator, client, call):
    """With `cuts` OVH takes what fits and says nothing."""
    simulator.carts.longest_life, simulator.carts.longest_description = 30 * DAY, 60
    simulator.carts.cuts = True
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR", expire=ahead(90), description="x" * 99)
    assert datetime.fromisoformat(made["expire"]) < datetime.now(UTC) + timedelta(days=31)
    assert made["description"] == "x" * 60


async def test_a_second_desk_leaves_its_carts(simulator, client, call):
    """Another bot's empty cart and its closed one are listed next to ours."""
    simulator.outsider.cart("Domain Desk other")
    simulator.outsider.cart("Domain Desk other orders", "name.ovh", ordered=True)
    ours = await filled_cart(client, call, description="Domain Desk")
    found = await listed(client, call)
    shown = [await call(client.get, cart) for cart in found]
    assert [(each["description"], each["readOnly"], len(each["items"])) for each in shown] == [
        ("Domain Desk other", False, 0),
        ("Domain Desk other orders", True, 1),
        ("Domain Desk", False, 0),
    ]
    assert await listed(client, call, "Domain Desk") == [ours]


async def test_switches_of_carts_combine(simulator, client, call):
    """An ignored filter, unlisted closed carts and unlisted expired ones hold at once."""
    simulator.carts.matches, simulator.carts.lists_closed, simulator.carts.lists_expired = "ignored", False, False
    await filled_cart(client, call, description="expired")
    simulator.clock.advance(2 * DAY)
    forget_time(client)
    await checked_out(client, call, "name.ovh")
    draft = await filled_cart(client, call, description="draft")
    assert await listed(client, call, "nothing has this") == [draft]
