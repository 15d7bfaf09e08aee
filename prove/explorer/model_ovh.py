"""What both models have outside the bot: senders, the network, and the payments of one order at OVH.

Time runs in ticks of five minutes; a day is shortened, because only the order of the lengths matters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

LATEST = 2  # ticks after which a payment shows at OVH at the latest
HELD = 1  # ticks that a network may hold a call
FLOOR = 4  # ticks from the end of the call: longer than the longest delay in the network and at OVH together
DAY = 10  # ticks from the sending, if the call has no recorded end
CONNECTION = 6  # ticks after which an idle connection is closed at the latest
SLEEPS = (1, FLOOR + 1, DAY + 2)  # ticks; the last one is longer than the longest floor


@dataclass(frozen=True, slots=True)
class Call:
    """A sender between its intent and the wire."""

    attempt: int
    opened_at: int
    writes_at: int


@dataclass(frozen=True, slots=True)
class Outside:
    """The senders, the network, and the truth at OVH; `made` are attempts in truth."""

    now: int = 0
    calls: tuple[Call, ...] = ()
    arriving: tuple[tuple[int, int], ...] = ()  # calls in the network: when each arrives, and how late it shows
    taken: tuple[int, ...] = ()  # when each payment shows
    made: int = 0

    @property
    def is_paid_twice(self) -> bool:
        return len(self.taken) > 1

    @property
    def shows(self) -> bool:
        return any(at <= self.now for at in self.taken)

    @property
    def ready_call(self) -> Call | None:
        """The sender that writes now."""
        return next((call for call in self.calls if call.writes_at <= self.now), None)

    @property
    def has_arrival(self) -> bool:
        """Whether a call that the network held arrives now."""
        return bool(self.arriving) and self.arriving[0][0] <= self.now

    def without(self, call: Call) -> Self:
        return replace(self, calls=tuple(each for each in self.calls if each is not call))

    def arrived(self) -> Self:
        """Return the state after the next held call arrived."""
        (_, late), *others = self.arriving
        return replace(self, arriving=tuple(others)).accepting(late)

    def held(self, late: int) -> Self:
        """Return the state in which the network holds a call, whose payment then shows so late."""
        return replace(self, arriving=(*self.arriving, (self.now + HELD, late)))

    def accepting(self, late: int) -> Self:
        """Return the state after OVH accepted a payment: it does as long as the order shows none."""
        return self if self.shows else replace(self, taken=(*self.taken, self.now + late))
