"""A TTL cache of lookup answers: a repeated search costs no call."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability, Verdict

_FRESH = 300.0  # seconds; short, as a name can be registered by others at any moment
_MOST = 20_000  # names


class AvailabilityCache:
    """Cached answers by name, each until it expires. Thread-safe. UNKNOWN verdicts are never stored."""

    def __init__(self, *, fresh: float = _FRESH, clock: Callable[[], float] = time.monotonic) -> None:
        self._fresh = fresh
        self._clock = clock
        self._guard = threading.Lock()
        self._known: OrderedDict[DomainName, tuple[float, Availability]] = OrderedDict()

    def get(self, name: DomainName) -> Availability | None:
        with self._guard:
            read_at, answer = self._known.get(name, (float("-inf"), None))
        return answer if self._clock() - read_at < self._fresh else None

    def keep(self, answer: Availability) -> None:
        with self._guard:
            self._known.pop(answer.domain, None)
            if answer.verdict is Verdict.UNKNOWN:
                return
            self._known[answer.domain] = (self._clock(), answer)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)

    def forget(self, names: Iterable[DomainName]) -> None:
        """Drop names that are about to change: a name that the bot orders is no longer free."""
        with self._guard:
            for name in names:
                self._known.pop(name, None)
