"""A simulated Slack workspace over the wire: Web API, Socket Mode, signed HTTP, response URLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sandbox.slack.delivery import Delivery, NotAcknowledged
from sandbox.slack.faults import Faults
from sandbox.slack.messages import Message, OpenView
from sandbox.slack.people import Actor, NoSuchButton
from sandbox.slack.server import SCOPES, Server
from sandbox.slack.state import State
from sandbox.slack.world import Credentials

__all__ = ["Actor", "Credentials", "Message", "NoSuchButton", "NotAcknowledged", "OpenView", "SlackSimulator"]
T = TypeVar("T")


class SlackSimulator:
    """One workspace with one app. Start it inside a running event loop."""

    def __init__(self, *, scopes: frozenset[str] = SCOPES) -> None:
        self.credentials = Credentials()
        self.faults = Faults()
        self.state = State()
        self.server = Server(self.state, self.credentials, self.faults, scopes)
        self.delivery = Delivery(self.server, self.credentials)
        self.server.tell = self.delivery.echo

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and return the base URL for `SLACK_API_URL`."""
        return await self.server.start(host, port)

    async def stop(self) -> None:
        await self.delivery.stop()
        await self.server.stop()

    async def connected(self, seconds: float = 30.0) -> None:
        """Wait until the app has opened a socket."""
        await self.until(lambda: self.server.sockets, seconds)

    async def until(self, look: Callable[[], T | None], seconds: float = 20.0) -> T:
        """Wait until `look` returns something true, and return that; raises `TimeoutError` otherwise."""
        return await self.state.until(look, seconds)

    def person(self, name: str) -> Actor:
        return Actor(self.state.world.user(name), self.state, self.server, self.delivery)

    def messages(self, channel: str) -> list[Message]:
        """Return all messages of a channel that every member sees, oldest first."""
        found = self.state.world.channel(channel)
        return [m for m in self.state.messages[found.id] if not m.ephemeral and m.thread_ts is None]

    def thread(self, message: Message) -> list[Message]:
        return [m for m in self.state.messages[message.channel] if m.thread_ts == message.ts]
