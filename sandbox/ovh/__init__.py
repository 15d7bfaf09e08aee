"""A simulated OVH: signatures, carts, orders and payments over HTTP, with faults on demand."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from aiohttp import web

from sandbox.ovh import routes as _routes  # noqa: F401 - importing them registers them
from sandbox.ovh import routing, signing
from sandbox.ovh.bills import Bills
from sandbox.ovh.carts import Carts
from sandbox.ovh.clock import Clock
from sandbox.ovh.contacts import Contacts
from sandbox.ovh.description import Description
from sandbox.ovh.errors import OvhError, gateway, refused
from sandbox.ovh.faults import Fault, Faults
from sandbox.ovh.held import Held
from sandbox.ovh.key_page import KeyPage
from sandbox.ovh.names import Names
from sandbox.ovh.order_page import OrderPage
from sandbox.ovh.orders import Orders
from sandbox.ovh.outsider import Outsider
from sandbox.ovh.payments import Payments
from sandbox.ovh.prices import MARKETS
from sandbox.ovh.quota import Quota
from sandbox.ovh.registry import Registry
from sandbox.ovh.renewals import Renewals
from sandbox.ovh.services import Services
from sandbox.ovh.signing import Credentials
from sandbox.ovh.tokens import Tokens, TokenService

__all__ = ["Credentials", "OvhSimulator", "Recorded"]

_PREFIXES = ("/1.0", "/v1")
_HANG = 30.0  # seconds, unless a fault says otherwise


@dataclass(frozen=True, slots=True)
class Recorded:
    method: str
    path: str
    status: int
    authorization: str | None = None  # the header, which only a service account's call has


class OvhSimulator:
    """One account. Its state is in plain attributes: `carts`, `orders`, `payments`, `bills`, `names`, `faults`, …."""

    def __init__(self, *, subsidiary: str = "FR") -> None:
        self.subsidiary = subsidiary
        self.state = "complete"  # an "incomplete" account may not check out: a guess at what a 403 there means
        self.credentials = Credentials()
        self.tokens = TokenService()
        self.clock = Clock()
        self.clock_offset = 0.0  # seconds by which /auth/time is wrong, and the check of signatures with it
        self.time_error = 0.0  # seconds by which /auth/time is wrong, while signatures are checked correctly
        self.names = Names(self.clock)
        self.contacts = Contacts()
        self.carts = Carts(self.clock, self.names, self.contacts)
        self.orders = Orders(self.clock)
        self.payments = Payments(self.clock, self.orders)
        self.bills = Bills(self.clock, self.orders)
        self.outsider = Outsider(self.clock, self.names, self.carts, self.orders, self.payments)
        self.registry = Registry(self.clock, self.names, self.orders)
        self.names.delivered = self.registry.owned
        self.renewals = Renewals(self.clock, self.orders, self.payments, MARKETS[subsidiary])
        self.services = self.registry.services = Services(
            self.clock, self.orders, self.registry.owned, self.registry.first_years, self.renewals.charge,
            self.registry.lose,
        )  # fmt: skip
        self.unknown_field = ""  # of an owner, that every rule asks for in addition
        self.lists_objects = True  # whether `GET /domain` offers whole objects page by page: not established
        self.description = Description()
        self.faults = Faults()
        self.quota = Quota()
        self.calls: list[Recorded] = []
        self.held = Held()
        self.address = ""  # the base URL of its pages, once it listens
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and return the base URL for `OVH_API_URL`."""
        server = web.Application()
        OrderPage(self).add_to(server.router)
        Tokens(self).add_to(server.router)
        KeyPage(self).add_to(server.router)
        self.description.add_to(server.router, _PREFIXES)
        server.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.address = self.outsider.address = self.renewals.address = f"http://{host}:{self._runner.addresses[0][1]}"
        return f"{self.address}/1.0"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def count(self, method: str, path: str) -> int:
        """Return the number of calls to a route; `path` may contain *."""
        return sum(1 for call in self.calls if call.method == method and fnmatchcase(call.path, path))

    def time(self) -> float:
        """Return the time that `/auth/time` returns and signatures are compared with, including all offsets."""
        return self.clock.seconds() + self.clock_offset + self.clock.apart()

    # What a user of the sandbox can do

    def refuse_card(self, method_id: int, why: str | None = None) -> None:
        method = next(m for m in self.payments.methods if m.id == method_id)
        method.refuses, method.why = True, why or method.why

    def expire(self, order_id: int) -> None:
        """Expire an unpaid order now."""
        self.orders.all[order_id].expires_at = self.clock.now()

    def pay_on_the_page(self, order_id: int) -> None:
        self.payments.pay_on_the_page(self.orders.all[order_id])

    def request_documents(self, order_id: int, *, asked: bool = True) -> None:
        self.orders.all[order_id].documents = asked

    def cancel(self, order_id: int) -> None:
        self.orders.all[order_id].cancelled = True

    def deliver_now(self) -> None:
        self.clock.advance(self.orders.deliver_after)

    def a_day_later(self) -> None:
        self.clock.advance(86_400)

    async def deliver_held(self) -> None:
        """Let the proxy deliver all calls that it holds; return when OVH has handled them."""
        await self.held.release()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = next((request.path[len(p) :] for p in _PREFIXES if request.path.startswith(f"{p}/")), request.path)
        self.faults.call(request.method, path)
        fault = self.quota.take(request.method, path) or self.faults.take(request.method, path)
        spoiled = await self._spoil_before(request, fault)
        if spoiled is not None:
            self._record(request, path, spoiled.status)
            return spoiled
        body = await request.text()
        way = self.faults.take_on_the_way(request.method, path)
        if way is not None and way.kind == "held":
            await self.held.wait(way.options.get("seconds"))
        status, answer, headers = self._answer(request, path, body)
        self._record(request, path, status)
        if way is not None and way.kind == "repeated":
            if "status" in way.options:
                status, answer = _refused_with(way)
            else:
                status, answer, headers = self._answer(request, path, body)
            self._record(request, path, status)
        return await self._spoil_after(request, fault) or _json(status, answer, headers)

    def _answer(self, request: web.Request, path: str, body: str) -> tuple[int, Any, dict[str, str]]:
        try:
            route, parts = routing.find(request.method, path)
            if not route.unsigned or "X-Ovh-Signature" in request.headers:
                url = f"{request.scheme}://{request.host}{request.raw_path}"
                signing.check(self.credentials, request.method, url, path, body, request.headers, self.time())
            self.payments.settle()
            self.services.settle()
            is_service = "Authorization" in request.headers
            call = routing.Call(self, parts, request.query, _decoded(body), is_service, request.headers)
            return 200, route.handler(call), call.answers
        except OvhError as error:
            return error.status, error.body, {}
        except (KeyError, ValueError, TypeError):
            return 400, refused("Some parameters are invalid in the request").body, {}

    async def _spoil_before(self, request: web.Request, fault: Fault | None) -> web.Response | None:
        """Inject the faults that occur before the call is carried out."""
        if fault is None:
            return None
        if fault.kind == "slow":
            await asyncio.sleep(fault.options.get("seconds", 1.0))
            return None
        if fault.kind == "lost_before":
            _cut(request)
            return web.Response(status=502)  # the client is gone; what matters is that nothing was done
        plain = _ANSWERED_INSTEAD.get(fault.kind)
        return plain(fault) if plain else None

    async def _spoil_after(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        """Inject the faults that occur after the call was carried out: its effect stays, its answer is lost."""
        if fault is None:
            return None
        if fault.kind == "lost_after":
            _cut(request)
        if fault.kind == "hang":
            await asyncio.sleep(fault.options.get("seconds", _HANG))
            _cut(request)
        if fault.kind == "empty_chunked":
            return await _chunked_nothing(request)
        if fault.kind == "refused_after":
            return _json(*_refused_with(fault))
        without_words = _WITHOUT_WORDS.get(fault.kind)
        return without_words() if without_words else None

    def _record(self, request: web.Request, path: str, status: int) -> None:
        self.calls.append(Recorded(request.method, path, status, request.headers.get("Authorization")))


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _json(status: int, body: Any, more: Mapping[str, str] = MappingProxyType({})) -> web.Response:  # noqa: ANN401 - any response body
    headers = {**more, "X-OVH-QUERYID": f"FR.sandbox-1.{uuid.uuid4().hex[:8]}.1.{uuid.uuid4()}"}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers=headers)


