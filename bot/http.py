"""The small HTTP front: health for whoever watches, and Slack's requests in HTTP mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

Check = Callable[[], Awaitable[str | None]]
_CHECK_SECONDS = 5.0
_LARGEST_BODY = 1_000_000  # bytes; Slack's largest view is 250 kB


class HttpFront:
    """`checks` say None where all is well, else the reason; `app` takes Slack's requests where there is one."""

    def __init__(self, *, checks: Mapping[str, Check], app: AsyncApp | None) -> None:
        self._checks = checks
        self._app = app
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port: the one asked for, or a free one for 0."""
        front = web.Application(client_max_size=_LARGEST_BODY)
        front.router.add_get("/healthz", self._health)
        if self._app is not None:
            front.router.add_post("/slack/events", self._slack)
        self._runner = web.AppRunner(front, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        names = list(self._checks)
        found = await asyncio.gather(*(_within_time(self._checks[name]) for name in names))
        failing = any(found)
        body = {
            "status": "failing" if failing else "ok",
            "checks": {name: reason or "ok" for name, reason in zip(names, found, strict=True)},
        }
        return web.json_response(body, status=503 if failing else 200)

    async def _slack(self, request: web.Request) -> web.Response:
        if self._app is None:
            raise web.HTTPNotFound
        answer = await self._app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)


async def _within_time(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return "no answer in time"
