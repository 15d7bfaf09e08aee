"""Each desk keeps an empty cart at OVH with one exact description: any other one there is another desk's."""

from __future__ import annotations

from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Store


class Presence:
    """Shows this desk to others on the same account, and finds them."""

    def __init__(self, store: Store, registrar: MarkerCarts) -> None:
        self._store = store
        self._registrar = registrar

    def find_others(self) -> frozenset[str]:
        """Return the carts by which other desks show themselves; renew this desk's own where it has expired.

        A cart of this desk that its database does not know counts as another's: the database went back in time then.
        """
        seen = self._registrar.presences()
        if not seen & self._own():
            made = self._registrar.show_presence()
            with self._store.begin() as carts:
                carts.add_presence(made)
        return seen - self._own()  # read again: another process of this desk may have made one meanwhile

    def _own(self) -> frozenset[str]:
        with self._store.read() as carts:
            return carts.presences()
