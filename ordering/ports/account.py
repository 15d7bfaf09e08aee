"""Port for what the comparison after a restore reads from the registrar's account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.recovery import AccountOrders, MarkersLeft
from ordering.ports.sales_orders import Known


class Account(Protocol):
    """OVH's account. Every method may raise `RegistrarUnavailable` and `RegistrarRefused`."""

    def clock_ahead(self) -> timedelta:
        """Read OVH's clock and return how far it is ahead of ours."""

    def account_orders(self, since: datetime, *, known: Known) -> AccountOrders:
        """Return the newest sales orders since then that no cart owns.

        They may be made by any person or program. `known` returns which of these orders belong to a cart. An order that
        OVH does not show is no error, as it may never show it.
        """

    def markers_left(self, *, urgent: bool) -> MarkersLeft:
        """Return the markers that money calls left at OVH. A cart that may not be read is no error.

        Costs one call for each cart that is new to this process. Calls that are not `urgent` have the lowest priority.
        """
