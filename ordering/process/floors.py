"""How long silence proves nothing of a call that buys or pays. Floors are measured by OVH's clock alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.ports.registrar import Registrar

# After a checkout, its order surely shows by then, with its names. After its money went, an order shows its payment.
UNTIL_ALL_SHOWS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floors:
    """`ended` counts from the end of a call, or from the DELETE of a cart: OVH may show that late what was done.

    `unknown` counts from the sending where no end is on record, for the sender may sleep. `delete_is_proof`: OVH is
    known to refuse the DELETE of a cart that was ordered.
    """

    ended: timedelta = timedelta(minutes=15)
    unknown: timedelta = timedelta(days=1)
    delete_is_proof: bool = False


def is_over(registrar: Registrar, ended_at: datetime, floor: timedelta) -> bool:
    """Return whether a floor is over that began at `ended_at` by OVH's clock, which is read now.

    Raises `RegistrarError` where OVH does not tell its time.
    """
    return registrar.time() - ended_at >= floor
