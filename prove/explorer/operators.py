"""Recover mode in the explorer: an operator compares with OVH, and the worker ends the mode when it may."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from ordering.model.errors import OrderingError
from ordering.model.recovery import FLOOR, Recovery
from ordering.process.lost_markers import LostMarkers
from prove.explorer.deviations import COMPARES
from prove.explorer.law_names import UNHELD, LawBroken
from prove.explorer.ledger import START
from prove.explorer.team import CLEO

if TYPE_CHECKING:
    from prove.explorer.processes import Process
    from prove.explorer.world import World

_COMPARES_AFTER, _LOOKS_EVERY = 1800.0, 60.0  # seconds
Act = Callable[["Process"], None]


class Operators:
    """Carry out the steps of recover mode, one at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._since = 0.0
        self._todo: str | None = None
        self._mode: Recovery | None = None
        self._tried: Recovery | None = None  # the mode that a too early end was tried on
        self._compared_losses = 0  # the losses of commits before the newest comparison
        self._stopped_at: float | None = None  # when the operator said that every process was stopped

    def next(self) -> tuple[float, Act] | None:
        """Return the next step while recover mode is on, and when it is due."""
        mode = self._world.store.kept.standing.recovery
        if mode is None:
            self._todo = self._mode = self._stopped_at = None
            return None
        if self._mode is None:
            self._begins(mode)
        self._mode = mode
        todo, act, after = self._next_of(mode)
        if todo != self._todo:
            self._since, self._todo = self._world.now, todo
        return self._since + after, act

    def _next_of(self, mode: Recovery) -> tuple[str, Act, float]:
        if mode.floor_from is None or mode.ends_at is None:
            return "floor", self._start_floor, _LOOKS_EVERY
        if mode.confirmed_by is None:
            return "compare", self._compare, _COMPARES_AFTER
        if self._tried != mode:
            return "end early", self._end, _LOOKS_EVERY
        left = (mode.ends_at - START).total_seconds() - self._world.routes.ahead - self._world.now
        return f"end {self._world.now}", self._end, max(left, 0.0) + _LOOKS_EVERY

    def _start_floor(self, process: Process) -> None:
        self._try(lambda: process.workflow.recover_mode.start_floor(process.registrar.time))

    def _compare(self, process: Process) -> None:
        def compare() -> None:
            if self._world.place("operator compares", COMPARES) == "all-stopped":
                self._stop_all(process)
            found, stamp = process.workflow.comparisons.compare(by=CLEO)
            process.workflow.comparisons.confirm(by=CLEO, stamp=stamp, compared=found.newest)
            self._compared_losses = self._world.losses

        self._try(compare)

    def _stop_all(self, process: Process) -> None:
        """End each process that may still send, then say so: the shorter floor counts from this moment."""
        self._world.end_sleepers()
        self._stopped_at = self._world.now if self._stopped_at is None else self._stopped_at
        process.workflow.recover_mode.all_stopped(process.registrar.time)

    def _end(self, process: Process) -> None:
        before = self._world.store.kept
        self._tried = before.standing.recovery

        def end() -> None:
            if process.workflow.recover_mode.end_if_due(process.registrar.time()):
                self._world.laws.recover_mode_ended(before)
                self._must_be_settled()

        self._try(end)

    def _must_be_settled(self) -> None:
        """Check that a call sent just before the operator stopped its process had the time to show."""
        if self._stopped_at is not None and self._world.now - self._stopped_at < FLOOR.total_seconds():
            raise LawBroken(UNHELD, f"recover mode ended {self._world.now - self._stopped_at:.0f} s after the stop")

    def look(self, process: Process) -> None:
        """Compare with OVH outside recover mode."""
        with suppress(OrderingError):
            process.workflow.comparisons.compare(by=CLEO)

    def watch_markers(self, process: Process) -> None:
        """Look at all markers, as the bot does once a day."""
        lost = LostMarkers(process.store, process.registrar, process.workflow.recover_mode)
        with suppress(OrderingError):
            self._world.laws.noticed(is_lost=bool(lost.look()))

    def _begins(self, mode: Recovery) -> None:
        """Check that recover mode begins for a loss that came after the newest comparison.

        A loss may bring back an earlier recover mode, which ends by its own, older comparison.
        """
        self._world.laws.recover_mode_began(mode, is_new=self._world.losses > self._compared_losses)
        for process in self._world.processes:
            process.forgot = False

    def _try(self, act: Callable[[], object]) -> None:
        self._world.acts("operator")
        self._todo = None  # if it fails, it is retried after the same time
        try:
            act()
        except OrderingError:
            return
        self._world.reach("operator")
