"""Delivers payloads to the app: by socket or by signed HTTP, with three seconds for the acknowledgement."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.server import Server
from sandbox.slack.world import Credentials

DEADLINE = 3.0  # seconds


class NotAcknowledged(Exception):
    """The app did not acknowledge in time: the user sees Slack's own error."""


@dataclass(frozen=True)
class Pressed:
    """A click, as first delivered."""

    user: str
    action: str
    value: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Delivery:
    """Delivers payloads to the app, and redelivers them on demand.

    `to` are the app's addresses in HTTP mode, empty for Socket Mode; `twice` delivers everything again. With
    `again_after` each click is redelivered that many seconds later, to another process than before if there is one.
    `again` counts the redeliveries that an app acknowledged, `elsewhere` those of them that another connection did.
    Several addresses are processes behind a balancer, which gives each request to the next one that answers.
    """

    def __init__(self, server: Server, credentials: Credentials) -> None:
        self._server = server
        self._credentials = credentials
        self.to: list[str] = []
        self.twice = False
        self.again_after = 0.0
        self.again = self.elsewhere = 0
        self.pressed: list[Pressed] = []
        self._late: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()

    async def send(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Deliver a payload and return the acknowledgement's payload; raises `NotAcknowledged`."""
        is_click = payload.get("type") == "block_actions"
        if is_click:
            action = payload["actions"][0]
            self.pressed.append(Pressed(payload["user"]["id"], action["action_id"], str(action.get("value"))))
        answer = await self._once(kind, payload, retry=0)
        if self.twice:
            await self._once(kind, payload, retry=1)
        if is_click and self.again_after:
            task = asyncio.create_task(self._once_more(kind, payload))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        if answer is None:
            raise NotAcknowledged(f"{kind} was not acknowledged within {DEADLINE:g} seconds")
        return answer

    async def echo(self, payload: dict[str, Any]) -> None:
        """Deliver an event that the bot itself caused; whether it is acknowledged is nobody's concern."""
        await self._once("events_api", payload, retry=0, in_turn=False)

    async def all_again(self) -> int:
        """Deliver all pending redeliveries of clicks now; return how many there were."""
        waiting = list(self._late)
        self._hurry.set()
        await asyncio.gather(*waiting)
        self._hurry.clear()
        return len(waiting)

    async def stop(self) -> None:
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _once_more(self, kind: str, payload: dict[str, Any]) -> None:
        before = self._server.took.get(payload["trigger_id"])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), self.again_after)
        if await self._once(kind, payload, retry=1) is not None:
            self.again += 1
            self.elsewhere += self._server.took.get(payload["trigger_id"]) is not before

    async def _once(
        self, kind: str, payload: dict[str, Any], *, retry: int, in_turn: bool = True
    ) -> dict[str, Any] | None:
        if self.to:
            return await self._balanced(kind, payload, retry=retry, in_turn=in_turn)
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        return await self._server.deliver(envelope, DEADLINE, in_turn=in_turn)

    async def _balanced(
        self, kind: str, payload: dict[str, Any], *, retry: int, in_turn: bool
    ) -> dict[str, Any] | None:
        if in_turn:
            self.to.append(self.to.pop(0))
        for url in list(reversed(self.to)):
            try:
                return await self._post(url, kind, payload, retry=retry)
            except aiohttp.ClientConnectorError:
                continue  # that process is dead
        return None

    async def _post(self, url: str, kind: str, payload: dict[str, Any], *, retry: int) -> dict[str, Any] | None:
        body, content_type = _encoded(kind, payload)
        headers = self.signed(body) | {"Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        timeout = aiohttp.ClientTimeout(total=DEADLINE)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body, headers=headers) as answer,
            ):
                text = await answer.text()
                if answer.status != 200:  # noqa: PLR2004 - the status of success
                    return None
                return _decoded(text)
        except aiohttp.ClientConnectorError:
            raise
        except (TimeoutError, aiohttp.ClientError):
            return None

    def signed(self, body: str, *, at: int | None = None) -> dict[str, str]:
        """Return Slack's signature headers for a raw body."""
        timestamp = str(at if at is not None else int(time.time()))
        secret = self._credentials.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    if kind == "slash_commands":
        return urlencode(payload), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
    return json.dumps(payload), "application/json"


def _decoded(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {}
