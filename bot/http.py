"""The HTTP endpoints: health for operators and load balancers, and Slack's requests in HTTP mode.

A client cannot cause much work: health comes from a cached state, a request must arrive within seconds, and the
number of connections is bounded.
"""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.health import Health
from bot.metrics.measures import CONTENT_TYPE, Measures
from bot.settings import Settings, SettingsError

ARRIVES_WITHIN = 10.0  # seconds for a request's headers, and as long for its body; also an idle connection's life
MOST_CONNECTIONS = 200  # open at once on one port; Slack and a few health checks need some dozens
_LARGEST_BODY = 1_000_000  # bytes; Slack's largest view is 250 kB
_LOOPBACK = "127.0.0.1"
_SECONDS = re.compile(r"[0-9]{1,12}")  # since 1970
_log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Front:
    """The process's ports. Slack's requests get a 503 until `admit` is called.

    The health pages are on `DESK_OPS_PORT`, on loopback only; without it they share `PORT`.
    """

    def __init__(self, settings: Settings, health: Health) -> None:
        self._health = health
        self.measures = Measures()
        self._app: AsyncApp | None = None
        secret = settings.slack_signing_secret
        self._verifier = SignatureVerifier(secret.get_secret_value() if secret is not None else secrets.token_hex())
        pages: dict[tuple[str, str], Handler] = {
            ("GET", "/livez"): self._livez,
            ("GET", "/readyz"): self._readyz,
            ("GET", "/healthz"): self._healthz,
            ("GET", "/metrics"): self._metrics,
        }
        requests: dict[tuple[str, str], Handler] = {}
        if not settings.socket_mode:
            requests = {("POST", "/slack/events"): self._slack}
        ops_port = settings.desk_ops_port
        self._public = _Port(
            "PORT", settings.host, settings.port, requests if ops_port is not None else requests | pages
        )
        self._ops = None if ops_port is None else _Port("DESK_OPS_PORT", _LOOPBACK, ops_port, pages)

    @property
    def ports(self) -> dict[str, int]:
        """The ports that are open, by setting."""
        return {port.setting: port.number for port in (self._public, self._ops) if port is not None and port.is_open}

    async def open(self) -> None:
        """Listen; raises `SettingsError` if a port or the host cannot be used."""
        for port in (self._public, self._ops):
            if port is not None and port.serves and not port.is_open:
                await port.open()

    def admit(self, app: AsyncApp) -> None:
        """Pass Slack's requests to this app from now on."""
        self._app = app

    async def close(self) -> None:
        """Close both ports, and let current requests finish."""
        await asyncio.gather(*(port.close() for port in (self._public, self._ops) if port is not None))

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})  # an answer proves that the event loop runs

    async def _readyz(self, _request: web.Request) -> web.Response:
        return _health_response(self._health.readiness())

    async def _healthz(self, _request: web.Request) -> web.Response:
        return _health_response(self._health.checks())

    async def _metrics(self, _request: web.Request) -> web.Response:
        self.measures.checked(self._health.checks())
        return web.Response(body=self.measures.text(), headers={"Content-Type": CONTENT_TYPE})

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        """Check Slack's signature over the raw body, before it is parsed."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        if not _SECONDS.fullmatch(timestamp):  # slack_sdk's verifier would raise ValueError or OverflowError
            return False
        try:
            return self._verifier.is_valid(body, timestamp, request.headers.get("X-Slack-Signature", ""))
        except UnicodeError:
            return False  # Slack writes UTF-8

    async def _slack(self, request: web.Request) -> web.StreamResponse:
        if self._app is None:
            return web.Response(status=503, text="The bot is starting.")
        try:
            async with asyncio.timeout(ARRIVES_WITHIN):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408, text="The body did not arrive in time.")
        except web.RequestPayloadError:
            return web.Response(status=400, text="The body broke off.")
        if not self._is_signed(request, body):
            return web.Response(status=401, text="The request is not signed by Slack.")
        try:
            asked = await to_bolt_request(request)
        except Exception as error:  # noqa: BLE001 - Bolt reads payloads with whatever errors their shape brings
            _log.warning("payload_unreadable", error=type(error).__name__)
            return web.Response(status=400, text="The payload cannot be read.")
        return await to_aiohttp_response(await self._app.async_dispatch(asked))


class _Refusing(asyncio.Protocol):
    """Closes each connection above the limit immediately."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


class _Port:
    """One listening port with its routes."""

    def __init__(self, setting: str, host: str, number: int, routes: Mapping[tuple[str, str], Handler]) -> None:
        self.setting = setting
        self.number = number
        self._host = host
        self._routes = routes
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    @property
    def serves(self) -> bool:
        return bool(self._routes)

    @property
    def is_open(self) -> bool:
        return self._listening is not None

    async def open(self) -> None:
        """Listen; a number of 0 becomes the free port that the system assigned."""
        site = web.Application(client_max_size=_LARGEST_BODY)
        for (method, path), handler in self._routes.items():
            # A GET route also answers HEAD, which some load balancers use.
            site.router.add_get(path, handler) if method == "GET" else site.router.add_route(method, path, handler)
        self._runner = web.AppRunner(
            site,
            access_log=None,
            auto_decompress=False,  # Slack compresses nothing
            keepalive_timeout=ARRIVES_WITHIN,  # counts from the connection's start, so it also ends endless headers
            lingering_time=1.0,
            shutdown_timeout=1.0,
        )
        await self._runner.setup()
        try:
            self._listening = await asyncio.get_running_loop().create_server(self._accept, self._host, self.number)
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError((self._why_not(error),)) from error
        self.number = int(self._listening.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()

    def _accept(self) -> asyncio.BaseProtocol:
        server = self._runner.server if self._runner is not None else None
        if server is None or len(server.connections) >= MOST_CONNECTIONS:
            return _Refusing()
        return server()

    def _why_not(self, error: OSError) -> str:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            return f"HOST={self._host}: this machine has no such address. Write 127.0.0.1 or 0.0.0.0."
        if error.errno in {errno.EACCES, errno.EPERM}:
            return f"{self.setting}={self.number}: only root may listen there. Choose a port above 1023."
        if error.errno == errno.EADDRINUSE:
            return f"{self.setting}={self.number}: another process listens there. Stop it, or choose another port."
        return f"{self.setting}={self.number}: the bot cannot listen there ({error.strerror}). Choose another port."


def _health_response(checks: Mapping[str, str]) -> web.Response:
    failing = any(reason != "ok" for reason in checks.values())
    body = {"status": "failing" if failing else "ok", "checks": dict(checks)}
    return web.json_response(body, status=503 if failing else 200)
