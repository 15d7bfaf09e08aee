"""How long silence proves nothing of a payment. Floors are measured by OVH's clock alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.sales_order import Payment


@dataclass(frozen=True, slots=True)
class Floors:
    """The least time before an order can be paid again whose payment does not show.

    `ended` counts from the end of the call: a proxy may hold it for minutes, and OVH may show it late. `unknown` counts
    from the sending where no end is on record, for the sender may sleep. It also counts from the end where a
    transaction may be the payment, and as the time until a person is asked again.
    """

    ended: timedelta = timedelta(minutes=15)
    unknown: timedelta = timedelta(days=1)

    def end_for(self, payment: Payment, sent_at: datetime, *, unexplained: bool = False) -> datetime:
        """Return the end of the floor by OVH's clock; `sent_at` is by that clock as well.

        `unexplained`: a transaction took the amount, and belongs to no other order.
        """
        if payment.ended_at_ovh is None:
            return sent_at + self.unknown
        return payment.ended_at_ovh + (self.unknown if unexplained else self.ended)
