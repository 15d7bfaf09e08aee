"""Calls that buy or pay and reach the simulated OVH twice, late, or with an answer that says no."""

import asyncio
import time
from typing import Any

import ovh
import pytest
from ovh.exceptions import APIError, BadParametersError, HTTPError

from tests.sandbox.ovh.buying import checked_out, filled_cart

CARD = {"id": 8120045}
STATUSES = [400, 403, 404, 409, 429]


@pytest.fixture
async def path(client, call) -> str:
    return f"/me/order/{await checked_out(client, call, 'name.ovh')}"


@pytest.fixture
def order(simulator, path):
    return simulator.orders.all[int(path.rpartition("/")[2])]


def impatient(simulator: Any) -> ovh.Client:
    """Return a client that gives up after a fifth of a second."""
    keys = simulator.credentials
    opened = ovh.Client("ovh-eu", keys.application_key, keys.application_secret, keys.consumer_key, timeout=0.2)
    opened._endpoint, opened._time_delta = simulator.base, 0  # noqa: SLF001 - the package takes only its own regions
    return opened


@pytest.mark.parametrize("kind", ["repeated", "refused_after"])
@pytest.mark.parametrize("status", STATUSES)
async def test_a_payment_goes_through_and_is_answered_no(simulator, client, call, path, order, kind, status):
    """The first copy of a payment pays, and the client reads a refusal or a throttle."""
    simulator.faults.add("POST", "/me/order/*/pay", kind, status=status)
    with pytest.raises(APIError) as caught:
        await call(client.post, f"{path}/pay", paymentMethod=CARD)
    assert caught.value.response.status_code == status
    assert order.payments == [8120045]


@pytest.mark.parametrize("status", STATUSES)
async def test_a_checkout_goes_through_and_is_answered_no(simulator, client, call, status):
    """A repeated checkout makes one order, and the client reads a refusal."""
    cart = await filled_cart(client, call, "name.ovh")
    simulator.faults.add("POST", "/order/cart/*/checkout", "repeated", status=status)
    with pytest.raises(APIError):
        await call(client.post, f"{cart}/checkout")
    assert len(simulator.orders.all) == 1


async def test_the_second_copy_is_judged_like_any_call(simulator, client, call, path, order):
    """A repeated payment without a set status is refused as a paid order is, and both copies are on record."""
    simulator.faults.add("POST", "/me/order/*/pay", "repeated")
    with pytest.raises(BadParametersError, match="cannot be paid"):
        await call(client.post, f"{path}/pay", paymentMethod=CARD)
    assert order.payments == [8120045]
    assert [recorded.status for recorded in simulator.calls if recorded.path == f"{path}/pay"] == [200, 400]


async def test_the_second_copy_of_a_payment_is_taken_too(simulator, client, call, path, order):
    """With `takes_again` OVH takes both copies of a payment."""
    simulator.payments.takes_again = True
    simulator.faults.add("POST", "/me/order/*/pay", "repeated")
    assert await call(client.post, f"{path}/pay", paymentMethod=CARD) is None
    assert order.payments == [8120045, 8120045]
    assert [call.beside for call in simulator.payments.calls] == [False, True]


async def test_the_second_copy_of_a_checkout_is_taken_too(simulator, client, call):
    """With `orders_again` OVH makes an order of both copies of a checkout."""
    cart = await filled_cart(client, call, "name.ovh")
    simulator.carts.orders_again = True
    simulator.faults.add("POST", "/order/cart/*/checkout", "repeated")
    answered = await call(client.post, f"{cart}/checkout")
    assert [order.domains for order in simulator.orders.all.values()] == [["name.ovh"]] * 2
    assert answered["orderId"] == max(simulator.orders.all)


async def test_a_repeated_call_can_lose_its_answer(simulator, client, call, path, order):
    """A fault of the way and one of the answer meet the same call."""
    simulator.faults.add("POST", "/me/order/*/pay", "repeated", status=409)
    simulator.faults.add("POST", "/me/order/*/pay", "lost_after")
    with pytest.raises(HTTPError):
        await call(client.post, f"{path}/pay", paymentMethod=CARD)
    assert (order.payments, simulator.faults.waiting) == ([8120045], [])


async def test_a_held_payment_arrives_after_the_client_left(simulator, call, path, order):
    """A proxy keeps a payment whose client has given up, and delivers it on request."""
    simulator.faults.add("POST", "/me/order/*/pay", "held")
    with pytest.raises(HTTPError):
        await call(impatient(simulator).post, f"{path}/pay", paymentMethod=CARD)
    assert (order.payments, simulator.held.waiting) == ([], 1)
    await simulator.deliver_held()
    assert (order.payments, simulator.held.waiting) == ([8120045], 0)


async def test_a_held_call_arrives_after_its_time(simulator, call, path, order):
    """With `seconds` the proxy delivers by itself."""
    simulator.faults.add("POST", "/me/order/*/pay", "held", seconds=0.6)
    with pytest.raises(HTTPError):
        await call(impatient(simulator).post, f"{path}/pay", paymentMethod=CARD)
    assert order.payments == []
    for _ in range(100):
        if order.payments:
            break
        await asyncio.sleep(0.05)
    assert order.payments == [8120045]


async def test_a_call_held_too_long_is_too_old_to_be_taken(simulator, call, path, order):
    """A signature that is older than OVH's tolerance is refused when the proxy delivers it."""
    simulator.faults.add("POST", "/me/order/*/pay", "held")
    with pytest.raises(HTTPError):
        await call(impatient(simulator).post, f"{path}/pay", paymentMethod=CARD)
    simulator.clock.put(simulator.credentials.tolerance + 5)
    await simulator.deliver_held()
    assert order.payments == []


async def test_a_held_call_answers_a_client_that_waits(simulator, client, call, path):
    """A client that is patient gets the answer."""
    simulator.faults.add("GET", path, "held", seconds=0.3)
    began = time.monotonic()
    assert (await call(client.get, path))["orderId"]
    assert time.monotonic() - began >= 0.3
