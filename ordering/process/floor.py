"""How long OVH may take to show what a call did, and until when a silence of OVH therefore proves nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from ordering.ports.registrar import Registrar

FLOOR = timedelta(minutes=15)
# After a checkout, its order surely shows by then, with its names. After its money went, an order shows its payment.
UNTIL_ALL_SHOWS = timedelta(days=1)


def is_over(registrar: Registrar, ended_at: datetime, floor: timedelta) -> bool:
    """Return whether a floor is over that began at `ended_at` by OVH's clock, which is read now.

    Raises `RegistrarError` where OVH does not tell its time.
    """
    return registrar.time() - ended_at >= floor
