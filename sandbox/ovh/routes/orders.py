"""Sales orders, their lines, and their status."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.clock import moment
from sandbox.ovh.follow_up import follow_up
from sandbox.ovh.orders import Order
from sandbox.ovh.routing import Call, route


@route("GET", "/me/order")
def _orders(call: Call) -> list[int]:
    start, end = (moment(call.query.get(name)) for name in ("date.from", "date.to"))
    as_json = ((order, call.ovh.clock.as_ovh_says(order.made_at)) for order in call.ovh.orders.all.values())
    return [
        order.id
        for order, at in as_json
        if (start is None or at >= start) and (end is None or at <= end) and call.ovh.orders.is_listed(order)
    ]


@route("GET", "/me/order/{orderId}")
def _order(call: Call) -> dict[str, Any]:
    return call.ovh.orders.to_json(_one(call))


@route("GET", "/me/order/{orderId}/status")
def _status(call: Call) -> str:
    return call.ovh.orders.status(_one(call))


@route("GET", "/me/order/{orderId}/details")
def _details(call: Call) -> list[int]:
    return call.ovh.orders.details(_one(call))


@route("GET", "/me/order/{orderId}/details/{orderDetailId}")
def _detail(call: Call) -> dict[str, Any]:
    return call.ovh.orders.detail(_one(call), call.parts[1])


@route("GET", "/me/order/{orderId}/details/{orderDetailId}/extension")
def _extension(call: Call) -> dict[str, Any]:
    return call.ovh.orders.extension(_one(call), call.parts[1])


@route("GET", "/me/order/{orderId}/followUp")
def _follow_up(call: Call) -> list[dict[str, Any]]:
    whole = _one(call)
    order = call.ovh.orders.seen(whole, "follow-up")
    return follow_up(order, call.ovh.orders.status(whole), call.ovh.bills.of(whole), call.ovh.clock)


@route("POST", "/me/order/{orderId}/waiveRetraction")
def _waive(call: Call) -> None:
    call.ovh.orders.waive(_one(call))


def _one(call: Call) -> Order:
    return call.ovh.orders.get(call.parts[0])
