"""Background watch of other programs' activity in the same OVH account, with the lowest priority."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.health import Health
from handlers.toolkit.threads import Bridge
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.lost_markers import LostMarkers
from ordering.process.presence import Presence

ACCOUNT = "account"  # a part of the health, shown once another bot was found
# Seconds: after the start, so that users' first requests go first; while more orders are left to read; until a second
# check; otherwise.
_FIRST, _NEXT, _AGAIN, _EVERY = 30.0, 1.0, 60.0, 900.0
_DAILY = 86_400.0
_AFTER_FAILURE = 30.0  # seconds, doubled with each failure in a row, up to `_EVERY`: a lost order may wait to be found
_log = structlog.get_logger()


class AccountWatch:
    """Reads foreign orders ahead of checkouts, and checks daily for other bots and for money calls that the store lost.

    Operators learn of another bot by `/healthz` and the log, of lost calls by recover mode.
    """

    def __init__(
        self, foreign_orders: ForeignOrders, presence: Presence, lost_markers: LostMarkers, health: Health
    ) -> None:
        self._foreign_orders = foreign_orders
        self._presence = presence
        self._lost_markers = lost_markers
        self._health = health
        self._bridge = Bridge(1)
        self._found: frozenset[str] = frozenset()  # foreign carts, at the previous check

    async def run(self, *, first: float = _FIRST) -> None:
        """Work until cancelled. After a failure, the next round or a checkout reads what is missing."""
        await asyncio.sleep(first)
        rounds = (self._look_for_lost, self._read_ahead, self._look_for_others)
        await asyncio.gather(*(self._keep(one_round) for one_round in rounds))

    async def _keep(self, one_round: Callable[[], float]) -> None:
        pause = _AFTER_FAILURE
        while True:
            try:
                wait = await self._bridge.call(one_round)
                pause = _AFTER_FAILURE
            except Exception as error:  # noqa: BLE001 - no one waits for it: the next round comes soon
                _log.warning("account_not_read", error=type(error).__name__, why=str(error)[:200])
                wait, pause = pause, min(2 * pause, _EVERY)
            await asyncio.sleep(wait)

    def _read_ahead(self) -> float:
        return _NEXT if self._foreign_orders.read_ahead() else _EVERY

    def _look_for_lost(self) -> float:
        if lost := self._lost_markers.look():
            _log.error("markers_not_on_record", markers=sorted(lost))
        return _DAILY

    def _look_for_others(self) -> float:
        """Report only what two checks found: another process of this bot may be about to store its cart."""
        found, before = self._presence.find_others(), self._found
        others, self._found = found & before, found
        if found - before:
            return _AGAIN
        if others or ACCOUNT in self._health.checks():
            self._health.report(ACCOUNT, _others(len(others)) if others else None)
        return _DAILY


def _others(count: int) -> str:
    bots = "another Domain Desk uses" if count == 1 else f"{count} other Domain Desks use"
    return (
        f"{bots} this OVH account, or this database is an older copy. If it is another bot, give each bot its own "
        "account. If this database was restored, run `domain-desk recover --begin`."
    )
