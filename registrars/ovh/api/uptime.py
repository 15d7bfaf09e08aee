"""The clock for durations inside one process."""

from __future__ import annotations

import time


def uptime() -> float:
    """Return seconds of a steady clock that nobody sets, and that on Linux goes on while the machine is suspended."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
