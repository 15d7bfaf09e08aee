"""Notice that the database went back in time, hold everything that sends, and end that after a comparison with OVH.

The witnesses are stamps (`ordering.model.recovery.Stamp`): each button that decides carries one, and each process
remembers the newest one that it committed itself. `RecoverMode` switches recover mode on and off; `must_allow` is
called in the transaction of each decision, and `Unbroken` in that of each intent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from ordering.model.cart import Cart
from ordering.model.errors import CardBeforeRestore, CardOfAnotherDesk, DatabaseWentBack, NotPossible, OnHold
from ordering.model.recovery import ORDERS_MATTER, OVERLAP, Cause, Loss, Recovery, Stamp, Standing
from ordering.ports.store import Reading, Store, Transaction
from ordering.process.intent import Objection

_BEFORE_ANOTHER = "That comparison is from before another restore. Please compare again."
_MONEY_MOVED = "An order or a payment moved on since that comparison. Please compare again."


def must_be_current(carts: Reading, stamp: Stamp, cart_id: int) -> None:
    """Raise unless a card with this stamp was rendered from this database as it is now, or as it was before.

    Raises `CardOfAnotherDesk`, `CardBeforeRestore`, or `DatabaseWentBack` where the card shows more than is on record.
    """
    now = carts.stamp()
    if stamp.database != now.database:
        raise CardOfAnotherDesk
    if stamp.epoch < now.epoch:
        raise CardBeforeRestore(cart_id)
    if stamp.epoch > now.epoch or not carts.knows(stamp):
        raise DatabaseWentBack(by_process=False, lost_at=stamp.happened_at)


def must_allow(carts: Reading) -> None:
    """Raise `OnHold` in recover mode, and `DatabaseWentBack` where an event that this process committed is gone."""
    if carts.standing().recovery is not None:
        raise OnHold
    seen, now = carts.newest_seen(), carts.stamp()
    if seen is None or (seen.database == now.database and seen.epoch < now.epoch):
        return  # a recover mode ended since: what this process saw before it is forgotten
    if seen.database != now.database or seen.epoch > now.epoch or not carts.knows(seen):
        raise DatabaseWentBack(by_process=True, lost_at=seen.happened_at)


def allowed_or_on_hold(carts: Transaction, intent: Cart) -> Objection | None:  # noqa: ARG001 - a `Condition`
    """Hold an intent in recover mode, or where the database went back: see `must_allow`."""
    must_allow(carts)
    return None


class RecoverMode:
    """Switches recover mode on and off. All times but OVH's are by `clock`."""

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
        """Begin recover mode where `DatabaseWentBack` is raised inside; `number` is the request's on the button."""
        try:
            yield
        except DatabaseWentBack as proof:
            cause = Cause.PROCESS if proof.by_process else Cause.CARD
            self.begin(cause, number=number, lost_at=proof.lost_at)
            raise

    def begin(self, cause: Cause, *, number: int = 0, lost_at: datetime | None = None) -> None:
        """Switch recover mode on, unless it is on; no new request gets a number up to `number`.

        At `lost_at` something happened that is lost. Events on record from before then are from before the loss, later
        ones from after the restore. Without it everything on record is from before the loss; a marker tells no moment.
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
        """Switch recover mode on where the database is a copy that a backup made. Call this before anything starts."""
        if self.standing().is_copy:
            self.begin(Cause.COPY)

    def start_floor(self, ovh_time: datetime) -> None:
        """Count the floor from this moment, which was read from OVH after recover mode began."""
        self._change(lambda mode: mode if mode.floor_from else replace(mode, floor_from=ovh_time))

    def all_stopped(self) -> None:
        """An operator ended every process of the lost state: a quarter of an hour is enough."""
        self._change(lambda mode: replace(mode, processes_may_live=False))

    def must_tell(self) -> bool:
        """Whether the caller is to tell the operators; true once."""
        told: list[bool] = []

        def mark(mode: Recovery) -> Recovery:
            told.append(not mode.told)
            return replace(mode, told=True)

        self._change(mark)
        return any(told)

    def tell_again(self) -> None:
        """The operators could not be told."""
        self._change(lambda mode: replace(mode, told=False))

    def compares_since(self) -> datetime:
        """From when on orders at OVH may be unknown here."""
        with self._store.read() as carts:
            mode = carts.standing().recovery
            newest = mode.last_event_at if mode else carts.last_event_at(until=self._clock())
        return (newest or self._clock() - ORDERS_MATTER) - OVERLAP

    def confirm(self, by: str, *, epoch: int, compared: int) -> Recovery:
        """Record that an operator compared, in this epoch; `compared` was the newest event about money then.

        Raises `NotPossible` where money moved since, or that recover mode is over.
        """
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is None:
                raise NotPossible("I'm not on hold any more: there is nothing left to compare.", code="not_on_hold")
            if carts.stamp().epoch != epoch:
                raise NotPossible(_BEFORE_ANOTHER, code="comparison_of_another_epoch")
            if carts.newest_about_money() != compared:
                raise NotPossible(_MONEY_MOVED, code="comparison_outdated")
            confirmed = standing.recovery.confirmed(by, compared=compared)
            carts.save_standing(replace(standing, recovery=confirmed))
            return confirmed

    def end_if_due(self, ovh_time: datetime) -> bool:
        """End recover mode where an operator compared and the floor is over; says whether this call ended it.

        The new epoch is OVH's time. Where an order or a payment moved on since the comparison, that is void instead.
        """
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            mode = standing.recovery
            if mode is None or mode.confirmed_by is None or not mode.is_floor_over(ovh_time):
                return False
            if carts.newest_about_money() != mode.compared:
                carts.save_standing(replace(standing, recovery=replace(mode.unconfirmed, told=False)))
                return False
            carts.raise_epoch(max(int(ovh_time.timestamp()), carts.stamp().epoch + 1))
            lost = Loss(mode.last_event_at, mode.began_at)
            carts.save_standing(replace(standing, recovery=None, lost=lost, lost_told=False))
            carts.render_live_again()
            carts.wake_decided(now)
            return True

    def loss_to_tell(self) -> Loss | None:
        """The loss that the caller is to tell people of; once, unless `tell_loss_again`."""
        if self.standing().lost_told:
            return None
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.lost_told:
                return None
            carts.save_standing(replace(standing, lost_told=True))
            return standing.lost

    def tell_loss_again(self) -> None:
        """People could not be told of the loss."""
        with self._store.begin() as carts:
            carts.decide_alone()
            carts.save_standing(replace(carts.standing(), lost_told=False))

    def _change(self, change: Callable[[Recovery], Recovery]) -> None:
        with self._store.begin() as carts:
            carts.decide_alone()
            standing = carts.standing()
            if standing.recovery is not None:
                carts.save_standing(replace(standing, recovery=change(standing.recovery)))
