"""An adaptive rate limiter for OVH: a rate, a burst, and less of both after a throttle response."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

_SLOWEST = 0.2  # calls a second, or a tenth of the full rate if that is less
_RECOVERY = 1.05  # each success raises the rate by a twentieth, up to the known sustainable rate
_CREEP = 0.0003  # above that: growth of the rate per second, for each second without throttling
_LONGEST_PAUSE = 60.0  # seconds; after that a call is tried, whatever OVH said
_REMEMBERED = 10.0  # seconds; window used to estimate OVH's sustainable rate
_SAMPLES = 200  # maximum number of successes in that window
_CAUTION = 0.95  # fraction of the estimated rate
_HEADROOM = 0.96  # fraction of the rate; an empty bucket also falls a few calls behind
_BEHIND = 0.03  # seconds' worth of calls, at least one: a slow call may arrive together with the next one
_NOTHING = 1e-9  # of a call: a rounding error, not a wait


class AdaptiveTokenBucket:
    """A token bucket of `burst` calls, filled at `per_second`. Times are seconds of one monotonic clock.

    After a throttle response both shrink by half. They grow back fast up to OVH's recent rate, then slowly, as the
    limit is unpublished and can only be found by trying.
    """

    def __init__(self, *, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second * _HEADROOM
        self._burst = burst
        self._tokens = float(burst)
        self._is_behind = False
        self._filled_at = self._grown_at = self._throttled_at = now
        self._paused_until = float("-inf")
        self._share = self._known_good = 1.0
        self._good: deque[float] = deque(maxlen=_SAMPLES)

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
        if missing > _NOTHING and not self._is_behind:
            self._is_behind = True
            missing += self._lag
            self._tokens -= self._lag
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

        Or use OVH's recent rate, if that is higher. Concurrent calls are throttled together, so only the first response
        counts.
        """
        if now >= self._paused_until:
            accepted = _CAUTION * self._recent_rate(now) / self._per_second
            self._known_good = min(self._share * _CAUTION, accepted or self._share)
            self._share = max(self._share / 2, self._known_good if accepted else 0.0, self._least)
            self._throttled_at = now
        self._tokens = min(self._tokens, 0.0)
        self._filled_at = now
        self._paused_until = max(self._paused_until, now + min(seconds or 1.0, _LONGEST_PAUSE))

    def on_success(self, now: float) -> None:
        """Handle a success: raise the rate step by step."""
        self._good.append(now)
        self._recent_rate(now)
        grown = self._share * _RECOVERY
        if grown > self._known_good:
            quiet = now - self._throttled_at
            grown = max(self._share, self._known_good) * (1 + _CREEP * quiet) ** (now - self._grown_at)
        self._share = min(1.0, grown)
        self._grown_at = now

    def state(self) -> dict[str, Any]:
        """Return the whole state, in JSON types."""
        return {
            "tokens": self._tokens, "is_behind": self._is_behind, "share": self._share, "known_good": self._known_good,
            "moments": [self._filled_at, self._grown_at, self._throttled_at, max(self._paused_until, 0.0)],
            "good": list(self._good),
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any], *, later: float = 0.0) -> None:
        """Restore another limiter's state; `later` is how far this one's clock is ahead of that one's."""
        self._tokens, self._is_behind = state["tokens"], state["is_behind"]
        self._share, self._known_good = state["share"], state["known_good"]
        moments = [moment + later for moment in state["moments"]]
        self._filled_at, self._grown_at, self._throttled_at, self._paused_until = moments
        self._good = deque((moment + later for moment in state["good"]), maxlen=_SAMPLES)

    @property
    def _least(self) -> float:
        return min(0.1, _SLOWEST / self._per_second)

    @property
    def _lag(self) -> float:
        return max(1.0, self.rate * _BEHIND)

    def _recent_rate(self, now: float) -> float:
        """Return the calls a second that OVH accepted within the window."""
        while self._good and self._good[0] < now - _REMEMBERED:
            self._good.popleft()
        if not self._good:
            return 0.0
        shortest = 0.01 if len(self._good) == _SAMPLES else 1.0
        return len(self._good) / max(shortest, now - self._good[0])

    def _fill(self, now: float) -> None:
        room = max(self._burst * self._share, 1.0)
        self._tokens = min(room, self._tokens + max(now - self._filled_at, 0.0) * self.rate)
        self._filled_at = now
        if self._tokens >= room > 1 + self._lag:
            self._is_behind = False
