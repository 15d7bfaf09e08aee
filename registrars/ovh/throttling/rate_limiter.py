"""An adaptive rate limiter for OVH: a rate, a burst, and less of both after a throttle response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_HEADROOM = 0.96  # fraction of the rate that is used
_LATE = 0.03  # seconds' worth of calls, at least one, that the burst keeps back: late calls arrive with the next ones
_SLOWEST = 0.2  # calls a second, or a tenth of the full rate if that is less
_RECOVERY = 1.25  # growth of the rate per second, up to
_BELOW = 0.9  # this fraction of the rate that OVH throttled last, and above that
_CREEP = 0.0003  # this growth per second, for each second without throttling
_LONGEST_PAUSE = 60.0  # seconds; after that a call is tried, whatever OVH said
_NOTHING = 1e-9  # of a call: a rounding error, not a wait


class AdaptiveTokenBucket:
    """A token bucket of `burst` calls, filled at `per_second`. Times are seconds of one monotonic clock.

    After a throttle response both shrink by half. They grow back fast to just below the throttled rate, then slowly,
    as the limit is unpublished and can only be found by trying.
    """

    def __init__(self, *, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second * _HEADROOM
        self._burst = max(burst - max(1.0, per_second * _LATE), 1.0)
        self._tokens = self._burst
        self._filled_at = self._grown_at = self._throttled_at = now
        self._paused_until = float("-inf")
        self._share = self._known_good = 1.0

    @property
    def rate(self) -> float:
        """The calls a second that are allowed now."""
        return self._per_second * self._share

    def listen(self, news: Callable[[], None]) -> None:
        """No-op: a local bucket never notifies."""

    def close(self) -> None:
        """No-op: it holds no resource."""

    def wait(self, now: float, *, wanted: int = 1) -> float | None:
        """Return the seconds until one of `wanted` calls may go, 0 if it may go now.

        None means: not before a notification.
        """
        del wanted  # a local bucket needs no hint
        self._fill(now)
        missing = 1 - self._tokens
        return max(self._paused_until - now, missing / self.rate if missing > _NOTHING else 0.0, 0.0)

    def spend(self) -> None:
        self._tokens -= 1

    def refund(self) -> None:
        """Return the token of a call that was not made."""
        self._tokens += 1

    def seconds_for(self, calls: int, now: float) -> float:
        """Return how long so many calls take at the present rate."""
        self._fill(now)
        return max(self._paused_until - now, 0.0) + max(calls - self._tokens, 0.0) / self.rate

    def on_throttled(self, now: float, seconds: float | None = None) -> None:
        """Handle a throttle response: drop the saved burst, pause as long as OVH said, then halve the rate.

        Concurrent calls are throttled together, so only the first response halves it.
        """
        if now >= self._paused_until:
            self._known_good = self._share * _BELOW
            self._share = max(self._share / 2, min(0.1, _SLOWEST / self._per_second))
            self._throttled_at = self._grown_at = now
        self._tokens = min(self._tokens, 0.0)
        self._filled_at = now
        self._paused_until = max(self._paused_until, now + min(seconds or 1.0, _LONGEST_PAUSE))

    def on_success(self, now: float) -> None:
        """Handle a success: raise the rate by the time that has passed."""
        passed = max(now - self._grown_at, 0.0)
        if self._share < self._known_good:
            self._share = min(self._share * _RECOVERY**passed, self._known_good)
        else:
            self._share = min(self._share * (1 + _CREEP * (now - self._throttled_at)) ** passed, 1.0)
        self._grown_at = now

    def state(self) -> dict[str, Any]:
        """Return the whole state, in JSON types."""
        moments = [self._filled_at, self._grown_at, self._throttled_at, max(self._paused_until, 0.0)]
        return {"tokens": self._tokens, "share": self._share, "known_good": self._known_good, "moments": moments}

    def restore(self, state: Mapping[str, Any], *, later: float = 0.0) -> None:
        """Restore another limiter's state; `later` is how far this one's clock is ahead of that one's."""
        self._tokens, self._share, self._known_good = state["tokens"], state["share"], state["known_good"]
        moments = [moment + later for moment in state["moments"]]
        self._filled_at, self._grown_at, self._throttled_at, self._paused_until = moments

    def _fill(self, now: float) -> None:
        room = max(self._burst * self._share, 1.0)
        self._tokens = min(room, self._tokens + max(now - self._filled_at, 0.0) * self.rate)
        self._filled_at = now
