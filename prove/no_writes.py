"""A database that accepts no writes for a while: a full disk, a file system that was remounted, a standby."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.pool import Pool

from prove.extra_faults import NoWrites
from sandbox.stage import Stage

MOVED = "orders or payments while nothing could be written down"
_FLAG = "no-writes"  # a file next to the database
_ON_THE_WAY = timedelta(seconds=4)  # a call with an earlier intent may still arrive
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@dataclass
class FullDisk:
    """One such outage, on one database."""

    stage: Stage
    plan: NoWrites
    began: datetime | None = field(default=None, init=False)
    _ended: datetime | None = field(default=None, init=False)
    _doing: asyncio.Task[None] | None = field(default=None, init=False)

    def begin(self) -> None:
        self._doing = asyncio.get_running_loop().create_task(self._last())

    async def _last(self) -> None:
        url, clock = self.stage.environment["DATABASE_URL"], self.stage.ovh.clock
        await asyncio.to_thread(_take_no_writes, url, wanted=True)
        self.began = clock.now()
        try:
            await asyncio.sleep(self.plan.seconds)
            self._ended = clock.now()
        finally:
            _take_no_writes(url, wanted=False)

    async def end(self) -> None:
        if self._doing is not None:
            self._doing.cancel()
            with suppress(asyncio.CancelledError):
                await self._doing

    def met(self) -> str | None:
        return "a database that takes no writes" if self._ended is not None else None

    def broken(self) -> Iterator[tuple[str, str]]:
        """Yield the orders and payments during the outage: they have no recorded intent, or only an older one."""
        if self.began is None:
            return
        first, last = self.began + _ON_THE_WAY, self._ended or self.stage.ovh.clock.now()
        moved = [(f"order {order.id}", order.made_at) for order in self.stage.ovh.orders.ours()]
        moved += [(f"a payment of order {call.order}", call.at) for call in self.stage.ovh.payments.calls]
        for what, at in moved:
            if first < at < last:
                yield MOVED, f"{what} at {at:%H:%M:%S.%f}, nothing was written from {first:%H:%M:%S} on"


def refuse_writes_when_asked() -> None:
    """Let SQLite refuse writes: each connection refuses by itself, so each checks the flag before it is used."""
    event.listen(Pool, "checkout", _look)


def _look(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - a driver's connection, and its record
    if not isinstance(connection, sqlite3.Connection):
        return
    if "flag" not in record.info:
        reads_only = connection.execute("PRAGMA query_only").fetchone()[0]
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        record.info["flag"] = None if reads_only else Path(file).with_name(_FLAG)
    flag = record.info["flag"]
    if flag is not None and flag.exists() != record.info.get("refuses", False):
        record.info["refuses"] = not record.info.get("refuses", False)
        connection.execute(f"PRAGMA query_only={'ON' if record.info['refuses'] else 'OFF'}")


def _take_no_writes(url: str, *, wanted: bool) -> None:
    if url.startswith("sqlite"):
        flag = Path(url.removeprefix("sqlite:///")).with_name(_FLAG)
        if wanted:
            flag.touch()
        else:
            flag.unlink(missing_ok=True)
        return
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as server:
        server.execute("SET default_transaction_read_only = off")
        name = server.info.dbname
        server.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                sql.Identifier(name), sql.Literal("on" if wanted else "off")
            )
        )
        server.execute(_CUT, [name])  # new connections find the setting
