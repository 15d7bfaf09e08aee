"""Refreshes the gauges: what the database holds, the rate limiter, the last write."""

from __future__ import annotations

import asyncio

import structlog

from bot.heartbeat import Pulse
from bot.metrics.measures import Limiter, Measures
from handlers.toolkit.threads import Bridge
from registrars.ovh import OvhGateway
from store.engine import Engines
from store.figures import read_figures

_EVERY = 10.0  # seconds; Prometheus reads every 15 or 30
_log = structlog.get_logger()


class MeasuresWatch:
    """Reads in its own thread, so that a hanging database delays nothing else."""

    def __init__(self, measures: Measures, engines: Engines, registrar: OvhGateway, pulse: Pulse) -> None:
        self._measures = measures
        self._engines = engines
        self._registrar = registrar
        self._pulse = pulse
        self._bridge = Bridge(1)

    async def run(self) -> None:
        """Refresh until cancelled. A failure leaves the last values: the heartbeat's age shows it."""
        while True:
            self._measures.written(self._pulse.silent)
            try:
                await self._bridge.call(self._read)
            except Exception as error:  # noqa: BLE001 - whatever the database raises: measures stop no bot
                _log.warning("measures_not_read", error=type(error).__name__)
            await asyncio.sleep(_EVERY)

    def _read(self) -> None:
        self._measures.limited(Limiter(*self._registrar.limiter()))
        self._measures.counted(read_figures(self._engines))
