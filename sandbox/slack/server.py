"""The wire: the Web API, the socket, and response URLs, on one loopback port."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.slack.block_kit import faults_of
from sandbox.slack.events import DIRECT_MESSAGES, callback, changed, posted
from sandbox.slack.faults import Fault, Faults
from sandbox.slack.messages import Message
from sandbox.slack.state import MOST_USES, URL_LIFE, ResponseUrl, SlackError, State
from sandbox.slack.web_api import METHODS
from sandbox.slack.world import APP, Credentials

SCOPES = frozenset({"commands", "chat:write", "chat:write.public", "users:read", "usergroups:read", DIRECT_MESSAGES})
_NESTED = {"blocks", "view", "message", "attachments", "metadata"}
_IGNORES_FOR = 20.0  # seconds; longer than any client waits for the answer to its CLOSE


class Server:
    """Simulates Slack's server. `sockets` are the connections of Socket Mode; `calls` the methods that were called."""

    def __init__(self, state: State, credentials: Credentials, faults: Faults, scopes: frozenset[str]) -> None:
        self._state = state
        self._credentials = credentials
        self._faults = faults
        self.scopes = scopes
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._runner: web.AppRunner | None = None
        self._leaving: set[web.WebSocketResponse] = set()
        self._turn = 0
        self.sockets: list[web.WebSocketResponse] = []
        self.took: dict[str, web.WebSocketResponse] = {}  # the last connection of each click, by its trigger
        self.calls: list[str] = []
        self.names_scopes = True  # False: a proxy drops the header with the token's scopes
        self.opens_sockets = True  # False: Socket Mode is off in the app's configuration
        self.unknown: set[str] = set()  # methods that this Slack does not have
        self.ignores_close = False  # True: a CLOSE frame is never answered, as by a proxy or a hanging machine
        self.base = ""
        self.tell: Callable[[dict[str, Any]], Awaitable[None]] | None = None  # delivers an event to the app
        self._telling: set[asyncio.Task[None]] = set()

    @property
    def tells_messages(self) -> bool:
        """Whether the app hears of messages in users' own conversations with it."""
        return DIRECT_MESSAGES in self.scopes

    async def start(self, host: str, port: int) -> str:
        app = web.Application(client_max_size=2_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/socket", self._socket)
        app.router.add_post("/response/{key}", self._response)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base = f"{host}:{self._runner.addresses[0][1]}"
        return f"http://{self.base}/api/"

    async def stop(self) -> None:
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        for socket in list(self.sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # The socket

    async def deliver(
        self,
        envelope: dict[str, Any],
        timeout: float,  # noqa: ASYNC109 - Slack's deadline
        *,
        in_turn: bool = True,
    ) -> dict[str, Any] | None:
        """Send one envelope through any socket; return the acknowledgement's payload, or None if none came in time.

        What the bot itself caused is not `in_turn`, so that it changes nobody's place.
        """
        trigger = str(envelope["payload"].get("trigger_id"))
        socket = self._next_socket(beside=self.took.get(trigger)) if in_turn else next(iter(self.sockets), None)
        if socket is None:
            return None
        self.took[trigger] = socket
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await socket.send_str(json.dumps(envelope))
            async with asyncio.timeout(timeout):
                return (await answer).get("payload") or {}
        except (TimeoutError, ConnectionResetError):
            return None
        finally:
            del self._waiting[envelope["envelope_id"]]

    def _next_socket(self, beside: web.WebSocketResponse | None = None) -> web.WebSocketResponse | None:
        """Return the socket for the next envelope; None if none is open.

        Slack uses any open connection; here they take turns, so that tests can predict it. A redelivery uses another
        connection than before, if there is one.
        """
        open_ones = [socket for socket in self.sockets if socket not in self._leaving]
        open_ones = [socket for socket in open_ones if socket is not beside] or open_ones
        self._turn += 1
        return open_ones[self._turn % len(open_ones)] if open_ones else None

    async def disconnect(self, reason: str) -> None:
        """Request a reconnect; the old socket stays open, as Slack leaves it."""
        for socket in list(self.sockets):
            self._leaving.add(socket)
            await socket.send_str(
                json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            )

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)  # single use, even if the handshake fails
        if (fault := self._faults.take("socket", {})) is not None:
            await asyncio.sleep(fault.seconds if fault.kind == "hang" else 0)
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoclose=not self.ignores_close)
        await socket.prepare(request)
        hello = {
            "type": "hello", "num_connections": len(self.sockets) + 1, "connection_info": {"app_id": APP},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }  # fmt: skip
        await socket.send_str(json.dumps(hello))
        self.sockets.append(socket)
        await self._state.change()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledged(frame.data)
            if self.ignores_close:
                await asyncio.sleep(_IGNORES_FOR)
        finally:
            self.sockets.remove(socket)
            self._leaving.discard(socket)
        return socket

    def _acknowledged(self, frame: str) -> None:
        try:
            answer = json.loads(frame)
        except ValueError:
            return  # the client's own pings are no JSON
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    # The Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self.calls.append(name)
        arguments = await _arguments(request)
        fault = self._faults.take(name, arguments)
        if fault is not None and fault.kind in {"hang", "slow"}:
            await fault.hold()
        if fault is not None and fault.kind == "dropped" and request.transport is not None:
            request.transport.abort()
        if fault is not None and fault.kind not in {"lost_after", "slow"}:
            return _spoiled(fault)
        try:
            answer = self._do(name, request.headers.get("Authorization", ""), arguments)
        except SlackError as error:
            answer = {"ok": False, "error": error.error} | error.more
        await self._state.change()
        if fault is not None and fault.kind == "lost_after" and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, headers=self._scope_headers(request.headers.get("Authorization", "")))

    def _scope_headers(self, authorization: str) -> dict[str, str]:
        """Return the header with a token's scopes, which Slack adds to each answer to a valid bot token."""
        is_bot = authorization == f"Bearer {self._credentials.bot_token}"
        return {"X-OAuth-Scopes": ",".join(sorted(self.scopes))} if is_bot and self.names_scopes else {}

    def _do(self, name: str, authorization: str, arguments: dict[str, Any]) -> dict[str, Any]:
        token = authorization.removeprefix("Bearer ")
        if not token:
            raise SlackError("not_authed")
        if token not in {self._credentials.bot_token, self._credentials.app_token}:
            raise SlackError("invalid_auth")
        is_app = token == self._credentials.app_token
        if is_app != (name == "apps.connections.open"):
            raise SlackError("not_allowed_token_type")
        if is_app and not self.opens_sockets:
            raise SlackError("not_enabled")  # a guess: Slack's own code for this is not known
        if is_app:
            ticket = secrets.token_urlsafe(12)
            self._tickets.add(ticket)
            return {"ok": True, "url": f"ws://{self.base}/socket?ticket={ticket}"}
        if name not in METHODS or name in self.unknown:
            raise SlackError("unknown_method")
        scope, function = METHODS[name]
        if scope is not None and scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))
        answer = {"ok": True} | function(self._state, arguments)
        self._echo(name, answer)
        return answer

    def _echo(self, name: str, answer: dict[str, Any]) -> None:
        """Tell the app of its own message in a user's conversation with it, as Slack does."""
        channel, ts = str(answer.get("channel") or ""), str(answer.get("ts") or "")
        if self.tell is None or not self.tells_messages or not channel.startswith("D") or not name.startswith("chat."):
            return
        message = self._state.find(channel, ts)
        is_new = name == "chat.postMessage" and message is not None
        event = posted(message) if is_new and message is not None else changed(channel, ts, message)
        task = asyncio.create_task(_finished(self.tell(callback(self._state.world, event))))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    # Response URLs

    async def _response(self, request: web.Request) -> web.Response:
        url = self._state.urls.get(request.match_info["key"])
        if url is None or time.monotonic() - url.made_at > URL_LIFE:
            return web.Response(status=404, text="expired_url")
        if url.used >= MOST_USES:
            return web.Response(status=404, text="used_url")
        body = await request.json()
        url.used += 1
        if found := faults_of(body.get("blocks") or []):
            self._state.faulty += found
            return web.Response(status=400, text="invalid_blocks")
        self._respond(url, body)
        await self._state.change()
        return web.Response(text="ok")

    def _respond(self, url: ResponseUrl, body: dict[str, Any]) -> None:
        text, blocks = str(body.get("text") or ""), list(body.get("blocks") or [])
        target = self._state.find(url.channel, url.last or url.original or "")
        if body.get("delete_original") and target is not None:
            self._state.messages[url.channel].remove(target)
        elif body.get("replace_original") and target is not None:
            self._state.edit(target, text, blocks)
            url.last = target.ts
        else:
            only_for = None if body.get("response_type") == "in_channel" else url.user
            thread_ts = body.get("thread_ts")
            message = Message(self._state.ts(), url.channel, text, blocks, thread_ts=thread_ts, only_for=only_for)
            self._state.post(message)
            url.last = url.last or (message.ts if url.original is None else None)


async def _finished(telling: Awaitable[None]) -> None:
    await telling


def _spoiled(fault: Fault) -> web.Response:
    retry_after = {"Retry-After": str(fault.retry_after)}
    if fault.kind == "ratelimited":
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=retry_after)
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.error})
    answers: dict[str, dict[str, Any]] = {
        "html_503": {"status": 503, "text": "<html><h1>503</h1></html>", "content_type": "text/html"},
        "text_503": {"status": 503, "text": "upstream connect error"},
        "broken_json": {"text": '{"ok": tr', "content_type": "application/json"},
        "empty_429": {"status": 429, "headers": retry_after},
        "empty": {"text": '{"ok": true}', "content_type": "application/json"},
    }
    return web.Response(**answers.get(fault.kind, {"status": 500, "text": "server error"}))


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Return the arguments of a query, a form or JSON; nested ones may be JSON within a form."""
    if request.content_type == "application/json":
        text = await request.text()
        found = json.loads(text) if text else {}
    else:
        found = dict(request.query) | dict(await request.post())
    return {
        name: json.loads(value) if name in _NESTED and isinstance(value, str) else value
        for name, value in found.items()
    }
