"""The newest events that this process saw committed: independent evidence if the database goes back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial

from ordering.model.recovery import Stamp


class NewestHead:
    """Holds the stamps of the newest commits. Thread-safe.

    A later event replaces an earlier one only if the transaction that appended it found the earlier one in place.
    Otherwise new events would hide that older ones are gone. So there is one stamp, more after a loss, or while threads
    commit at the same time.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stamps: tuple[Stamp, ...] = ()

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        with self._guard:
            return self._stamps

    def found(self, appended: Stamp, holds: Callable[[Stamp], bool]) -> frozenset[Stamp]:
        """Return the stamps that an appended event may replace: those before a recover mode, and those in place.

        Call this in the transaction of that event, once no other process can append; `holds` looks an event up.
        """
        return frozenset(
            seen
            for seen in self.stamps
            if seen.epoch < appended.epoch or not seen.is_gone(appended, partial(holds, seen))
        )

    def committed(self, appended: Stamp, found: Collection[Stamp]) -> None:
        """Store a stamp in place of those that `found` returned; call this only after the database answered COMMIT."""
        with self._guard:
            self._stamps = (*(seen for seen in self._stamps if seen not in found), appended)
