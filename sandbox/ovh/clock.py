"""OVH's clock: the real time, which can be moved forward, or be put apart from ours."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock with two kinds of offset.

    `advance` lets time pass at OVH only: timers there expire, and `/auth/time` shows it. `put` changes only what is
    read from the clock afterwards: dates, `/auth/time`, and the apparent age of a signature.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._put: list[tuple[float, float]] = []  # (since, ahead): seconds ahead of ours since then

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def put(self, ahead: float) -> None:
        """Put the clock `ahead` seconds ahead of ours, or behind; dates written earlier stay as they are."""
        self._put.append((self.seconds(), ahead))

    def apart(self) -> float:
        """Return how many seconds the clock is ahead of ours now, by `put`."""
        return self._apart(self.seconds())

    def as_ovh_says(self, at: datetime) -> datetime:
        """Return what this clock showed at a moment."""
        return after(at, self._apart(at.timestamp()))

    def text(self, at: datetime) -> str:
        """Format a moment as OVH wrote it at the time."""
        return text(self.as_ovh_says(at))

    def moment(self, written: str) -> datetime:
        """Return the true moment at which this clock will show a written one."""
        return after(datetime.fromisoformat(written), -self.apart())

    def _apart(self, at: float) -> float:
        return next((ahead for since, ahead in reversed(self._put) if since <= at), 0.0)


def text(at: datetime) -> str:
    """Format a moment as OVH writes it: with an offset."""
    return at.isoformat(timespec="seconds")


def after(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)


def moment(written: str | None) -> datetime | None:
    """Return the moment in a query; None if there is none."""
    return datetime.fromisoformat(written) if written else None
