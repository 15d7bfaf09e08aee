"""A cache of lookup answers: a repeated search costs no call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability, Verdict
from registrars.ovh.cache import Cache

_FRESH = 300.0  # seconds; short, as a name can be registered by others at any moment
_MOST = 20_000  # names


class AvailabilityCache:
    """Cached answers by name, each until it expires. Thread-safe. UNKNOWN verdicts are never stored."""

    def __init__(
        self, *, most: int = _MOST, fresh: float = _FRESH, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._known: Cache[DomainName, Availability] = Cache(size=most, fresh=fresh, clock=clock)

    def get(self, name: DomainName) -> Availability | None:
        return self._known.get(name)

    def keep(self, answer: Availability) -> None:
        if answer.verdict is Verdict.UNKNOWN:
            self._known.drop([answer.domain])
        else:
            self._known.put(answer.domain, answer)

    def forget(self, names: Iterable[DomainName]) -> None:
        """Drop names that are about to change: a name that the bot orders is no longer free."""
        self._known.drop(names)
