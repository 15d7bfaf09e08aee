"""Port for what the comparison after a restore reads from the registrar's account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.recovery import AccountOrder, Marker


class Account(Protocol):
    """OVH's account. Every method may raise `RegistrarUnavailable` and `RegistrarRefused`."""

    def clock_ahead(self) -> timedelta:
        """Read OVH's clock and return how far it is ahead of ours."""

    def account_orders(
        self, since: datetime, *, known: Callable[[Collection[int]], frozenset[int]]
    ) -> tuple[Sequence[AccountOrder], int]:
        """Return the newest sales orders since then that no cart owns, and how many more there are.

        They may be made by any person or program. `known` returns which of these orders belong to a cart.
        """

    def markers_left(self, *, urgent: bool) -> tuple[Sequence[Marker], int]:
        """Return the markers that money calls of this bot left at OVH, and how many belong to other bots.

        Costs one call for each cart that is new to this process. Calls that are not `urgent` have the lowest priority.
        """
