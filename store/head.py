"""The newest event that this process saw committed: independent evidence if the database goes back."""

from __future__ import annotations

import threading

from ordering.model.recovery import Stamp


class NewestHead:
    """Holds the newest committed stamp. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._newest: Stamp | None = None

    def committed(self, stamp: Stamp) -> None:
        """Store a stamp; call this only after the database answered COMMIT."""
        with self._guard:
            known = self._newest
            if known is None or (stamp.epoch, stamp.number) > (known.epoch, known.number):
                self._newest = stamp

    @property
    def newest(self) -> Stamp | None:
        with self._guard:
            return self._newest
