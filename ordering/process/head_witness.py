"""Once a day the head of the audit log goes where no user of the database can change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ordering.model.ids import CartId
from ordering.model.witness import Witness
from ordering.ports.store import Reading, Store, TimerKind

NO_CART = CartId(0)  # the subject of a timer that belongs to no cart
_EVERY = timedelta(days=1)
_FIRST = timedelta(hours=1)  # after the first start, when there is little to witness yet
_AGAIN = timedelta(minutes=15)  # after a process died, or could not post


class HeadWitness:
    """Says when a witness is due, for one process among several: a timer in the database makes it one a day.

    A process that dies between posting and recording posts again: one witness more does no harm.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime], key: str | None = None) -> None:
        self._store = store
        self._clock = clock
        self._key = key
        self._newest = 0  # the event of the last witness of this process

    def due(self) -> Witness | None:
        """Return the witness that this process must keep outside now, if there is one."""
        now = self._clock()
        with self._store.read() as carts:
            if _is_later(carts, now):
                return None
        with self._store.begin() as carts:
            carts.decide_alone()
            if _is_later(carts, now):  # another process was quicker
                return None
            if TimerKind.WITNESS not in carts.timers(NO_CART):
                carts.set_timer(NO_CART, TimerKind.WITNESS, now + _FIRST)
                return None
            carts.set_timer(NO_CART, TimerKind.WITNESS, now + _AGAIN)
            number, digest = carts.head()
        if digest is None or number == self._newest:
            return None  # nothing happened since the last one
        head = Witness(number, digest, int(now.timestamp()))
        return head.signed(self._key) if self._key else head

    def kept(self, head: Witness) -> None:
        """Record that the witness is outside; the next one is due in a day."""
        self._newest = head.number
        with self._store.begin() as carts:
            carts.set_timer(NO_CART, TimerKind.WITNESS, self._clock() + _EVERY)


def _is_later(carts: Reading, now: datetime) -> bool:
    """Return whether the timer lies ahead; one that is more than a day ahead was set by a clock that was wrong."""
    due_at = carts.timers(NO_CART).get(TimerKind.WITNESS)
    return due_at is not None and now < due_at <= now + _EVERY
