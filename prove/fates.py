"""Consecutive processes of a bot: each dies at its boundary, the last one lasts until the run is over."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from prove.clocks import Hand
from prove.crash_points import ScheduledAction
from prove.crashing_process import CrashingProcess
from prove.life import Life

if TYPE_CHECKING:
    from prove.met import Met


class Fate:
    """Lives that follow each other. `deaths` are boundaries, one for each life but the last.

    `truly` makes each life a separate process that is killed by `kill -9`; only such a process can freeze. Its clock is
    `ahead` by this many seconds. `on_death` is called with the place where a life died, None if that is unknown.
    """

    def __init__(
        self,
        met: Met,
        deaths: tuple[int, ...],
        *,
        truly: bool,
        ahead: float = 0.0,
        on_death: Callable[[str | None], None],
    ) -> None:
        self._met = met
        self._deaths = deaths
        self._live = self._live_as_process if truly else self._live_in_a_thread
        self._extra = met.drawn.extra
        self._ahead, self._last_hand = ahead, Hand()
        self._on_death = on_death
        self._kill: Callable[[], None] = lambda: None
        self._may_live, self._is_gone = asyncio.Event(), asyncio.Event()
        self._may_live.set()
        self._is_gone.set()

    async def run(self) -> None:
        """Run life after life until cancelled. Raises the error that a life failed with."""
        for dies_at in (*self._deaths, None):
            while True:
                await self._may_live.wait()
                self._is_gone.clear()
                try:
                    where = await self._live(dies_at)
                finally:
                    self._is_gone.set()
                if self._may_live.is_set():
                    break
            self._on_death(where)

    async def put_down(self) -> None:
        """End the current life, and start none until `let_live`."""
        self._may_live.clear()
        self._kill()
        await self._is_gone.wait()

    def let_live(self) -> None:
        self._may_live.set()

    async def _live_in_a_thread(self, dies_at: int | None) -> str | None:
        hand, clocks = self._hand(), self._extra.clocks
        right_at = clocks.right_at if clocks is not None else None
        scheduled = [] if right_at is None else [ScheduledAction(right_at, hand.put_right)]
        life = Life(self._met.stage.environment, dies_at=dies_at, hand=hand, scheduled=scheduled)
        self._kill = life.kill
        try:
            await asyncio.to_thread(life.over.wait)
        finally:
            life.kill()
            await asyncio.to_thread(life.join)
        if life.failure is not None:
            raise life.failure
        return life.gate.died_at

    def _hand(self) -> Hand:
        """Return the clock of the next life: a corrected clock stays correct."""
        hand = Hand(0.0 if self._last_hand.was_put_right else self._ahead)
        hand.was_put_right = self._last_hand.was_put_right
        self._last_hand = hand
        self._met.hands.append(hand)
        return hand

    async def _live_as_process(self, dies_at: int | None) -> None:
        stage = self._met.stage
        life = CrashingProcess(stage.environment, stage.log, dies_at, freeze=self._extra.freeze, on_wake=self._met.woke)
        self._kill = life.kill
        code = await life.ends()
        if code != -signal.SIGKILL:
            raise RuntimeError(f"the bot ended by itself:\n{stage.log.read_text()[-2000:]}")
