"""An OVH that answers lookups after a time, and counts: a process of its own, so that it takes none of ours.

`python -m bench.ovh` prints its port. It trusts every signature: what is measured is the way there and back.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_OFFER = {
    "action": "create", "configurations": [], "deliveryTime": "", "duration": ["P1Y"], "offer": "gold",
    "offerId": "x-create", "orderable": True, "phase": "ga", "pricingMode": "create-default", "productId": "domain",
    "quantityMax": 1,
    "prices": [
        {"label": label, "price": {"currencyCode": "EUR", "text": "€", "value": 8.99}}
        for label in ("PRICE", "RENEW", "DISCOUNT", "FEE", "TOTAL")
    ],
}  # fmt: skip
_MEDIAN, _SPREAD = 0.26, 0.58  # seconds, sigma of the logarithm: p90 0.55, p99 1.0


@dataclass
class Busy:
    """How it is configured, and what it saw.

    `quota` is calls a second, 0 for no limit; it saves up to `saved` of them, at least a second's worth.
    """

    seconds: float = 0.15
    varied: bool = False
    quota: float = 0
    saved: float = 0
    calls: int = 0
    refused: int = 0
    connections: int = 0
    asked: list[tuple[str, float]] = field(default_factory=list)  # a name and what it took
    tokens: float = 0.0
    filled_at: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def most_saved(self) -> float:
        return max(self.quota, self.saved)


class Server:
    """The server; `/be` changes what it is like and forgets what it saw, `/seen` tells that."""

    def __init__(self) -> None:
        self.busy = Busy()
        self._transports: set[int] = set()

    def app(self) -> web.Application:
        server = web.Application()
        server.router.add_get("/1.0/auth/time", self._time)
        server.router.add_get("/1.0/me", self._me)
        server.router.add_post("/1.0/order/cart", self._cart)
        server.router.add_post("/1.0/order/cart/{cart}/assign", self._void)
        server.router.add_get("/1.0/order/cart/{cart}/domain", self._look_up)
        server.router.add_post("/be", self._be)
        server.router.add_get("/seen", self._seen)
        return server

    async def _time(self, _request: web.Request) -> web.Response:
        return web.json_response(int(time.time()))

    async def _me(self, _request: web.Request) -> web.Response:
        return web.json_response({"ovhSubsidiary": "FR"})

    async def _cart(self, _request: web.Request) -> web.Response:
        return web.json_response({"cartId": "bench"})

    async def _void(self, _request: web.Request) -> web.Response:
        return web.json_response(None)

    async def _look_up(self, request: web.Request) -> web.Response:
        busy = self.busy
        busy.calls += 1
        if id(request.transport) not in self._transports:
            self._transports.add(id(request.transport))
            busy.connections += 1
        if not self._admitted():
            busy.refused += 1
            return web.json_response({"class": "Client::TooManyRequests", "message": "Too many requests"}, status=429)
        seconds = busy.chance.lognormvariate(math.log(_MEDIAN), _SPREAD) if busy.varied else busy.seconds
        busy.asked.append((request.query["domain"], seconds))
        await asyncio.sleep(seconds)
        return web.Response(text=json.dumps([_OFFER]), content_type="application/json")

    def _admitted(self) -> bool:
        busy = self.busy
        if not busy.quota:
            return True
        now = time.monotonic()
        busy.tokens = min(busy.most_saved, busy.tokens + (now - busy.filled_at) * busy.quota)
        busy.filled_at = now
        if busy.tokens < 1:
            return False
        busy.tokens -= 1
        return True

    async def _be(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        self.busy = Busy(**wanted)
        self.busy.tokens, self.busy.filled_at = self.busy.most_saved, time.monotonic()
        return web.json_response(None)

    async def _seen(self, _request: web.Request) -> web.Response:
        busy = self.busy
        return web.json_response(
            {"calls": busy.calls, "refused": busy.refused, "connections": busy.connections, "asked": busy.asked}
        )


async def _serve() -> None:
    runner = web.AppRunner(Server().app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
