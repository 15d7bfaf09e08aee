"""Presence: each bot keeps an empty cart at OVH with an exact description. Any other such cart is another bot's."""

from __future__ import annotations

from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Store


class Presence:
    """Announces this bot to others on the same account, and finds them."""

    def __init__(self, store: Store, registrar: MarkerCarts) -> None:
        self._store = store
        self._registrar = registrar

    def find_others(self) -> frozenset[str]:
        """Return the carts by which other bots announce themselves; renew this bot's own if it has expired.

        A cart of this bot that its database does not know counts as another's: the database went back in time then.
        """
        seen = self._registrar.presences()
        if not seen & self._own():
            made = self._registrar.show_presence()
            with self._store.begin() as carts:
                carts.add_presence(made)
        return seen - self._own()  # read again: another process of this bot may have made one in the meantime

    def _own(self) -> frozenset[str]:
        with self._store.read() as carts:
            return carts.presences()
