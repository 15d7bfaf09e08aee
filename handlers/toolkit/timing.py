"""How long Slack waits for each acknowledgement."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

_OTHER = "other"
_BY_TYPE = {"block_actions": "button", "view_submission": "form", "view_closed": "form"}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One request of Slack's; `word` is a command's first word if the bot knows it, `in_time` whether it was answered.

    `seconds` count from the receipt of the request.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("command", "button", "form", "event")
    kind: str
    seconds: float
    in_time: bool
    word: str | None = None


class MeasuredApp(AsyncApp):
    """Bolt's app, which tells of each request how long its acknowledgement took.

    A listener acknowledges before it returns, so the end of the dispatch is the acknowledgement. `words` are the first
    words of commands that the bot knows.
    """

    def __init__(self, *, tell: Callable[[Acknowledged], None], words: Collection[str], **options: Any) -> None:  # noqa: ANN401 - Bolt's own
        super().__init__(**options)
        self._tell = tell
        self._words = words

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        started = time.perf_counter()
        response = await super().async_dispatch(req)
        seconds = time.perf_counter() - started
        kind = _kind(req.body)
        word = _word(req.body, self._words) if kind == "command" else None
        in_time = response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        self._tell(Acknowledged(kind, seconds, in_time=in_time, word=word))
        return response


def _kind(body: Mapping[str, Any]) -> str:
    if "command" in body:
        return "command"
    return _BY_TYPE.get(str(body.get("type")), "event")


def _word(body: Mapping[str, Any], words: Collection[str]) -> str:
    """Return the first word of a command if the bot knows it: what people type may be a name."""
    first = str(body.get("text") or "").split(maxsplit=1)
    typed = first[0].lower() if first else "help"
    return typed if typed in words else _OTHER
