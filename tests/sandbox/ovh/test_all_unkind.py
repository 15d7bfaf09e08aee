"""All unkind switches of the simulated OVH at once, and none of them at first."""

import pytest
from ovh.exceptions import APIError, HTTPError, NotGrantedCall, ResourceNotFoundError

from sandbox.ovh import OvhSimulator
from sandbox.ovh.quotes import Layout
from tests.sandbox.ovh.buying import filled_cart, forget_time

HOUR = 3600.0


def make_unkind(ovh: OvhSimulator) -> None:
    """Turn on one switch of each kind."""
    ovh.carts.lists_closed = ovh.carts.lists_expired = ovh.carts.deletes_closed = False
    ovh.carts.matches, ovh.carts.closes_after = "ignored", 30.0
    ovh.carts.names_order = {"summary"}
    ovh.carts.layout = Layout(shuffle=5, zones_first=True, without_items=True)
    ovh.carts.longest_description, ovh.carts.cuts = 60, True
    ovh.orders.shows_after, ovh.orders.details_after, ovh.orders.extensions = 60.0, 90.0, "no owner"
    ovh.orders.part_after = {"follow-up": 0.0, "status": HOUR, "payment": 2 * HOUR}
    ovh.payments.transaction_after = 3 * HOUR
    ovh.credentials.denied = (("GET", "/me/bill"),)
    ovh.registry.states["name.ovh"] = "autorenew_in_progress"
    ovh.outsider.order("name.com", total="30.00").late = "details"
    ovh.outsider.cart("Domain Desk other")
    ovh.faults.add("POST", "/order/cart/*/checkout", "repeated", status=429)
    ovh.faults.add("POST", "/me/order/*/pay", "repeated", status=404)
    ovh.faults.add("POST", "/me/order/*/pay", "lost_after")


async def test_all_switches_hold_at_once(simulator, client, call):
    """A name is ordered once, paid once and delivered, and each switch still does what it says."""
    make_unkind(simulator)

    def later(seconds: float) -> None:
        simulator.clock.advance(seconds)
        forget_time(client)

    cart = await filled_cart(client, call, "name.ovh", description="x" * 80)
    with pytest.raises(APIError):
        await call(client.post, f"{cart}/checkout")
    (order,) = simulator.orders.ours()
    path = f"/me/order/{order.id}"
    shown = await call(client.get, cart)
    assert (shown["readOnly"], shown["description"]) == (False, "x" * 60)
    assert (await call(client.get, f"{cart}/summary"))["orderId"] == order.id
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, path)
    later(61)
    assert await call(client.get, f"{path}/details") == []
    with pytest.raises(HTTPError):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert order.payments == [8120045]
    assert (await call(client.get, f"{path}/followUp"))[0]["status"] == "DONE"
    assert await call(client.get, f"{path}/status") == "notPaid"
    later(HOUR + 1)
    assert await call(client.get, f"{path}/status") == "delivered"
    assert len(await call(client.get, f"{path}/details")) == 4
    assert (await call(client.get, "/domain/name.ovh"))["state"] == "autorenew_in_progress"
    assert await call(client.get, "/me/payment/transaction") == []
    with pytest.raises(NotGrantedCall):
        await call(client.get, "/me/bill")
    assert simulator.faults.waiting == []


async def test_no_switch_is_on_at_first(simulator, client, call):
    """An account that nobody touched shows all of an order and its payment at once."""
    cart = await filled_cart(client, call, "name.ovh", description="x" * 500)
    number = (await call(client.post, f"{cart}/checkout"))["orderId"]
    await call(client.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    path = f"/me/order/{number}"
    assert await call(client.get, "/me/order") == [number]
    assert len(await call(client.get, "/order/cart", description="x" * 500)) == 1
    assert (await call(client.get, cart))["readOnly"] is True
    assert len(await call(client.get, f"{path}/details")) == 4
    assert await call(client.get, f"{path}/status") != "notPaid"
    assert (await call(client.get, f"{path}/followUp"))[0]["status"] == "DONE"
    assert (await call(client.get, f"{path}/payment"))["paymentType"] == "creditCard"
    assert len(await call(client.get, "/me/payment/transaction", status="SUCCESS")) == 1
    assert {recorded.status for recorded in simulator.calls} == {200}
