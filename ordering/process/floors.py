"""Floors: how long silence about a money call proves nothing. Measured by OVH's clock alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.sales_order import Payment
from ordering.ports.clock import RegistrarClock

# After a checkout, its order is certainly visible by then, with its names.
UNTIL_ALL_SHOWS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floors:
    """The minimum time before silence about a call counts as a no.

    `ended` counts from the end of a call, or from the DELETE of a cart: a proxy may hold a call for minutes, and OVH
    may show late what was done. `unknown` counts from the sending of a payment without a recorded end, as the sender
    may sleep. It also counts from the end if a transaction may be the payment, and is the time until a person is asked
    again. `delete_is_proof`: OVH is known to refuse the DELETE of a cart that was ordered.
    """

    ended: timedelta = timedelta(minutes=15)
    unknown: timedelta = timedelta(days=1)
    delete_is_proof: bool = False

    def end_for(self, payment: Payment, sent_at: datetime, *, unexplained: bool = False) -> datetime:
        """Return the end of the floor by OVH's clock; `sent_at` is by that clock as well.

        `unexplained`: a transaction took the amount, and belongs to no other order.
        """
        if payment.ended_at_ovh is None:
            return sent_at + self.unknown
        return payment.ended_at_ovh + (self.unknown if unexplained else self.ended)


def is_over(registrar: RegistrarClock, ended_at: datetime, floor: timedelta) -> bool:
    """Read OVH's clock and return whether a floor that began at `ended_at` is over.

    Raises `RegistrarError` if OVH does not return its time.
    """
    return registrar.time() - ended_at >= floor
