"""Which process works on which cart: claims with a lease, so that another takes over what a dead one left.

They spare two processes the same work, and people the same message twice. That nothing is ordered or paid twice does
not rest on them: each step's intent is saved by compare-and-set, whoever takes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from ordering.ports.store import HINDERING, Store, TaskType

LEASE = timedelta(seconds=20)


class Claims(Protocol):
    """What a process may work on."""

    lease: timedelta

    def take(self, task_type: TaskType, cart_ids: Collection[int]) -> list[int]:
        """Claim those of these carts that nobody works on; returns their numbers in the order given."""

    def keep(self, task_type: TaskType, cart_ids: Collection[int]) -> None:
        """Renew the lease of carts that are still worked on."""

    def give_back(self, task_type: TaskType, cart_id: int) -> None:
        """The work is done, or left for whoever comes first."""


class Alone:
    """The claims of a process that has its database to itself: kept in mind, and gone with it."""

    lease = LEASE

    def __init__(self) -> None:
        self._mine: set[tuple[TaskType, int]] = set()

    def take(self, task_type: TaskType, cart_ids: Collection[int]) -> list[int]:
        hindering = HINDERING[task_type]
        taken = [cart_id for cart_id in cart_ids if not any((other, cart_id) in self._mine for other in hindering)]
        self._mine.update((task_type, cart_id) for cart_id in taken)
        return taken

    def keep(self, task_type: TaskType, cart_ids: Collection[int]) -> None:
        """Nobody else waits for them."""

    def give_back(self, task_type: TaskType, cart_id: int) -> None:
        self._mine.discard((task_type, cart_id))


class Shared:
    """The claims of one process among several, in the memory that they share.

    The lease is compared between clocks, so let those of all machines be set right.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime], lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self.lease = lease

    def take(self, task_type: TaskType, cart_ids: Collection[int]) -> list[int]:
        if not cart_ids:
            return []
        now = self._clock()
        with self._store.begin() as carts:
            taken = carts.claim(task_type, cart_ids, holder=self._holder, now=now, until=now + self.lease)
        return [cart_id for cart_id in cart_ids if cart_id in taken]

    def keep(self, task_type: TaskType, cart_ids: Collection[int]) -> None:
        if cart_ids:
            with self._store.begin() as carts:
                carts.keep(task_type, cart_ids, holder=self._holder, until=self._clock() + self.lease)

    def give_back(self, task_type: TaskType, cart_id: int) -> None:
        with self._store.begin() as carts:
            carts.give_back(task_type, cart_id, holder=self._holder)
