"""Socket Mode: a client that gives up on a refused token, requests a new ticket for each try, and stops in time."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.health import NOT_CHECKED
from bot.slack_client import proxy_for
from bot.slack_start import SlackRefused, reason_in, refusal_in
from handlers.toolkit.slack_errors import Kind, read

_PING_EVERY = 10.0  # seconds; four of them without a pong, and the connection counts as lost
_HANDSHAKE_WITHIN = 10.0  # seconds; aiohttp's own bound is five minutes
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0  # seconds between two tries
REFUSED_FOR = 300.0  # seconds that a refusal must last, once the bot was connected, to count
_HANDLES_WITHIN = 0.7  # seconds; a listener acknowledges at once
_CLOSES_WITHIN = 1.0  # seconds; aiohttp waits ten for a peer that does not answer the closing
_log = structlog.get_logger()


class Connection(SocketModeClient):
    """slack_sdk's client with a different way to connect.

    slack_sdk 3.47 retries indefinitely whatever Slack answers, reuses a ticket after a failed handshake, and waits as
    long as aiohttp does.
    """

    def __init__(self, app_token: str, web_client: AsyncWebClient) -> None:
        super().__init__(
            app_token=app_token, web_client=web_client, ping_interval=_PING_EVERY, logger=logging.getLogger("slack_sdk")
        )
        self.problem: str | None = NOT_CHECKED
        self.refused: asyncio.Future[SlackRefused] = asyncio.get_running_loop().create_future()
        self.handling: set[asyncio.Task[None]] = set()  # slack_sdk keeps no reference to the tasks that handle messages
        self._was_connected = False
        self._refused_since: float | None = None

    async def connect(self) -> None:
        """Connect, and retry until it succeeds; raises `SlackRefused` if only an operator can help."""
        wait, unknown_words = _FIRST_WAIT, 0
        self.auto_reconnect_enabled = False  # the old connection's monitor must not connect at the same time
        while not self.closed:
            try:
                await self._connect_once()
            except Exception as error:  # noqa: BLE001 - after any failure, the connection to Slack must come back
                self.wss_uri = None  # a ticket is valid for one handshake, even a failed one
                unknown_words = unknown_words + 1 if read(error).kind is Kind.UNKNOWN else 0
                refusal = self._refusal_in(error, unknown_words)
                self.problem = refusal or reason_in(error, self.web_client.base_url)
                self._give_up_on(refusal)
                pause = max(wait, read(error).retry_after or 0.0)
                _log.warning("socket_not_connected", reason=self.problem, retry_in=pause)
                await asyncio.sleep(pause)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                self.problem, self._was_connected, self._refused_since = None, True, None
                return

    async def issue_new_wss_url(self) -> str:
        """Request one ticket. The original sleeps here when it is rate-limited, and ignores a stop."""
        answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        return str(answer["url"])

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - the original's signature
        """Replace a connection that is lost or about to close; `connect` requests the ticket and retries."""
        async with self.connect_operation_lock:
            if not self.closed and (force or not await self.is_connected()):
                self.wss_uri = None
                await self.connect()

    async def _connect_once(self) -> None:
        old = self.current_session
        if self.wss_uri is None:
            self.wss_uri = await self.issue_new_wss_url()
        if old is not None:
            with suppress(Exception, asyncio.TimeoutError):  # it may be broken, and only the new one matters
                await asyncio.wait_for(old.close(), _CLOSES_WITHIN)
        async with asyncio.timeout(_HANDSHAKE_WITHIN):
            self.current_session = await self.aiohttp_client_session.ws_connect(
                self.wss_uri,
                autoping=False,
                heartbeat=self.ping_interval,
                proxy=proxy_for(self.wss_uri),
                ssl=self.web_client.ssl if self.web_client.ssl is not None else True,
            )
        self.auto_reconnect_enabled, self.stale, self.last_ping_pong_time = True, False, None
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def run_message_listeners(self, message: dict[str, object], raw_message: str) -> None:
        """Handle one message, in a task that `close` can find."""
        task = asyncio.current_task()
        if task is not None:
            self.handling.add(task)
            task.add_done_callback(self.handling.discard)
        await super().run_message_listeners(message, raw_message)

    def _refusal_in(self, error: BaseException, unknown_words: int) -> str | None:
        if isinstance(error, aiohttp.WSServerHandshakeError):
            return None  # a ticket that is too old, or a proxy: the next one may work
        return refusal_in(
            error, setting="SLACK_APP_TOKEN", api_url=self.web_client.base_url, unknown_words=unknown_words
        )

    def _give_up_on(self, refusal: str | None) -> None:
        """Raise a refusal that only an operator can fix: immediately at the start, later once it has lasted minutes.

        Slack has refused valid tokens for a moment, and a bot that ends stays down until an operator looks.
        """
        now = asyncio.get_running_loop().time()
        if refusal is None:
            self._refused_since = None
            return
        self._refused_since = self._refused_since or now
        if self._was_connected and now - self._refused_since < REFUSED_FOR:
            return
        final = SlackRefused((refusal,))
        if not self.refused.done():
            self.refused.set_result(final)
        raise final


class SlackSocket:
    """The bot's Socket Mode connection: it passes Slack's requests to the app."""

    def __init__(self, app: AsyncApp, app_token: str, web_client: AsyncWebClient) -> None:
        self._app = app
        self.client = Connection(app_token, web_client)
        self.client.socket_mode_request_listeners.append(self._handle)

    async def open(self) -> None:
        """Connect, with retries; raises `SlackRefused` if Slack refuses the app token."""
        await self.client.connect()

    async def health(self) -> str | None:
        """Return None if the socket is connected, else the reason."""
        if await self.client.is_connected():
            return None
        return self.client.problem or "the socket is not connected"

    async def close(self) -> None:
        """Accept no new requests and close within about two seconds, whatever Slack does.

        slack_sdk leaves tasks behind if it cannot close in time, so they are cancelled here.
        """
        client = self.client
        client.closed, client.auto_reconnect_enabled = True, False
        if client.handling:  # received requests are acknowledged first
            await asyncio.wait(client.handling, timeout=_HANDLES_WITHIN)
        with suppress(Exception, asyncio.TimeoutError):
            await asyncio.wait_for(client.close(), _CLOSES_WITHIN)  # type: ignore[no-untyped-call] # slack_sdk's
        left = [client.message_processor, client.current_session_monitor, client.message_receiver, *client.handling]
        tasks = [task for task in left if task is not None and not task.done()]
        for task in tasks:
            task.cancel()
        if not client.aiohttp_client_session.closed:
            with suppress(Exception, asyncio.TimeoutError):
                await asyncio.wait_for(client.aiohttp_client_session.close(), 0.5)
        if tasks:
            await asyncio.wait(tasks, timeout=0.5)

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        answer = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, answer, began)
