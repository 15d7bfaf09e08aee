"""What others do in the same OVH account, read in the background with the lowest priority."""

from __future__ import annotations

import asyncio

import structlog

from handlers.toolkit.threads import Bridge
from ordering.process.foreign_orders import ForeignOrders

# Seconds: after the start, so that the first requests of people go first; while more are left; and then.
_FIRST, _NEXT, _EVERY = 30.0, 1.0, 900.0
_log = structlog.get_logger()


class AccountWatch:
    """Reads orders that were not made here ahead of checkouts, which then read only what is new."""

    def __init__(self, foreign_orders: ForeignOrders, *, first: float = _FIRST) -> None:
        self._foreign_orders = foreign_orders
        self._first = first
        self._bridge = Bridge(1)

    async def run(self) -> None:
        """Work until cancelled. A failure only leaves more to the next round, or to a checkout."""
        await asyncio.sleep(self._first)
        while True:
            more = False
            try:
                more = await self._bridge.call(self._foreign_orders.read_ahead)
            except Exception as error:  # noqa: BLE001 - nobody waits for it: a checkout reads them, and tells why not
                _log.info("orders_not_read_ahead", error=type(error).__name__, why=str(error)[:200])
            await asyncio.sleep(_NEXT if more else _EVERY)
