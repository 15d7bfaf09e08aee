"""The empty cart at OVH by which this bot announces itself to others on the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PresenceCall:
    """A call that makes such a cart and whose answer is not on record yet; `started_at` is by OVH's clock.

    `expires_at` is the expiry that the call asks for. It is partly random, so the cart is recognized by it.
    """

    started_at: datetime
    expires_at: datetime
    id: int = 0
