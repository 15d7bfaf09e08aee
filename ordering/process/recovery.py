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
from ordering.model.ids import CartId
from ordering.model.recovery import ORDERS_MATTER, OVERLAP, Cause, Loss, Recovery, Stamp, Standing
from ordering.ports.store import Reading, Store, Transaction
from ordering.process.intent import Objection


def must_be_current(carts: Reading, stamp: Stamp, cart_id: CartId) -> None:
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

    Raises `DatabaseWentBack`, too, in a backup's copy that was restored under a running process. In recover mode that
    takes a loss that came after its begin.
    """
    must_have_lost_nothing(carts)
    if carts.standing().recovery is not None:
        raise OnHold


def must_have_lost_nothing(carts: Reading) -> None:
    """Raise `DatabaseWentBack` as `must_allow` does; nothing in recover mode itself."""
    standing = carts.standing()
    if standing.is_copy:
        raise DatabaseWentBack(by_process=True, lost_at=None)
    now, mode = carts.stamp(), standing.recovery
    for seen in carts.newest_seen():
        is_news = mode is None or seen.happened_at > mode.began_at
        if is_news and seen.is_gone(now, partial(carts.knows, seen)):
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
            self.begin(_cause_of(proof), number=number, lost_at=proof.lost_at)
            raise

    def begin(self, cause: Cause, *, number: int = 0, lost_at: datetime | None = None) -> None:
        """Switch recover mode on; no new request gets a number up to `number`.

        If it is on, another notice of the same loss changes nothing. One of a later loss begins it again: its floor and
        its comparison count no more, and neither does a button of before.

        `lost_at` is when a lost event happened. Recorded events before it precede the loss, later ones follow the
        restore. Without it all recorded events precede the loss; a marker carries no time.
        """
        with self._store.begin() as carts:
            self.begin_within(carts, cause, number=number, lost_at=lost_at)

    def begin_within(
        self, carts: Transaction, cause: Cause, *, number: int = 0, lost_at: datetime | None = None
    ) -> None:
        """Do the same as `begin`, in this transaction, so that what it records cannot be lost without recover mode."""
        now = self._clock()
        carts.decide_alone()
        before = carts.standing()
        after = replace(before, numbers_above=max(before.numbers_above, number), is_copy=False)
        mode = before.recovery
        if mode is None or _is_another_loss(before, mode, cause, lost_at):
            carts.render_live_again()
            left = None if cause is Cause.MARKERS else carts.last_event_at(until=lost_at or now)
            if mode is not None:
                left = min(left, mode.last_event_at) if left and mode.last_event_at else None
                carts.raise_epoch(carts.stamp().epoch + 1)  # voids a comparison that is shown, and ends its evidence
            after = replace(after, recovery=Recovery(cause, now, left, processes_may_live=carts.is_shared()))
        carts.save_standing(after)

    def begin_if_copied(self) -> None:
        """Switch recover mode on if the database is a copy that a backup made. Call this before anything starts."""
        if self.standing().is_copy:
            self.begin(Cause.COPY)

    def start_floor(self, ovh_time: Callable[[], datetime]) -> None:
        """Start the floor, unless it has started, at the time that `ovh_time` reads from OVH now."""
        mode = self.standing().recovery
        if mode is not None and mode.floor_from is None:
            self._count_from(ovh_time(), mode)

    def all_stopped(self, ovh_time: Callable[[], datetime]) -> None:
        """Shorten the floor to a quarter of an hour from now: an operator ended every process of the lost state.

        The last one may have sent something a moment ago. The same word said again changes nothing.
        """
        mode = self.standing().recovery
        if mode is not None and mode.processes_may_live:
            self._count_from(ovh_time(), replace(mode, processes_may_live=False))

    def _count_from(self, ovh_time: datetime, mode: Recovery) -> None:
        """Count the floor from then, unless recover mode began again for another loss in the meantime."""
        self._change(
            lambda now: (
                replace(now, floor_from=ovh_time, processes_may_live=mode.processes_may_live)
                if (now.began_at, now.floor_from) == (mode.began_at, mode.floor_from)
                else now
            )
        )

    def notifies(self, mode: Recovery) -> None:
        """Record that the operators were notified of this recover mode; not of one that began again in the meantime."""
        self._change(
            lambda now: (
                replace(now, notified=True)
                if (now.began_at, now.confirmed_by) == (mode.began_at, mode.confirmed_by)
                else now
            )
        )

    def compares_since(self) -> datetime:
        """Return the time from which orders at OVH may be missing here."""
        with self._store.read() as carts:
            mode = carts.standing().recovery
            newest = mode.last_event_at if mode else carts.last_event_at(until=self._clock())
        return (newest or self._clock() - ORDERS_MATTER) - OVERLAP

    def confirm(self, by: str, *, stamp: Stamp, compared: int) -> Recovery:
        """Record that an operator compared at this stamp; `compared` was the newest event about money then.

        Raises `NotPossible` if money moved or the database went back since, or if recover mode is over. After another
        loss the epoch and the number alone may be the same again.
        """
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is None:
                raise NotPossible(code="not_on_hold")
            now = carts.stamp()
            if stamp.epoch < now.epoch or stamp.is_gone(now, partial(carts.knows, stamp)):
                raise NotPossible(code="comparison_of_another_epoch")
            if carts.newest_about_money() != compared:
                raise NotPossible(code="comparison_outdated")
            confirmed = standing.recovery.confirmed(by, compared=compared)
            carts.save_standing(replace(standing, recovery=confirmed))
            return confirmed

    def end_if_due(self, ovh_time: datetime) -> bool:
        """End recover mode if an operator compared and the floor is over; returns whether this call ended it.

        The new epoch is OVH's time. If an order or a payment moved on since the comparison, the comparison is void
        instead. If this process knows of a later loss, recover mode begins again instead.
        """
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            mode = standing.recovery
            if mode is None or mode.confirmed_by is None or not mode.is_floor_over(ovh_time):
                return False
            try:
                must_have_lost_nothing(carts)
            except DatabaseWentBack as proof:
                self.begin_within(carts, _cause_of(proof), lost_at=proof.lost_at)
                return False
            if carts.newest_about_money() != mode.compared:
                carts.save_standing(replace(standing, recovery=replace(mode.unconfirmed, notified=False)))
                return False
            carts.raise_epoch(max(int(ovh_time.timestamp()), carts.stamp().epoch + 1))
            lost = Loss(mode.last_event_at, mode.began_at)
            carts.save_standing(replace(standing, recovery=None, lost=lost, loss_notified=False))
            carts.renew_live()
            carts.render_live_again()
            carts.wake_decided(now)
            return True

    def loss_to_report(self) -> Loss | None:
        """Return the loss that people were not notified of yet."""
        standing = self.standing()
        return None if standing.loss_notified else standing.lost

    def loss_told(self, lost: Loss) -> None:
        """Record that people were notified of this loss."""
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.lost == lost:
                carts.save_standing(replace(standing, loss_notified=True))

    def _change(self, change: Callable[[Recovery], Recovery]) -> None:
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is not None:
                carts.save_standing(replace(standing, recovery=change(standing.recovery)))


def _cause_of(proof: DatabaseWentBack) -> Cause:
    if proof.lost_at is None:
        return Cause.COPY
    return Cause.PROCESS if proof.by_process else Cause.CARD


def _is_another_loss(before: Standing, mode: Recovery, cause: Cause, lost_at: datetime | None) -> bool:
    """Return whether this is a loss that came after recover mode began.

    A loss from before leaves no event in the lost state that is newer than recover mode itself. Markers tell no such
    time: those of the same loss were shown by the comparison that an operator confirmed. An operator switches recover
    mode on after each restore by hand.
    """
    if cause is Cause.OPERATOR or before.is_copy:
        return True
    if cause is Cause.MARKERS:
        return mode.confirmed_by is not None
    return lost_at is not None and lost_at > mode.began_at
