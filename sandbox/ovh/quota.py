"""A rate limit, like OVH's unpublished one: off until it is switched on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from sandbox.ovh.faults import Fault

Throttling = Literal["rate_limit", "lost_before", "html408"]


@dataclass
class Quota:
    """Allows `per_second` calls per second, and as many at once after a pause; None is no limit.

    A call beyond the limit gets the `throttling`: 429, a cut connection, or a load balancer's 408. A 429 contains
    `retry_after` if it is set.
    """

    per_second: float | None = None
    throttling: Throttling = "rate_limit"
    retry_after: int | None = None
    refused: int = 0
    _left: float = 0.0
    _filled_at: float = 0.0

    def switch(
        self, per_second: float | None, *, throttling: Throttling = "rate_limit", retry_after: int | None = None
    ) -> None:
        """Set the limit, with a full allowance."""
        self.per_second, self.throttling, self.retry_after = per_second, throttling, retry_after
        self.refused = 0
        self._left, self._filled_at = max(per_second or 0.0, 1.0), time.monotonic()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for a call beyond the limit; None if the call is allowed."""
        if self.per_second is None:
            return None
        now = time.monotonic()
        self._left = min(max(self.per_second, 1.0), self._left + (now - self._filled_at) * self.per_second)
        self._filled_at = now
        if self._left >= 1:
            self._left -= 1
            return None
        self.refused += 1
        options = {} if self.retry_after is None else {"retry_after": self.retry_after}
        return Fault(method, path, self.throttling, 1, options)
