"""What can go wrong between the bot and Slack's Web API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# "slow": done after `seconds`, whether or not anybody still waits for the answer. "empty": ok, and nothing else.
Kind = Literal["ratelimited", "500", "hang", "slow", "lost_after", "error", "empty"]


@dataclass
class Fault:
    method: str
    kind: Kind
    times: int
    retry_after: int = 1
    error: str = "internal_error"
    seconds: float = 20.0


@dataclass
class Faults:
    """The first fault that fits a method is used up by its call."""

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
    ) -> None:
        self.waiting.append(Fault(method, kind, times, retry_after, error, seconds))

    def take(self, method: str) -> Fault | None:
        for fault in self.waiting:
            if fault.method == method:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
