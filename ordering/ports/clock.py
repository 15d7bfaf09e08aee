"""Port for OVH's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class RegistrarClock(Protocol):
    """OVH's clock, which dates OVH's data.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def clock_ahead(self) -> timedelta:
        """Return how far OVH's clock, which dates its data, is ahead of ours now."""

    def time(self) -> datetime:
        """Read and return OVH's time.

        Waiting times that began at an OVH time are compared with nothing else.
        """

    def known_clock_ahead(self) -> timedelta | None:
        """Return how far OVH's clock was ahead at the last read; None if it was never read. Makes no call."""
