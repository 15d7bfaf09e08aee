"""The workspace's state: messages, views, triggers, response URLs."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from sandbox.slack.messages import Message, OpenView, initial_values
from sandbox.slack.world import World

T = TypeVar("T")
TRIGGER_LIFE = 3.0
MOST_USES, URL_LIFE = 5, 1800.0


class SlackError(Exception):
    """The Web API's `error`."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass
class ResponseUrl:
    user: str
    channel: str
    made_at: float
    used: int = 0
    original: str | None = None  # ts of the message that `replace_original` replaces
    last: str | None = None


@dataclass
class State:
    """The workspace's state. Everything that was ever shown stays in `archive`, so tests can search it for secrets."""

    world: World = field(default_factory=World)
    messages: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, OpenView] = field(default_factory=dict)
    modals: dict[str, list[OpenView]] = field(default_factory=lambda: defaultdict(list))
    urls: dict[str, ResponseUrl] = field(default_factory=dict)
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    archive: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faulty: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._changed = asyncio.Condition()

    async def change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def next_change(self, timeout: float) -> None:  # noqa: ASYNC109 - how long the caller waits
        """Return after the next change, or after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait()

    async def until(self, look: Callable[[], T | None], timeout: float = 5.0) -> T:  # noqa: ASYNC109 - a test's limit
        """Wait until `look` returns something true, and return that."""
        async with asyncio.timeout(timeout), self._changed:
            while not (found := look()):
                await self._changed.wait()
            return found

    # Creating

    def post(self, message: Message) -> Message:
        _give_block_ids(message.blocks)
        message.chosen = initial_values(message.blocks)
        self.messages[message.channel].append(message)
        self.note("message", message.to_json() | {"channel": message.channel, "only_for": message.only_for})
        return message

    def edit(self, message: Message, text: str, blocks: list[dict[str, Any]]) -> None:
        _give_block_ids(blocks)
        message.text, message.blocks, message.chosen = text, blocks, initial_values(blocks)
        message.edited += 1
        self.note("edit", message.to_json() | {"channel": message.channel, "only_for": message.only_for})

    def find(self, channel: str, ts: str) -> Message | None:
        return next((m for m in self.messages[channel] if m.ts == ts), None)

    def open(self, user: str, view: dict[str, Any], *, below: OpenView | None = None) -> OpenView:
        _give_block_ids(view["blocks"])
        opened = OpenView(f"V{secrets.token_hex(5).upper()}", user, view, secrets.token_hex(8), below=below)
        opened.chosen = initial_values(view["blocks"])
        self.note("view", view | {"user": user})
        return opened

    def redraw(self, opened: OpenView, view: dict[str, Any]) -> None:
        _give_block_ids(view["blocks"])
        opened.view, opened.hash, opened.chosen = view, secrets.token_hex(8), initial_values(view["blocks"])
        self.note("view", view | {"user": opened.user})

    def modal(self, view_id: str, *, external_id: str = "") -> OpenView | None:
        every = [view for views in self.modals.values() for view in views]
        if view_id:
            return next((view for view in every if view.id == view_id), None)
        return next((view for view in every if external_id and view.external_id == external_id), None)

    def note(self, kind: str, payload: dict[str, Any]) -> None:
        self.archive.append((kind, payload))
        text = str(payload)
        self.pings += [ping for ping in ("<!channel>", "<!here>", "<!everyone>") if ping in text]

    def ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06}"

    # Expiring

    def trigger(self, user: str) -> str:
        trigger = f"{next(self._numbers)}.{secrets.token_hex(8)}"
        self.triggers[trigger] = (user, time.monotonic())
        return trigger

    def use_trigger(self, trigger: str) -> str:
        """Return the trigger's user; raises if it was used or is older than three seconds."""
        user, made_at = self.triggers.get(trigger, ("", 0.0))
        if not user:
            raise SlackError("invalid_trigger_id")
        if made_at < 0:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - made_at > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        self.triggers[trigger] = (user, -1.0)
        return user

    def response_url(self, user: str, channel: str, original: str | None = None) -> str:
        key = secrets.token_urlsafe(18)
        self.urls[key] = ResponseUrl(user, channel, time.monotonic(), original=original)
        return key


def _give_block_ids(blocks: list[dict[str, Any]]) -> None:
    for place, block in enumerate(blocks):
        block.setdefault("block_id", f"b{place}{secrets.token_hex(2)}")
