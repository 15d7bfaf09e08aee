"""Orders of the account that no cart of this bot made: a colleague's on OVH's site, a script's, another bot's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.cart import Cart
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.sales_order import OrderStatus

WATCHED_FOR = timedelta(days=35)  # longer than an unpaid order lives, and than a registry's checks take
LINES_SHOW_WITHIN = timedelta(hours=1)
_OVER = {OrderStatus.CANCELLING, OrderStatus.CANCELLED, OrderStatus.DELIVERED}


@dataclass(frozen=True, slots=True)
class ForeignOrder:
    """An order made elsewhere, as OVH showed it at the last read.

    `names` are the names that its lines register or transfer, as A-labels. `whole`: its lines add up to its total, or
    some lines show and it is an hour old. `total` is None if OVH lists the order and does not show it. All times are by
    OVH's clock; `seen_at` is the first read, `read_at` the last.
    """

    number: OrderId
    names: frozenset[str]
    total: Money | None  # with tax
    made_at: datetime
    status: OrderStatus
    seen_at: datetime
    read_at: datetime
    whole: bool

    @property
    def is_read(self) -> bool:
        """Whether its lines need no further read."""
        return self.whole or self.read_at - self.made_at >= LINES_SHOW_WITHIN

    @property
    def is_over(self) -> bool:
        """Whether it can no longer lead to a second registration. A delivered name shows in the account."""
        return self.status in _OVER

    def shares(self, names: Collection[str]) -> bool:
        return not self.names.isdisjoint(names)

    def may_hold(self, cart: Cart) -> bool:
        """Return whether an order with incomplete lines costs enough to contain a name of this cart."""
        if self.total is None:
            return True
        prices = [line.price for line in cart.lines]
        if any(price.currency != self.total.currency for price in prices):
            return True
        return self.total.minor >= min(price.minor for price in prices)