def _html(status: int, title: str) -> web.Response:
    page = f"<html><body><h1>{title}</h1></body></html>"
    return web.Response(status=status, text=page, content_type="text/html")


def _rate_limited(fault: Fault) -> web.Response:
    answer = _json(429, {"class": "Client::TooManyRequests", "message": "Too many requests"})
    if "retry_after" in fault.options:
        answer.headers["Retry-After"] = str(fault.options["retry_after"])
    return answer


def _refused_with(fault: Fault, default: int = 400) -> tuple[int, dict[str, object]]:
    """Return the status and body with which OVH refuses a call; `fault.options` may set `status` and `message`."""
    status = int(fault.options.get("status", default))
    name, message = _REFUSALS.get(status) or _other_refusal(status)
    return status, {"class": f"Client::{name}", "message": fault.options.get("message", message)}


def _other_refusal(status: int) -> tuple[str, str]:
    """Return a class and message for a status that no source shows; OVH also uses some that HTTP does not define."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Client Error"
    return phrase.title().replace(" ", ""), phrase


async def _chunked_nothing(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    await answer.write_eof()
    return answer


# Successful responses without content: OVH sends `null`; others observed the rest.
_WITHOUT_WORDS: dict[str, Callable[[], web.Response]] = {
    "null": lambda: _json(200, None),
    "empty": lambda: web.Response(content_type="application/json"),
    "blanks": lambda: web.Response(text=" \r\n ", content_type="application/json"),
    "empty_text": lambda: _json(200, ""),
    "no_content": lambda: web.Response(status=204),
    "empty_html": lambda: web.Response(text="", content_type="text/html"),
}
_REFUSALS = {
    400: ("BadRequest", "This order cannot be paid"),
    401: ("Unauthorized", "You must login first"),
    403: ("Forbidden", "You are not allowed"),
    404: ("NotFound", "The requested object does not exist"),
    409: ("Conflict", "Another action is already pending on this object"),
    429: ("TooManyRequests", "Too many requests"),
}
_ANSWERED_INSTEAD: dict[str, Callable[[Fault], web.Response]] = {
    "error500": lambda _: _json(500, {"class": "Server::InternalServerError", "message": "Internal server error"}),
    "html502": lambda _: _html(502, "Bad Gateway"),
    "html408": lambda _: _html(408, "Request Time-out"),
    "rate_limit": _rate_limited,
    "check_timeout": lambda _: _json(400, refused("Check timeout. Please retry later").body),
    "refuse": lambda fault: _json(*_refused_with(fault, default=403)),
}


def _decoded(body: str) -> dict[str, Any]:
    if not body:
        return {}
    try:
        decoded = json.loads(body)
    except ValueError as error:
        raise gateway(400, "INVALID_JSON", "Invalid JSON received") from error
    return decoded if isinstance(decoded, dict) else {}
