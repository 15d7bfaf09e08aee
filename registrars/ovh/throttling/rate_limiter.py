"""How many calls OVH may get: a pace, what may be saved up, and less of both once OVH complains."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

_SLOWEST = 0.2  # calls a second, or a tenth of the full pace where that is less
_RECOVERY = 1.05  # each good answer brings the pace a twentieth back, up to what OVH is known to take
_CREEP = 0.0003  # beyond that: of the pace, a second, for each second without a complaint
_LONGEST_PAUSE = 60.0  # seconds; then it is worth a look, whatever OVH said
_REMEMBERED = 10.0  # seconds of good answers tell what OVH takes
_SAMPLES = 200  # of them at the most
_CAUTION = 0.95  # of what it was seen to take
_HEADROOM = 0.96  # of the pace, and once the bucket ran dry a few calls behind it: a call may take longer
_BEHIND = 0.03  # seconds' worth of calls, one at least, than the one after it, and then both arrive together
_NOTHING = 1e-9  # of a call: rounding, not waiting


class Budget:
    """A token bucket of `burst` calls, filled with `per_second`. Moments are seconds of one steady clock.

    After a complaint both shrink by half, and grow back: fast up to what OVH took lately, then slowly, since a
    limit that nobody publishes can only be felt.
    """

    def __init__(self, *, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second * _HEADROOM
        self._burst = burst
        self._tokens = float(burst)
        self._is_behind = False
        self._filled_at = self._grown_at = self._complained_at = now
        self._paused_until = float("-inf")
        self._share = self._known_good = 1.0
        self._good: deque[float] = deque(maxlen=_SAMPLES)

    @property
    def pace(self) -> float:
        """Calls a second that are allowed just now."""
        return self._per_second * self._share

    def listen(self, news: Callable[[], None]) -> None:
        """It has no news: what it says stands until it is asked again."""

    def close(self) -> None:
        """It holds nothing."""

    def wait(self, now: float, *, wanted: int = 1) -> float | None:
        """Seconds until one of `wanted` calls may go, 0 where it may now; None: not before there is news."""
        del wanted  # all that is there is here
        self._fill(now)
        missing = 1 - self._tokens
        if missing > _NOTHING and not self._is_behind:
            self._is_behind = True
            missing += self._lag
            self._tokens -= self._lag
        return max(self._paused_until - now, missing / self.pace if missing > _NOTHING else 0.0, 0.0)

    def spend(self) -> None:
        self._tokens -= 1

    def refund(self) -> None:
        """A call did not go after all."""
        self._tokens += 1

    def seconds_for(self, calls: int, now: float) -> float:
        """How long so many calls take at the present pace."""
        self._fill(now)
        return max(self._paused_until - now, 0.0) + max(calls - self._tokens, 0.0) / self.pace

    def complained(self, now: float, seconds: float | None = None) -> None:
        """OVH was asked too fast: drop what was saved up, pause for as long as it said, then go at half the pace.

        Or at what OVH took lately, where that is more. Calls that were under way together complain together, so only
        the first of them counts.
        """
        if now >= self._paused_until:
            taken = _CAUTION * self._lately(now) / self._per_second
            self._known_good = min(self._share * _CAUTION, taken or self._share)
            self._share = max(self._share / 2, self._known_good if taken else 0.0, self._least)
            self._complained_at = now
        self._tokens = min(self._tokens, 0.0)
        self._filled_at = now
        self._paused_until = max(self._paused_until, now + min(seconds or 1.0, _LONGEST_PAUSE))

    def answered(self, now: float) -> None:
        """OVH took a call: come back step by step."""
        self._good.append(now)
        self._lately(now)
        grown = self._share * _RECOVERY
        if grown > self._known_good:
            quiet = now - self._complained_at
            grown = max(self._share, self._known_good) * (1 + _CREEP * quiet) ** (now - self._grown_at)
        self._share = min(1.0, grown)
        self._grown_at = now

    def state(self) -> dict[str, Any]:
        """All that it knows, in JSON's types."""
        return {
            "tokens": self._tokens, "is_behind": self._is_behind, "share": self._share, "known_good": self._known_good,
            "moments": [self._filled_at, self._grown_at, self._complained_at, max(self._paused_until, 0.0)],
            "good": list(self._good),
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any], *, later: float = 0.0) -> None:
        """Go on with what another budget knew; `later` is by how much this one's clock is ahead of that one's."""
        self._tokens, self._is_behind = state["tokens"], state["is_behind"]
        self._share, self._known_good = state["share"], state["known_good"]
        moments = [moment + later for moment in state["moments"]]
        self._filled_at, self._grown_at, self._complained_at, self._paused_until = moments
        self._good = deque((moment + later for moment in state["good"]), maxlen=_SAMPLES)

    @property
    def _least(self) -> float:
        return min(0.1, _SLOWEST / self._per_second)

    @property
    def _lag(self) -> float:
        return max(1.0, self.pace * _BEHIND)

    def _lately(self, now: float) -> float:
        """Calls a second that OVH took in the last seconds."""
        while self._good and self._good[0] < now - _REMEMBERED:
            self._good.popleft()
        if not self._good:
            return 0.0
        shortest = 0.01 if len(self._good) == _SAMPLES else 1.0
        return len(self._good) / max(shortest, now - self._good[0])

    def _fill(self, now: float) -> None:
        room = max(self._burst * self._share, 1.0)
        self._tokens = min(room, self._tokens + max(now - self._filled_at, 0.0) * self.pace)
        self._filled_at = now
        if self._tokens >= room > 1 + self._lag:
            self._is_behind = False
