"""The laws of a memory that went back: who notices it holds everything, until OVH was compared and a floor is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordering.model.cart import COMMITTED, MOVES, Cart
from ordering.model.errors import DatabaseWentBack
from ordering.model.facts import EventKind
from ordering.model.recovery import Cause, Recovery
from prove.explorer.law_names import FOR_NO_REASON, UNHELD, LawBroken
from prove.explorer.ledger import moment

if TYPE_CHECKING:
    from prove.explorer.snapshot import Snapshot
    from prove.explorer.world import World

_INTENTS = {EventKind.CHECKOUT_STARTED, EventKind.PAYMENT_STARTED}


class DatabaseLossLaws:
    """Checks what follows from a loss of commits."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = 0  # at the last commit

    def check(self, cart: Cart) -> None:
        """Check a commit: no intent of a money call while the database is behind."""
        kept = self._world.store.kept
        new, self._events = kept.events[self._events :], len(kept.events)
        for event in new:
            if event.kind in _INTENTS:
                self._must_be_free(kept)
            if event.kind is EventKind.ATTEMPT_NOT_ON_RECORD and kept.standing.recovery is None:
                raise LawBroken(UNHELD, f"an attempt of #{cart.id} is not on record")

    def _must_be_free(self, kept: Snapshot) -> None:
        if kept.standing.recovery is not None or kept.standing.is_copy:
            raise LawBroken(UNHELD, "an intent was committed in recover mode, or in a copy")
        if self._world.current.forgot:
            raise LawBroken(UNHELD, f"{self._world.current.name} committed an intent, and its earlier event is gone")

    def went_back(self) -> None:
        """Handle the loss of the newest commits."""
        self._events = len(self._world.store.kept.events)

    def refused(self, error: Exception) -> None:
        """Check an error that ends a job or a click."""
        self.noticed(is_lost=isinstance(error, DatabaseWentBack))

    def noticed(self, *, is_lost: bool) -> None:
        """Check that who notices a loss switches recover mode on."""
        if is_lost and self._world.store.kept.standing.recovery is None:
            raise LawBroken(UNHELD, "the loss was noticed")

    def began(self, mode: Recovery, *, is_new: bool) -> None:
        """Check that recover mode begins for a loss that no earlier one has dealt with."""
        # A comparison that read an empty list has kept no marker, so a marker may be noticed again.
        was_blind = "empty" in self._world.deviated.values()
        if mode.cause is not Cause.OPERATOR and not is_new and not was_blind:
            raise LawBroken(FOR_NO_REASON, "recover mode began without a loss")

    def process_started(self) -> None:
        """Check that a process which starts on a backup's copy holds everything."""
        if self._world.store.kept.standing.is_copy:
            raise LawBroken(UNHELD, "a process started on a copy")

    def ended(self, before: Snapshot) -> None:
        """Check the end of recover mode against the store before it."""
        mode = before.standing.recovery
        if mode is None:
            return
        if not mode.is_floor_over(moment(self._world.now + 1)):
            raise LawBroken(UNHELD, "recover mode ended before its floor")
        newest = next((event.id for event in reversed(before.events) if event.state in COMMITTED), 0)
        if newest != mode.compared:
            raise LawBroken(UNHELD, "recover mode ended though money moved since the comparison")
        if self._world.store.kept.epoch <= before.epoch:
            raise LawBroken(UNHELD, "the epoch is the same after recover mode")
        for number, cart in self._world.store.kept.carts.items():
            if MOVES[cart.state] and cart.is_same_save(before.carts[number]):
                raise LawBroken(UNHELD, f"what was read of #{number} in recover mode can be saved after it")
        for process in self._world.processes:
            process.forgot = False
