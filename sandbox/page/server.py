"""The page on loopback: its files, and one socket that sends the state and receives the actions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.ovh import OvhSimulator
from sandbox.page.actions import Actions
from sandbox.page.ovh_panel import OvhPanel
from sandbox.page.snapshot import snapshot
from sandbox.page.tour import tour
from sandbox.slack import SlackSimulator

STATIC = Path(__file__).parent / "static"
_LOOK_AGAIN = 0.5  # seconds: OVH's clock moves without an event
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """One page for all users of this machine; `roles` are the users' rights in words, by user id."""

    def __init__(self, slack: SlackSimulator, ovh: OvhSimulator, roles: dict[str, str]) -> None:
        self._slack = slack
        self._ovh = ovh
        self._roles = roles
        self._actions = Actions(slack)
        self._panel = OvhPanel(ovh)
        self._hosts: frozenset[str] = frozenset()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on loopback, and return the address for a browser; uses any free port if `port` is taken."""
        app = web.Application(middlewares=[self._only_from_here])
        app.router.add_get("/", _index)
        app.router.add_get("/live", self._live)
        app.router.add_static("/static", STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", port).start()
        except OSError:
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        return f"http://127.0.0.1:{port}/"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _only_from_here(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Refuse other pages: by name (a host that points here) and by script (another origin)."""
        origin = request.headers.get("Origin")
        if request.host not in self._hosts or (origin and origin.removeprefix("http://") not in self._hosts):
            raise web.HTTPForbidden(text="This page is for a browser on this machine.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(_HEADERS)
        return answer

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=200_000)
        await socket.prepare(request)
        viewer = _Viewer(socket, "U0ADA")
        showing = asyncio.create_task(self._keep_showing(viewer))
        doing: set[asyncio.Task[None]] = set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    task = asyncio.create_task(self._do(viewer, frame.data))
                    doing.add(task)
                    task.add_done_callback(doing.discard)
        finally:
            for task in (showing, *doing):
                task.cancel()
            await asyncio.gather(showing, *doing, return_exceptions=True)
        return socket

    async def _keep_showing(self, viewer: _Viewer) -> None:
        while not viewer.socket.closed:
            await viewer.show(self._seen_by(viewer.me))
            await self._slack.state.next_change(_LOOK_AGAIN)

    def _seen_by(self, me: str) -> dict[str, Any]:
        return snapshot(self._slack, me, self._roles) | {
            "ovh": self._panel.to_json(),
            "tour": tour(self._slack, self._ovh, self._panel),
        }

    async def _do(self, viewer: _Viewer, frame: str) -> None:
        asked = json.loads(frame)
        answer: dict[str, Any] = {}
        if asked["do"] == "be":
            viewer.me = self._slack.state.world.user(str(asked["who"])).id
        elif asked["do"] == "ovh":
            answer = self._press(asked)
        else:
            answer = await self._actions.carry_out(viewer.me, asked)
        await viewer.show(self._seen_by(viewer.me))
        await viewer.answer({"to": asked["id"]} | answer)

    def _press(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            self._panel.press(str(asked["switch"]), str(asked.get("argument", "")))
        except (KeyError, ValueError, StopIteration):
            return {"problem": "OVH does not know that. Is the name or number right?"}
        return {}


class _Viewer:
    """One open page, and the user it shows."""

    def __init__(self, socket: web.WebSocketResponse, me: str) -> None:
        self.socket = socket
        self.me = me
        self._last = ""

    async def show(self, seen: dict[str, Any]) -> None:
        """Send the state, unless the page already has it."""
        frame = json.dumps({"seen": seen})
        if frame != self._last and not self.socket.closed:
            self._last = frame
            await self.socket.send_str(frame)

    async def answer(self, answer: dict[str, Any]) -> None:
        if not self.socket.closed:
            await self.socket.send_str(json.dumps(answer))


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")
