"""Deletes the private answers to registries some time after a request has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ordering.model.cart import ENDED
from ordering.model.ids import CartId
from ordering.ports.store import Store, Transaction

_AT_ONCE = 100  # requests in one round, so that it never keeps the writers of other work waiting for long


class AnswerDeletion:
    """Deletes answers `kept` after the end of their request.

    Everything is read from the database, so a restart loses nothing, and a second process finds nothing left to do.
    """

    def __init__(self, store: Store, *, kept: timedelta, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._kept = kept
        self._clock = clock

    def delete_due(self) -> timedelta | None:
        """Delete the answers that are due, and return the time until the next are; None if no answer waits.

        In recover mode it deletes nothing: an operator may need what the database holds.
        """
        with self._store.read() as carts:
            ended = carts.ended_with_answers(limit=_AT_ONCE)
        deleted = 0
        for cart_id, since in ended:
            if (left := since + self._kept - self._clock()) > timedelta():
                return left
            with self._store.begin() as carts:
                deleted += self.delete(carts, cart_id)
        return timedelta() if deleted == _AT_ONCE else None

    def delete(self, carts: Transaction, cart_id: CartId) -> bool:
        """Delete one request's answers, unless it changed since it was listed or its time has not come by both clocks.

        A clock that is ahead deletes nothing too early as long as the other one is right. Returns whether it deleted.
        """
        cart = carts.cart(cart_id)
        if cart.state not in ENDED or not cart.has_private_answers:
            return False
        now = min(self._clock(), carts.clock())
        if now - cart.since < self._kept or carts.standing().recovery is not None:
            return False
        carts.save_without_answers(cart.without_private_answers())
        return True
