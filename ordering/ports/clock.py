"""OVH's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class RegistrarClock(Protocol):
    """OVH's clock, by which it dates what it shows.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def clock_ahead(self) -> timedelta:
        """By how much OVH's clock, by which it dates what it shows, is ahead of ours at this moment."""

    def time(self) -> datetime:
        """Return OVH's time, read afresh. What must have passed since an OVH time is compared with nothing else."""

    def known_clock_ahead(self) -> timedelta | None:
        """By how much OVH's clock is ahead, as it was read last; None where it never was. Asks nobody."""
