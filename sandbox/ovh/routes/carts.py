"""Carts, and the search inside a cart."""

from __future__ import annotations

import re
from typing import Any

from sandbox.ovh.errors import forbidden, refused
from sandbox.ovh.prices import amount_of
from sandbox.ovh.routing import Call, route


@route("GET", "/order/cart")
def _carts(call: Call) -> list[str]:
    return call.ovh.carts.listed(call.query.get("description"))


@route("POST", "/order/cart", unsigned=True)
def _new_cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.create(call.body)


@route("GET", "/order/cart/{cartId}", unsigned=True)
def _cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.to_json(call.ovh.carts.get(call.parts[0]))


@route("PUT", "/order/cart/{cartId}", unsigned=True)
def _change_cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.change(call.ovh.carts.get(call.parts[0]), call.body)


@route("DELETE", "/order/cart/{cartId}")
def _delete_cart(call: Call) -> None:
    call.ovh.carts.delete(call.ovh.carts.get(call.parts[0]))


@route("POST", "/order/cart/{cartId}/assign")
def _assign(call: Call) -> None:
    call.ovh.carts.assign(call.ovh.carts.get(call.parts[0]))


@route("GET", "/order/cart/{cartId}/domain")
def _search(call: Call) -> list[dict[str, Any]]:
    cart = call.ovh.carts.get(call.parts[0])
    return call.ovh.names.offers(_name(call, call.query.get("domain")), cart.market)


@route("POST", "/order/cart/{cartId}/domain")
def _add(call: Call) -> dict[str, Any]:
    cart = call.ovh.carts.get(call.parts[0])
    return call.ovh.carts.add(cart, call.body | {"domain": _name(call, call.body.get("domain"))})


@route("GET", "/order/cart/{cartId}/summary", unsigned=True)
def _summary(call: Call) -> dict[str, Any]:
    """Return a preview that validates nothing and has no contracts."""
    cart = call.ovh.carts.get(call.parts[0])
    as_json = call.ovh.carts.layout.apply(call.ovh.carts.summary(cart))
    return as_json | {"contracts": [], "orderId": call.ovh.carts.order_of(cart, "summary")}


@route("GET", "/order/cart/{cartId}/checkout")
def _dry_run(call: Call) -> dict[str, Any]:
    _must_be_complete(call)
    cart = call.ovh.carts.get(call.parts[0])
    order = call.ovh.carts.order_of(cart, "checkout")
    if order is not None:
        return call.ovh.carts.layout.apply(call.ovh.carts.summary(cart)) | {"orderId": order}
    checked = call.ovh.carts.check(cart)
    cart.dry_run_total = amount_of(checked["prices"]["withTax"])
    return call.ovh.carts.layout.apply(checked)


@route("POST", "/order/cart/{cartId}/checkout")
def _check_out(call: Call) -> dict[str, Any]:
    """Order the cart. It has no idempotency key: only the closed cart prevents a second order."""
    _must_be_complete(call)
    cart = call.ovh.carts.get(call.parts[0])
    checked = call.ovh.carts.check(cart)
    waived = bool(call.body.get("waiveRetractationPeriod"))
    order = call.ovh.orders.create(cart, checked, call.ovh.address, waived=waived)
    call.ovh.carts.close(cart)
    if call.body.get("autoPayWithPreferredPaymentMethod"):
        call.ovh.payments.pay_with_default(order)
    return call.ovh.carts.layout.apply(checked) | {"orderId": order.id, "url": order.url}


def _must_be_complete(call: Call) -> None:
    if call.ovh.state != "complete":
        raise forbidden()


def _name(call: Call, typed: object) -> str:
    name = str(typed or "")
    if call.ovh.names.capitals:
        name = name.lower()
    if not re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", name):
        raise refused("Some parameters are invalid in the request: Check failed. Invalid domain name")
    return name
