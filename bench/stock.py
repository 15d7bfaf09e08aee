"""`python -m bench.stock async|sync socket|http`: a Slack app as the tutorials have it, whose command takes a second.

Its settings are the bot's own. In HTTP mode it prints its port.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

_WORK = 1.0  # seconds
_TOKEN, _API = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
_SECRET = os.environ.get("SLACK_SIGNING_SECRET", "unused")


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the signature that wsgiref gives
        pass


async def _async(mode: str) -> None:
    app = AsyncApp(client=AsyncWebClient(token=_TOKEN, base_url=_API), signing_secret=_SECRET)

    @app.command("/domain")
    async def slow(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(_WORK)

    if mode == "socket":
        print("ready", flush=True)
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()  # type: ignore[no-untyped-call] # Bolt left it untyped
        return
    server = app.server(port=0, host="127.0.0.1", path="/slack/events")
    runner = server.web_app
    from aiohttp import web  # noqa: PLC0415 - for this mode alone

    running = web.AppRunner(runner, access_log=None)
    await running.setup()
    await web.TCPSite(running, "127.0.0.1", 0).start()
    print(running.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _sync(mode: str) -> None:
    app = App(client=WebClient(token=_TOKEN, base_url=_API), signing_secret=_SECRET)

    @app.command("/domain")
    def slow(ack: Ack) -> None:
        ack()
        time.sleep(_WORK)

    if mode == "socket":
        SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()  # type: ignore[no-untyped-call] # Bolt left it untyped
        print("ready", flush=True)
        threading.Event().wait()
    with make_server("127.0.0.1", 0, SlackRequestHandler(app), _Threaded, _Quiet) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    kind, door = sys.argv[1:3]
    if kind == "async":
        asyncio.run(_async(door))
    else:
        _sync(door)
