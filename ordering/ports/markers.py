"""Port for the empty carts at OVH that mark money calls or announce this bot."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class MarkerCarts(Protocol):
    """Empty carts by which this bot marks its money calls and announces itself.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def presences(self) -> frozenset[str]:
        """Return the carts by which bots announce themselves on this account, including this bot's."""

    def show_presence(self, expires_at: datetime) -> str:
        """Create such a cart for this bot, with this expiry or an earlier one derived from it, and return its id."""

    def presence_is_of(self, cart: str, expires_at: datetime) -> bool:
        """Return whether such a cart was made by a call that asked for exactly this expiry, or for a derived one.

        False if OVH does not show that: it refuses to show the cart, or gave it another life.
        """

    def leave_marker(self, subject: str, started_at: datetime) -> str:
        """Leave the marker of the attempt that started at this time by OVH's clock, and return its id there."""

    def marker_is_of(self, marker: str, started_at: datetime) -> bool:
        """Return whether the attempt that started at this very second made a marker.

        False if OVH does not show that: it may have changed the marker's life, by which it is recognized, or the key
        may not read the marker.
        """

    def markers(self, subject: str) -> frozenset[str]:
        """Return the ids of all markers of this bot about a subject.

        With those that the key may not read, unless OVH ignores what was asked for and lists all carts.
        """
