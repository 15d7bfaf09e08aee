"""The items of a cart, and the answers to the registry's questions."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.carts import Item
from sandbox.ovh.errors import not_found
from sandbox.ovh.routing import Call, route


@route("GET", "/order/cart/{cartId}/item", unsigned=True)
def _items(call: Call) -> list[int]:
    return list(call.ovh.carts.get(call.parts[0]).items)


@route("GET", "/order/cart/{cartId}/item/{itemId}", unsigned=True)
def _item(call: Call) -> dict[str, Any]:
    return call.ovh.carts.item(call.ovh.carts.get(call.parts[0]), _one(call))


@route("DELETE", "/order/cart/{cartId}/item/{itemId}", unsigned=True)
def _delete_item(call: Call) -> None:
    call.ovh.carts.remove(call.ovh.carts.get(call.parts[0]), _one(call))


@route("PUT", "/order/cart/{cartId}/item/{itemId}", unsigned=True)
def _change_item(call: Call) -> dict[str, Any]:
    return call.ovh.carts.change_item(call.ovh.carts.get(call.parts[0]), _one(call), call.body)


@route("GET", "/order/cart/{cartId}/item/{itemId}/requiredConfiguration", unsigned=True)
def _required(call: Call) -> list[dict[str, Any]]:
    """Return what the registry asks; with `unknown_label` of the account's carts, a label that no source lists, too."""
    unknown = call.ovh.carts.unknown_label
    more = [{"label": unknown, "type": "string"}] if unknown else []
    return [question.to_json() for question in _one(call).questions] + more


@route("GET", "/order/cart/{cartId}/item/{itemId}/configuration", unsigned=True)
def _configurations(call: Call) -> list[int]:
    wanted = call.query.get("label")
    return [number for number, (label, _) in _one(call).configurations.items() if wanted in {None, label}]


@route("POST", "/order/cart/{cartId}/item/{itemId}/configuration", unsigned=True)
def _configure(call: Call) -> dict[str, Any]:
    call.needs("label", "value")
    return call.ovh.carts.configure(call.ovh.carts.get(call.parts[0]), _one(call), call.body)


@route("GET", "/order/cart/{cartId}/item/{itemId}/configuration/{configurationId}", unsigned=True)
def _configuration(call: Call) -> dict[str, Any]:
    number, configurations = int(call.parts[2]), _one(call).configurations
    if number not in configurations:
        raise not_found("This configuration does not exist")
    label, value = configurations[number]
    return {"id": number, "label": label, "value": value}


@route("DELETE", "/order/cart/{cartId}/item/{itemId}/configuration/{configurationId}", unsigned=True)
def _unconfigure(call: Call) -> None:
    call.ovh.carts.unconfigure(call.ovh.carts.get(call.parts[0]), _one(call), int(call.parts[2]))


def _one(call: Call) -> Item:
    carts = call.ovh.carts
    return carts.one(carts.get(call.parts[0]), call.parts[1])
