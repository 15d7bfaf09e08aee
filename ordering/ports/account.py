"""What the comparison after a lost state reads from the registrar's account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.recovery import AccountOrder, Marker


class Account(Protocol):
    """OVH's account. Every method may raise `RegistrarUnavailable` and `RegistrarRefused`."""

    def clock_ahead(self) -> timedelta:
        """By how much OVH's clock is ahead of ours, read now."""

    def account_orders(
        self, since: datetime, *, known: Callable[[Collection[int]], frozenset[int]]
    ) -> tuple[Sequence[AccountOrder], int]:
        """The newest sales orders since then that no cart owns, made by anybody; and how many more there are.

        `known` tells which of these orders belong to a cart already.
        """

    def markers_left(self, *, urgent: bool) -> tuple[Sequence[Marker], int]:
        """The traces that money calls of this desk left there, and how many there are of other desks.

        One call for each cart that is new to this process; not `urgent` ones go after all others.
        """
