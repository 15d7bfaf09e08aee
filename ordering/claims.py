"""Which process works on which cart: claims with a lease, so that another takes over what a dead one left.

They spare two processes the same work, and people the same message twice. That nothing is ordered or paid twice does
not rest on them: each step's intent is saved by compare-and-set, whoever takes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from ordering.ports import Errand, Store

LEASE = timedelta(seconds=20)


class Claims:
    """One process's claims. The lease is compared between clocks, so let those of all machines be set right."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self.lease = lease

    def take(self, errand: Errand, cart_ids: Collection[int]) -> list[int]:
        """Claim those of these carts that nobody works on; returns their numbers, longest waiting first."""
        if not cart_ids:
            return []
        now = self._clock()
        with self._store.begin() as carts:
            taken = carts.claim(errand, cart_ids, holder=self._holder, now=now, until=now + self.lease)
        return [cart_id for cart_id in cart_ids if cart_id in taken]

    def keep(self, errand: Errand, cart_ids: Collection[int]) -> None:
        """Renew the lease of carts that are still worked on."""
        if cart_ids:
            with self._store.begin() as carts:
                carts.keep(errand, cart_ids, holder=self._holder, until=self._clock() + self.lease)

    def give_back(self, errand: Errand, cart_id: int) -> None:
        """The work is done, or left for whoever comes first."""
        with self._store.begin() as carts:
            carts.give_back(errand, cart_id, holder=self._holder)

    def forget_all(self) -> None:
        """Where one process works alone, whatever is claimed when it starts was claimed by a dead one."""
        with self._store.begin() as carts:
            carts.forget_claims()
