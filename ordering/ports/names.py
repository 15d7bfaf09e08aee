"""Port for extensions, prices and the availability of names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import Availability, Effort


class Names(Protocol):
    """Availability and prices of names.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def extensions(self) -> tuple[str, ...]:
        """Return the extensions that OVH promotes, most promoted first, without a dot."""

    def every_extension(self) -> tuple[str, ...]:
        """Return all extensions that OVH sells here, without a dot."""

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        """Return known first-year prices without tax by extension: to rank by, never to order by.

        With `at_once`, return what is known without waiting for OVH.
        """

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        """Look each name up and yield answers as they arrive; a name that fails is one answer, never an error.

        With `recent`, cached answers of the last minutes are used: for display, never to order by. Searches take turns;
        an `urgent` lookup, for a user about to buy, goes before them.
        """

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        """Estimate the cost of looking all of these up with `recent`."""

    def owned(self) -> frozenset[DomainName]:
        """Return the names that the account owns, at most a minute old."""
