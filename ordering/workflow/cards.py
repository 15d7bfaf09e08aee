"""What rendering a card needs next to its cart."""

from __future__ import annotations

from ordering.model.ids import CartId
from ordering.model.recovery import Recovery, Stamp
from ordering.ports.store import Store


class Cards:
    """Reads the stamp for buttons, and has cards rendered again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rendering(self) -> tuple[Stamp, Recovery | None]:
        """Return the stamp for buttons that are rendered now, and recover mode if it is on."""
        with self._store.read() as carts:
            return carts.stamp(), carts.standing().recovery

    def show_again(self, cart_id: CartId) -> None:
        """Have a cart's messages rendered again after a click on an outdated one."""
        with self._store.begin() as carts:
            carts.show_again([cart_id])
