"""Carts and orders at the simulated OVH, made over the wire by OVH's own client."""

from collections.abc import Callable
from typing import Any

import ovh

Call = Callable[..., Any]


async def filled_cart(client: ovh.Client, call: Call, *names: str, description: str = "test") -> str:
    """Return the path of a cart that is assigned, filled, configured and not checked out."""
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR", description=description)
    cart = f"/order/cart/{made['cartId']}"
    await call(client.post, f"{cart}/assign")
    for name in names:
        added = await call(client.post, f"{cart}/domain", domain=name, pricingMode="create-default", duration="P1Y")
        item = f"{cart}/item/{added['itemId']}"
        await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    return cart


async def checked_out(client: ovh.Client, call: Call, *names: str, description: str = "test") -> int:
    """Return the number of an unpaid order of these names."""
    cart = await filled_cart(client, call, *names, description=description)
    number: int = (await call(client.post, f"{cart}/checkout"))["orderId"]
    return number


def forget_time(client: ovh.Client) -> None:
    """Have the client read OVH's clock again before its next call."""
    client._time_delta = None  # noqa: SLF001 - the package keeps the difference indefinitely
