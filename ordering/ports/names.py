"""What can be bought: extensions, prices, and whether a name is free."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import Availability, Effort


class Names(Protocol):
    """Which names there are, and what they cost.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def extensions(self) -> tuple[str, ...]:
        """Extensions that OVH promotes, most promoted first, without a dot."""

    def every_extension(self) -> tuple[str, ...]:
        """All extensions that OVH sells here, without a dot."""

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        """First-year prices without tax by extension, as far as known: to rank by, never to order by.

        With `at_once`, nobody waits for OVH to tell them.
        """

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        """Ask for each name and yield answers as they come; a name that fails is one answer, never an error.

        With `recent`, what OVH said in the last minutes will do: to look at, never to order by. Searches take turns;
        what is `urgent`, for somebody is about to buy it, goes before them.
        """

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        """What it takes to look all of these up, with `recent`."""

    def owned(self) -> frozenset[DomainName]:
        """The names that the account has already, as it was a minute ago at the most."""
