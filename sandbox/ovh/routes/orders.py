"""Sales orders, their lines, and how they fare."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.ovh.follow_up import follow_up
from sandbox.ovh.orders import Order
from sandbox.ovh.routing import Call, route


@route("GET", "/me/order")
def _orders(call: Call) -> list[int]:
    since = call.query.get("date.from")
    start = datetime.fromisoformat(since) if since else None
    made = call.ovh.orders.all.values()
    return [o.id for o in made if start is None or call.ovh.clock.shown(o.made_at) >= start]


@route("GET", "/me/order/{orderId}")
def _order(call: Call) -> dict[str, Any]:
    return call.ovh.orders.shown(_one(call))


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
    order = call.ovh.orders.seen(_one(call))
    return follow_up(order, call.ovh.orders.status(order), call.ovh.bills.of(order), call.ovh.clock)


@route("POST", "/me/order/{orderId}/waiveRetraction")
def _waive(call: Call) -> None:
    call.ovh.orders.waive(_one(call))


def _one(call: Call) -> Order:
    return call.ovh.orders.get(call.parts[0])
