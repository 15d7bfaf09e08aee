"""Coupons and options of a cart: they are stored and do not change the price."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.errors import not_found
from sandbox.ovh.routing import Call, route


@route("GET", "/order/cart/{cartId}/coupon", unsigned=True)
def _coupons(call: Call) -> list[str]:
    return call.ovh.carts.get(call.parts[0]).coupons


@route("POST", "/order/cart/{cartId}/coupon", unsigned=True)
def _add_coupon(call: Call) -> list[str]:
    call.needs("coupon")
    coupons = call.ovh.carts.get(call.parts[0]).coupons
    coupons.append(str(call.body["coupon"]))
    return coupons


@route("DELETE", "/order/cart/{cartId}/coupon", unsigned=True)
def _remove_coupon(call: Call) -> None:
    coupons, coupon = call.ovh.carts.get(call.parts[0]).coupons, call.asks("coupon")
    if coupon not in coupons:
        raise not_found("This coupon does not exist")
    coupons.remove(coupon)


@route("GET", "/order/cart/{cartId}/domain/options", unsigned=True)
def _options(call: Call) -> list[dict[str, Any]]:
    """Return no options: no name of the sandbox has any."""
    call.ovh.carts.get(call.parts[0])
    call.asks("domain")
    return []
