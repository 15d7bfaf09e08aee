"""OVH's routes, each answered by the account's carts, orders and names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.ovh.clock import text
from sandbox.ovh.errors import OvhError, gateway, not_found, refused
from sandbox.ovh.prices import CATALOGUE, HIGHLIGHTED

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator


@dataclass(frozen=True)
class Call:
    """One call: the account, what stood in the path, the query and the body."""

    ovh: OvhSimulator
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: dict[str, Any]


Handler = Callable[[Call], Any]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []
UNSIGNED = {("GET", "/auth/time"), ("POST", "/order/cart")}


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    pattern = re.compile(pattern_of(path))

    def register(handler: Handler) -> Handler:
        _ROUTES.append((method, pattern, handler))
        return handler

    return register


def pattern_of(path: str) -> str:
    """A path with {names} as a pattern that finds what stands in their places."""
    return re.sub(r"\{\w+\}", "([^/]+)", path)


def find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    """The handler of a path; raises what OVH answers to an unknown one."""
    for known, pattern, handler in _ROUTES:
        if known == method and (found := pattern.fullmatch(path)):
            return handler, found.groups()
    raise OvhError(404, {"class": "Client::NotFound", "message": "Got an invalid (or empty) URL"})


def routes() -> list[tuple[str, str]]:
    return [(method, pattern.pattern) for method, pattern, _ in _ROUTES]


@route("GET", "/auth/time")
def _time(call: Call) -> int:
    return int(time.time() + call.ovh.clock_offset)  # signatures go by the true clock, whatever the hand shows


@route("GET", "/auth/currentCredential")
def _credential(call: Call) -> dict[str, Any]:
    return {
        "allowedIPs": None, "applicationId": 1, "creation": "2026-01-01T10:00:00+01:00", "credentialId": 1,
        "expiration": None, "lastUse": None, "ovhSupport": False, "status": "validated",
        "rules": [{"method": method, "path": path} for method, path in call.ovh.credentials.rules],
    }  # fmt: skip


@route("GET", "/me")
def _me(call: Call) -> dict[str, Any]:
    return {
        "nichandle": "aa00000-ovh", "ovhSubsidiary": call.ovh.subsidiary, "ovhCompany": "ovh", "country": "FR",
        "currency": {"code": "EUR", "symbol": "€"}, "state": "complete", "kycValidated": False,
        "legalform": "corporation", "email": "domains@example.com", "firstname": "Ada", "name": "Sandbox",
        "organisation": "Sandbox Ltd", "language": "fr_FR", "customerCode": "0000-0000-00",
    }  # fmt: skip


@route("GET", "/domain/extensions/highlighted")
def _highlighted(_call: Call) -> list[str]:
    return list(HIGHLIGHTED)


@route("GET", "/domain/extensions")
def _extensions(_call: Call) -> list[str]:
    return sorted(CATALOGUE)


@route("GET", "/order/cart")
def _carts(call: Call) -> list[str]:
    wanted = call.query.get("description")
    mine = (cart for cart in call.ovh.carts.all.values() if cart.assigned)
    return [cart.id for cart in mine if wanted is None or cart.description == wanted]


@route("POST", "/order/cart")
def _new_cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.create(call.body)


@route("GET", "/order/cart/{cartId}")
def _cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.shown(call.ovh.carts.get(call.parts[0]))


@route("PUT", "/order/cart/{cartId}")
def _change_cart(call: Call) -> dict[str, Any]:
    return call.ovh.carts.change(call.ovh.carts.get(call.parts[0]), call.body)


@route("DELETE", "/order/cart/{cartId}")
def _delete_cart(call: Call) -> None:
    cart = call.ovh.carts.get(call.parts[0])
    del call.ovh.carts.all[cart.id]


@route("POST", "/order/cart/{cartId}/assign")
def _assign(call: Call) -> None:
    call.ovh.carts.assign(call.ovh.carts.get(call.parts[0]))


@route("GET", "/order/cart/{cartId}/domain")
def _search(call: Call) -> list[dict[str, Any]]:
    call.ovh.carts.get(call.parts[0])
    return call.ovh.names.offers(_name(call.query.get("domain")))


@route("POST", "/order/cart/{cartId}/domain")
def _add(call: Call) -> dict[str, Any]:
    cart = call.ovh.carts.get(call.parts[0])
    return call.ovh.carts.add(cart, call.body | {"domain": _name(call.body.get("domain"))})


@route("GET", "/order/cart/{cartId}/item")
def _items(call: Call) -> list[int]:
    return list(call.ovh.carts.get(call.parts[0]).items)


@route("GET", "/order/cart/{cartId}/item/{itemId}")
def _item(call: Call) -> dict[str, Any]:
    cart = call.ovh.carts.get(call.parts[0])
    return call.ovh.carts.item(cart, call.ovh.carts.one(cart, call.parts[1]))


@route("DELETE", "/order/cart/{cartId}/item/{itemId}")
def _delete_item(call: Call) -> None:
    cart = call.ovh.carts.get(call.parts[0])
    del cart.items[call.ovh.carts.one(cart, call.parts[1]).id]


@route("GET", "/order/cart/{cartId}/item/{itemId}/requiredConfiguration")
def _required(call: Call) -> list[dict[str, Any]]:
    return call.ovh.carts.required(call.ovh.carts.one(call.ovh.carts.get(call.parts[0]), call.parts[1]))


@route("GET", "/order/cart/{cartId}/item/{itemId}/configuration")
def _configurations(call: Call) -> list[int]:
    item = call.ovh.carts.one(call.ovh.carts.get(call.parts[0]), call.parts[1])
    wanted = call.query.get("label")
    return [number for number, (label, _) in item.configurations.items() if wanted in {None, label}]


@route("POST", "/order/cart/{cartId}/item/{itemId}/configuration")
def _configure(call: Call) -> dict[str, Any]:
    cart = call.ovh.carts.get(call.parts[0])
    _needs(call.body, "label", "value")
    return call.ovh.carts.configure(cart, call.ovh.carts.one(cart, call.parts[1]), call.body)


@route("GET", "/order/cart/{cartId}/item/{itemId}/configuration/{configurationId}")
def _configuration(call: Call) -> dict[str, Any]:
    item = call.ovh.carts.one(call.ovh.carts.get(call.parts[0]), call.parts[1])
    number = int(call.parts[2])
    if number not in item.configurations:
        raise not_found("This configuration does not exist")
    label, value = item.configurations[number]
    return {"id": number, "label": label, "value": value}


@route("DELETE", "/order/cart/{cartId}/item/{itemId}/configuration/{configurationId}")
def _unconfigure(call: Call) -> None:
    item = call.ovh.carts.one(call.ovh.carts.get(call.parts[0]), call.parts[1])
    if item.configurations.pop(int(call.parts[2]), None) is None:
        raise not_found("This configuration does not exist")


@route("GET", "/order/cart/{cartId}/checkout")
def _dry_run(call: Call) -> dict[str, Any]:
    return call.ovh.carts.check(call.ovh.carts.get(call.parts[0]))


@route("POST", "/order/cart/{cartId}/checkout")
def _check_out(call: Call) -> dict[str, Any]:
    """Not idempotent by any key: that the cart is closed afterwards is all that stands against a second order."""
    cart = call.ovh.carts.get(call.parts[0])
    checked = call.ovh.carts.check(cart)
    order = call.ovh.orders.create(cart, checked, "order.example")
    cart.read_only = True
    if call.body.get("autoPayWithPreferredPaymentMethod"):
        default = next(m for m in call.ovh.orders.methods if m.default)
        call.ovh.orders.pay(order, default.id)
    return checked | {"orderId": order.id, "url": order.url}


@route("GET", "/me/order")
def _orders(call: Call) -> list[int]:
    since = call.query.get("date.from")
    start = datetime.fromisoformat(since) if since else None
    return [o.id for o in call.ovh.orders.all.values() if start is None or o.made_at >= start]


@route("GET", "/me/order/{orderId}")
def _order(call: Call) -> dict[str, Any]:
    return call.ovh.orders.shown(call.ovh.orders.get(call.parts[0]))


@route("GET", "/me/order/{orderId}/status")
def _status(call: Call) -> str:
    return call.ovh.orders.status(call.ovh.orders.get(call.parts[0]))


@route("GET", "/me/order/{orderId}/details")
def _details(call: Call) -> list[int]:
    return call.ovh.orders.details(call.ovh.orders.get(call.parts[0]))


@route("GET", "/me/order/{orderId}/details/{orderDetailId}")
def _detail(call: Call) -> dict[str, Any]:
    return call.ovh.orders.detail(call.ovh.orders.get(call.parts[0]), call.parts[1])


@route("GET", "/me/order/{orderId}/followUp")
def _follow_up(call: Call) -> list[dict[str, Any]]:
    return call.ovh.orders.follow_up(call.ovh.orders.get(call.parts[0]))


@route("GET", "/me/order/{orderId}/paymentMethods")
def _usable(call: Call) -> dict[str, Any]:
    call.ovh.orders.get(call.parts[0])
    return {"available": [], "paymentMethods": [], "registered": [m.id for m in call.ovh.orders.methods]}


@route("POST", "/me/order/{orderId}/pay")
def _pay(call: Call) -> None:
    order = call.ovh.orders.get(call.parts[0])
    _needs(call.body, "paymentMethod")
    call.ovh.orders.pay(order, call.body["paymentMethod"].get("id"))


@route("GET", "/me/payment/method")
def _methods(call: Call) -> list[int]:
    only_default = call.query.get("default") == "true"
    return [m.id for m in call.ovh.orders.methods if m.default or not only_default]


@route("GET", "/me/payment/method/{paymentMethodId}")
def _method(call: Call) -> dict[str, Any]:
    return call.ovh.orders.method(call.parts[0])


@route("GET", "/me/task/domain")
def _tasks(call: Call) -> list[int]:
    like = call.query.get("domain") or ""
    return [number for number, (_, name) in call.ovh.orders.tasks().items() if like in name]


@route("GET", "/me/task/domain/{id}")
def _task(call: Call) -> dict[str, Any]:
    return call.ovh.orders.task(call.parts[0])


@route("GET", "/domain")
def _domains(call: Call) -> list[str]:
    return [name for o in call.ovh.orders.all.values() for name in o.domains if call.ovh.orders.owner_of(name)]


@route("GET", "/domain/{serviceName}")
def _domain(call: Call) -> dict[str, Any]:
    name = call.parts[0]
    order = call.ovh.orders.owner_of(name)
    if order is None:
        raise not_found("This service does not exist")
    return {
        "domain": name, "state": "ok", "expirationDate": text(order.made_at.replace(year=order.made_at.year + 1)),
        "lastUpdate": text(order.made_at), "nameServerType": "hosted", "offer": "gold",
        "transferLockStatus": "locked", "whoisOwner": "21009911",
    }  # fmt: skip


def _name(typed: object) -> str:
    name = str(typed or "")
    if not re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", name):
        raise refused("Some parameters are invalid in the request: Check failed. Invalid domain name")
    return name


def _needs(body: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if name not in body:
            raise gateway(400, "INVALID_ARGUMENT", f"Missing parameter(s): {name}")
