"""OVH's clock: the real one, with a hand that can be moved forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """`advance` moves everything that waits for time: deliveries, expiries."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


def text(at: datetime) -> str:
    """A moment as OVH writes it: with an offset."""
    return at.isoformat(timespec="seconds")


def after(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)
