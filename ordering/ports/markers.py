"""Empty carts at OVH that say something about this desk."""

from __future__ import annotations

from typing import Protocol


class MarkerCarts(Protocol):
    """Empty carts by which this desk marks its money calls and shows itself.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def presences(self) -> frozenset[str]:
        """Carts by which desks show themselves on this account, this one's among them."""

    def show_presence(self) -> str:
        """Make such a cart for this desk, and return its id."""

    def leave_marker(self, subject: str) -> str:
        """Leave a marker about a subject in the account, and return its id there."""

    def markers(self, subject: str) -> frozenset[str]:
        """Ids of all markers of this desk about a subject."""
