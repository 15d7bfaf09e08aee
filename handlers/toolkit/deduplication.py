"""Slack delivers at least once; people expect once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from cachetools import FIFOCache
from slack_bolt import BoltResponse

_REMEMBERED = 5000


class Once:
    """Bolt middleware that acknowledges a repeated delivery and ignores it otherwise.

    It spares users a second answer. Clicks that decide are left to the inbox, because this memory is lost with the
    process and marks a click as seen before anything is on record.
    """

    def __init__(self, *, apart_from: Collection[str] = ()) -> None:
        self._apart_from = apart_from
        self._seen: FIFOCache[str, None] = FIFOCache(_REMEMBERED)

    async def __call__(
        self, body: Mapping[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        key = _key(body)
        if key is not None and _kind(body) not in self._apart_from:
            if key in self._seen:
                return BoltResponse(status=200, body="")
            self._seen[key] = None
        return await next_()


def _key(body: Mapping[str, Any]) -> str | None:
    """Return the key that a redelivery repeats: the event's id, or the click's trigger."""
    key = body.get("event_id") or body.get("trigger_id")
    return str(key) if key else None


def _kind(body: Mapping[str, Any]) -> str | None:
    """Return the id of the button that was clicked, or of the form that was submitted."""
    if body.get("type") == "view_submission":
        return str((body.get("view") or {}).get("callback_id"))
    actions = body.get("actions")
    return str(actions[0].get("action_id")) if actions else None
