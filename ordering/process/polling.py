"""How often an unchanged cart is polled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_PATIENT_FACTOR = 5  # a multiple of the quickest pause


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """The pauses between two polls: a tenth of the time already waited, within these bounds."""

    quickest: timedelta = timedelta(seconds=2)
    slowest: timedelta = timedelta(minutes=5)

    def after(self, waited: timedelta) -> timedelta:
        """Return the pause for a cart whose change OVH or the bot still owes."""
        return max(self.quickest, min(waited / 10, self.slowest))

    def patient_after(self, waited: timedelta) -> timedelta:
        """Return the pause for a cart that may wait days for a person, so that it does not use up the rate limit."""
        return max(self.quickest * _PATIENT_FACTOR, self.after(waited))
