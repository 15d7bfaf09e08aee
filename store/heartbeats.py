"""Heartbeats in SQL: which processes work on this database, and whether it accepts writes.

Ages are measured by the database's clock alone, so the clocks of machines may differ.
"""

from __future__ import annotations

import secrets

from sqlalchemy import inspect, text

from store.engine import Engines
from store.errors import DatabaseUnusable
from store.migrate import newest, revision
from store.schema import writing

ALIVE_SECONDS = 30  # since the last heartbeat; up to three may be missed
_TABLE = "heartbeats"
_FORGOTTEN_SECONDS = 3600
_CLOCK = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)",
}
_BEAT = """
INSERT INTO heartbeats (process, revision, beat_at) VALUES (:process, :revision, {clock})
ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at"""
_FORGET = "DELETE FROM heartbeats WHERE beat_at < {clock} - :seconds"
_ALIVE = f"SELECT count(*) FROM heartbeats WHERE beat_at >= {_CLOCK['postgresql']} - :seconds"  # noqa: S608 - constants


class Heartbeat:
    """The heartbeat row of one process."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._process = secrets.token_hex(8)
        self._clock = _CLOCK[engines.write.dialect.name]

    def beat(self) -> None:
        """Write a heartbeat. Raises `SchemaChanged` and `DatabaseError` like every write."""
        with writing(self._engines) as session:
            mine = {"process": self._process, "revision": newest()}
            session.execute(text(_BEAT.format(clock=self._clock)), mine)
            session.execute(text(_FORGET.format(clock=self._clock)), {"seconds": _FORGOTTEN_SECONDS})

    def end(self) -> None:
        """Remove the row: this process writes nothing more."""
        with writing(self._engines) as session:
            session.execute(text("DELETE FROM heartbeats WHERE process = :process"), {"process": self._process})


class OlderProcesses(DatabaseUnusable):
    """Processes of an older schema work on the database."""

    def __init__(self, number: int) -> None:
        others = "1 process of an older version runs" if number == 1 else f"{number} processes of an older version run"
        super().__init__(
            f"{others} on this database. Stop them first: this version changes the tables, "
            "and they must not write to those."
        )


def require_no_older_process(engines: Engines) -> None:
    """Raise `OlderProcesses` if processes of an older schema still run, which a migration would break.

    Processes of revisions before heartbeats are not detected. On SQLite there are none: the file's lock allows one
    process.
    """
    if not engines.are_shared or revision(engines) in {"", newest()}:
        return
    with engines.read.connect() as connection:
        if not inspect(connection).has_table(_TABLE):
            return
        alive = connection.execute(text(_ALIVE), {"seconds": ALIVE_SECONDS}).scalar_one()
    if alive:
        raise OlderProcesses(int(alive))
