"""A cache with expiry that threads share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most `size` values, each until `fresh` seconds after it was stored. The least recently used go first.

    Thread-safe. `clock` counts seconds.
    """

    def __init__(self, *, size: int, fresh: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._guard = threading.Lock()  # for reads as well: they reorder the values
        self._values: TTLCache[K, V, float] = TTLCache(size, fresh, clock)

    def get(self, key: K) -> V | None:
        """Return the value; None if there is none, or it expired."""
        with self._guard:
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        with self._guard:
            self._values[key] = value

    def drop(self, keys: Iterable[K]) -> None:
        with self._guard:
            for key in keys:
                self._values.pop(key, None)

    def get_or_read(self, key: K, read: Callable[[], V]) -> V:
        """Return the value, read and stored if necessary. Its errors are not stored; threads may read in parallel."""
        known = self.get(key)
        if known is None:
            known = read()
            self.put(key, known)
        return known
