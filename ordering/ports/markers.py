"""Port for the empty carts at OVH that mark money calls or announce this bot."""

from __future__ import annotations

from typing import Protocol


class MarkerCarts(Protocol):
    """Empty carts by which this bot marks its money calls and announces itself.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def presences(self) -> frozenset[str]:
        """Return the carts by which bots announce themselves on this account, including this bot's."""

    def show_presence(self) -> str:
        """Create such a cart for this bot, and return its id."""

    def leave_marker(self, subject: str) -> str:
        """Leave a marker about a subject in the account, and return its id there."""

    def markers(self, subject: str) -> frozenset[str]:
        """Return the ids of all markers of this bot about a subject."""
