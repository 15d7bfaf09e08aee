"""Port for what the comparison after a restore reads from the registrar's account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.recovery import AccountOrders, Marker


class Account(Protocol):
    """OVH's account. Every method may raise `RegistrarUnavailable` and `RegistrarRefused`."""

    def clock_ahead(self) -> timedelta:
        """Read OVH's clock and return how far it is ahead of ours."""

    def account_orders(self, since: datetime, *, known: Callable[[Collection[int]], frozenset[int]]) -> AccountOrders:
        """Return the newest sales orders since then that no cart owns.

        They may be made by any person or program. `known` returns which of these orders belong to a cart. An order that
        OVH does not show is no error, as it may never show it.
        """

    def markers_left(self, *, urgent: bool) -> tuple[Sequence[Marker], int]:
        """Return the markers that money calls of this bot left at OVH, and how many belong to other bots.

        Costs one call for each cart that is new to this process. Calls that are not `urgent` have the lowest priority.
        """
