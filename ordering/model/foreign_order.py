"""Orders of the account that no cart of this desk made: a colleague's on OVH's site, a script's, another desk's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.cart import Cart
from ordering.model.money import Money
from ordering.model.sales_order import OrderStatus

WATCHED_FOR = timedelta(days=35)  # longer than an unpaid order lives, and than a registry's checks take
LINES_SHOW_WITHIN = timedelta(hours=1)
_OVER = {OrderStatus.CANCELLING, OrderStatus.CANCELLED, OrderStatus.DELIVERED}


@dataclass(frozen=True, slots=True)
class ForeignOrder:
    """What OVH showed of an order when it was read last.

    `names` are those that its lines register or transfer, as A-labels. `whole`: its lines add up to its total, or some
    show and it is an hour old. `total` is None where OVH lists the order and does not show it. All times are by OVH's
    clock; `seen_at` is when it was first read, `read_at` when last.
    """

    number: int
    names: frozenset[str]
    total: Money | None  # with tax
    made_at: datetime
    status: OrderStatus
    seen_at: datetime
    read_at: datetime
    whole: bool

    @property
    def is_read(self) -> bool:
        """Whether nothing more has to be read of its lines."""
        return self.whole or self.read_at - self.made_at >= LINES_SHOW_WITHIN

    @property
    def is_over(self) -> bool:
        """Whether it cannot lead to a second registration. A delivered name is seen in the account."""
        return self.status in _OVER

    def shares(self, names: Collection[str]) -> bool:
        return not self.names.isdisjoint(names)

    def may_hold(self, cart: Cart) -> bool:
        """Whether an order that does not show all its lines yet is dear enough for a name of this cart."""
        if self.total is None:
            return True
        prices = [line.price for line in cart.lines]
        if any(price.currency != self.total.currency for price in prices):
            return True
        return self.total.minor >= min(price.minor for price in prices)
