"""The faults between the bot and Slack's Web API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

# "error" is any error code of Slack's. "slow": done after `seconds`, whether or not the caller still waits for the
# answer. "lost_after": done, and the connection is dropped before the answer. "dropped": not done, and dropped.
# "html_503", "text_503" and "broken_json" are gateways' answers, "empty_429" a rate limit without a body. "empty": ok,
# and nothing else.
Kind = Literal[
    "ratelimited", "500", "hang", "slow", "lost_after", "error", "html_503", "text_503", "broken_json", "empty_429",
    "dropped", "empty",
]  # fmt: skip
ALWAYS = 1_000_000  # times


@dataclass
class Fault:
    """A fault of one method, and only for one `channel` (or `user_id` of a Home) if that is set."""

    method: str
    kind: Kind
    times: int
    retry_after: int = 1
    error: str = "internal_error"
    seconds: float = 20.0
    channel: str | None = None
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self) -> None:
        """Wait `seconds`, or less if the fault is released before."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.released.wait(), self.seconds)

    def fits(self, method: str, arguments: Mapping[str, Any]) -> bool:
        place = arguments.get("channel") or arguments.get("user_id") or arguments.get("usergroup")
        return self.method == method and self.channel in {None, place}


@dataclass
class Faults:
    """Injected faults. A call uses up the first one that fits it."""

    waiting: list[Fault] = field(default_factory=list)

    def add(
        self,
        method: str,
        kind: Kind,
        *,
        times: int = 1,
        retry_after: int = 1,
        error: str = "internal_error",
        seconds: float = 20.0,
        channel: str | None = None,
    ) -> Fault:
        """Make the next `times` calls of a method fail; `ALWAYS` is until `clear`."""
        fault = Fault(method, kind, times, retry_after, error, seconds, channel)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults, so that every call succeeds."""
        self.waiting.clear()

    def take(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        """Return the fault for this call, if there is one, and use it up."""
        for fault in self.waiting:
            if fault.fits(method, arguments):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
