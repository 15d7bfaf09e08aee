"""OVH's clock: the real one, which can be moved forward, and be apart from ours where it is told to be."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """`advance` lets time pass at OVH alone: what waits for time goes on, and `/auth/time` tells it.

    `put` moves nothing but what is read off it from then on: dates, `/auth/time`, how old a signature seems.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._put: list[tuple[float, float]] = []  # since when, and by how many seconds it is ahead of ours

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def put(self, ahead: float) -> None:
        """Show so many seconds more than our clock does, or fewer; what was written before stays as it was written."""
        self._put.append((self.seconds(), ahead))

    def apart(self) -> float:
        """By how many seconds it is ahead of ours now, as `put` left it."""
        return self._apart(self.seconds())

    def shown(self, at: datetime) -> datetime:
        """What this clock showed at a moment."""
        return after(at, self._apart(at.timestamp()))

    def text(self, at: datetime) -> str:
        """A moment as OVH wrote it down then."""
        return text(self.shown(at))

    def moment(self, written: str) -> datetime:
        """When this clock will show what somebody wrote."""
        return after(datetime.fromisoformat(written), -self.apart())

    def _apart(self, at: float) -> float:
        return next((ahead for since, ahead in reversed(self._put) if since <= at), 0.0)


def text(at: datetime) -> str:
    """A moment as OVH writes it: with an offset."""
    return at.isoformat(timespec="seconds")


def after(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)


def moment(written: str | None) -> datetime | None:
    """Return the moment that a query names; None where it names none."""
    return datetime.fromisoformat(written) if written else None
