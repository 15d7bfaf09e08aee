"""The clock for durations within one process."""

from __future__ import annotations

import time


def uptime() -> float:
    """Return the seconds of a clock that is never set; on Linux it also counts while the machine is suspended."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
