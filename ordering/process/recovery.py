"""Detects that the database went back in time, holds all sending, and ends that after a comparison with OVH.

The evidence consists of stamps (`ordering.model.recovery.Stamp`): each button that decides carries one, and each
process remembers the newest one that it committed itself. `RecoverMode` switches recover mode on and off; `must_allow`
is called in the transaction of each decision, and `allowed_or_on_hold` in that of each intent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from ordering.model.cart import Cart
from ordering.model.errors import CardBeforeRestore, CardOfAnotherDatabase, DatabaseWentBack, NotPossible, OnHold
from ordering.model.recovery import ORDERS_MATTER, OVERLAP, Cause, Loss, Recovery, Stamp, Standing
from ordering.ports.store import Reading, Store, Transaction
from ordering.process.intent import Objection


def must_be_current(carts: Reading, stamp: Stamp, cart_id: int) -> None:
    """Raise unless a card with this stamp was rendered from this database at its present or an earlier state.

    Raises `CardOfAnotherDatabase`, `CardBeforeRestore`, or `DatabaseWentBack` if the card shows more than is on record.
    """
    now = carts.stamp()
    if stamp.database != now.database:
        raise CardOfAnotherDatabase
    if stamp.epoch < now.epoch:
        raise CardBeforeRestore(cart_id)
    if stamp.epoch > now.epoch or not carts.knows(stamp):
        raise DatabaseWentBack(by_process=False, lost_at=stamp.happened_at)


def must_allow(carts: Reading) -> None:
    """Raise `OnHold` in recover mode, and `DatabaseWentBack` if an event that this process committed is gone.

    Raises `DatabaseWentBack`, too, in a backup's copy that was restored under a running process.
    """
    standing = carts.standing()
    if standing.recovery is not None:
        raise OnHold
    if standing.is_copy:
        raise DatabaseWentBack(by_process=True, lost_at=None)
    now = carts.stamp()
    for seen in carts.newest_seen():
        if seen.is_gone(now, partial(carts.knows, seen)):
            raise DatabaseWentBack(by_process=True, lost_at=seen.happened_at)


def allowed_or_on_hold(carts: Transaction, intent: Cart) -> Objection | None:  # noqa: ARG001 - a `Condition`
    """Condition of each intent: not in recover mode, and the database did not go back (see `must_allow`)."""
    must_allow(carts)
    return None


class RecoverMode:
    """Switches recover mode on and off. All times except OVH's are by `clock`."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def standing(self) -> Standing:
        with self._store.read() as carts:
            return carts.standing()

    @property
    def is_on(self) -> bool:
        return self.standing().recovery is not None

    @contextmanager
    def noticing(self, *, number: int = 0) -> Iterator[None]:
        """Begin recover mode if `DatabaseWentBack` is raised inside; `number` is the request's on the button."""
        try:
            yield
        except DatabaseWentBack as proof:
            cause = Cause.PROCESS if proof.by_process else Cause.CARD
            cause = Cause.COPY if proof.lost_at is None else cause
            self.begin(cause, number=number, lost_at=proof.lost_at)
            raise

    def begin(self, cause: Cause, *, number: int = 0, lost_at: datetime | None = None) -> None:
        """Switch recover mode on, unless it is on; no new request gets a number up to `number`.

        `lost_at` is when a lost event happened. Recorded events before it precede the loss, later ones follow the
        restore. Without it all recorded events precede the loss; a marker carries no time.
        """
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            before = carts.standing()
            after = replace(before, numbers_above=max(before.numbers_above, number), is_copy=False)
            if before.recovery is None:
                carts.render_live_again()
                left = None if cause is Cause.MARKERS else carts.last_event_at(until=lost_at or now)
                mode = Recovery(cause, now, left, processes_may_live=carts.is_shared())
                after = replace(after, recovery=mode)
            carts.save_standing(after)

    def begin_if_copied(self) -> None:
        """Switch recover mode on if the database is a copy that a backup made. Call this before anything starts."""
        if self.standing().is_copy:
            self.begin(Cause.COPY)

    def start_floor(self, ovh_time: datetime) -> None:
        """Start the floor at this time, which was read from OVH after recover mode began."""
        self._change(lambda mode: mode if mode.floor_from else replace(mode, floor_from=ovh_time))

    def all_stopped(self) -> None:
        """Shorten the floor to a quarter of an hour: an operator ended every process of the lost state."""
        self._change(lambda mode: replace(mode, processes_may_live=False))

    def must_notify(self) -> bool:
        """Return whether the caller must notify the operators; True once."""
        notifies: list[bool] = []

        def mark(mode: Recovery) -> Recovery:
            notifies.append(not mode.notified)
            return replace(mode, notified=True)

        self._change(mark)
        return any(notifies)

    def notify_again(self) -> None:
        """Have the operators notified again, because the notification failed."""
        self._change(lambda mode: replace(mode, notified=False))

    def compares_since(self) -> datetime:
        """Return the time from which orders at OVH may be missing here."""
        with self._store.read() as carts:
            mode = carts.standing().recovery
            newest = mode.last_event_at if mode else carts.last_event_at(until=self._clock())
        return (newest or self._clock() - ORDERS_MATTER) - OVERLAP

    def confirm(self, by: str, *, epoch: int, compared: int) -> Recovery:
        """Record that an operator compared, in this epoch; `compared` was the newest event about money then.

        Raises `NotPossible` if money moved since, or if recover mode is over.
        """
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is None:
                raise NotPossible(code="not_on_hold")
            if carts.stamp().epoch != epoch:
                raise NotPossible(code="comparison_of_another_epoch")
            if carts.newest_about_money() != compared:
                raise NotPossible(code="comparison_outdated")
            confirmed = standing.recovery.confirmed(by, compared=compared)
            carts.save_standing(replace(standing, recovery=confirmed))
            return confirmed

    def end_if_due(self, ovh_time: datetime) -> bool:
        """End recover mode if an operator compared and the floor is over; returns whether this call ended it.

        The new epoch is OVH's time. If an order or a payment moved on since the comparison, the comparison is void
        instead.
        """
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            mode = standing.recovery
            if mode is None or mode.confirmed_by is None or not mode.is_floor_over(ovh_time):
                return False
            if carts.newest_about_money() != mode.compared:
                carts.save_standing(replace(standing, recovery=replace(mode.unconfirmed, notified=False)))
                return False
            carts.raise_epoch(max(int(ovh_time.timestamp()), carts.stamp().epoch + 1))
            lost = Loss(mode.last_event_at, mode.began_at)
            carts.save_standing(replace(standing, recovery=None, lost=lost, loss_notified=False))
            carts.render_live_again()
            carts.wake_decided(now)
            return True

    def loss_to_report(self) -> Loss | None:
        """Return the loss that the caller must report to people; once, unless `notify_loss_again` is called."""
        if self.standing().loss_notified:
            return None
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.loss_notified:
                return None
            carts.save_standing(replace(standing, loss_notified=True))
            return standing.lost

    def notify_loss_again(self) -> None:
        """Have the loss reported again, because the notification failed."""
        with self._store.begin() as carts:
            carts.decide_alone()
            carts.save_standing(replace(carts.standing(), loss_notified=False))

    def _change(self, change: Callable[[Recovery], Recovery]) -> None:
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is not None:
                carts.save_standing(replace(standing, recovery=change(standing.recovery)))
