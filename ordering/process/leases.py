"""Leases on carts: which process works on which cart, so that another one takes over after a crash.

They save two processes the same work, and people duplicate messages. They are not what prevents double orders or
payments: every process saves a step's intent by compare-and-set.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.ids import CartId
from ordering.ports.store import HINDERING, Store, TaskType

LEASE = timedelta(seconds=20)


class Leases(Protocol):
    """The leases of one process on carts."""

    lease: timedelta

    def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
        """Lease those of these carts that no process works on; returns their numbers in the order given."""

    def renew(self, task_type: TaskType, cart_ids: Collection[CartId]) -> None:
        """Renew the lease of carts that are still worked on."""

    def release(self, task_type: TaskType, cart_id: CartId) -> None:
        """Release a cart when its work is done, or left for another process."""


class LocalLeases:
    """In-memory leases for a single-process deployment."""

    lease = LEASE

    def __init__(self) -> None:
        self._mine: set[tuple[TaskType, CartId]] = set()

    def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
        hindering = HINDERING[task_type]
        leased = [cart_id for cart_id in cart_ids if not any((other, cart_id) in self._mine for other in hindering)]
        self._mine.update((task_type, cart_id) for cart_id in leased)
        return leased

    def renew(self, task_type: TaskType, cart_ids: Collection[CartId]) -> None:
        """Do nothing: no other process could take the carts."""

    def release(self, task_type: TaskType, cart_id: CartId) -> None:
        self._mine.discard((task_type, cart_id))


class SharedLeases:
    """Leases of one process among several, stored in their shared database.

    The lease is compared across the machines' clocks, so keep these in sync.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime], lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self.lease = lease

    def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
        if not cart_ids:
            return []
        now = self._clock()
        with self._store.begin() as carts:
            leased = carts.acquire_leases(task_type, cart_ids, holder=self._holder, now=now, until=now + self.lease)
        return [cart_id for cart_id in cart_ids if cart_id in leased]

    def renew(self, task_type: TaskType, cart_ids: Collection[CartId]) -> None:
        if cart_ids:
            with self._store.begin() as carts:
                carts.renew_leases(task_type, cart_ids, holder=self._holder, until=self._clock() + self.lease)

    def release(self, task_type: TaskType, cart_id: CartId) -> None:
        with self._store.begin() as carts:
            carts.release_lease(task_type, cart_id, holder=self._holder)
