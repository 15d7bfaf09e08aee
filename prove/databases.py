"""An empty, migrated database for each run, on SQLite or on a PostgreSQL of our own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg

from prove.postgres import open_postgres
from store.engine import open_engines
from store.migrate import migrate


class Databases(Protocol):
    """Where runs get their databases from; `shared` tells whether several processes may work on one."""

    shared: bool

    def new(self, folder: Path) -> str:
        """The address of a fresh database; `folder` is the run's own."""

    def drop(self, url: str) -> None:
        """Remove one that is used no more."""


class SqliteFiles:
    """Copies of one migrated file."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        _migrated(f"sqlite:///{self._template}")

    def new(self, folder: Path) -> str:
        shutil.copyfile(self._template, folder / "desk.db")
        return f"sqlite:///{folder / 'desk.db'}"

    def drop(self, url: str) -> None:
        """The run's folder goes with it."""


class PostgresDatabases:
    """Databases made from one migrated template."""

    shared = True

    def __init__(self, server: str) -> None:
        self._server = server
        self._numbers = count(1)
        self._run("CREATE DATABASE template_desk")
        _migrated(self._url("template_desk"))

    def new(self, folder: Path) -> str:
        name = f"desk_{folder.name.replace('-', '_')}_{next(self._numbers)}".lower()
        self._run(f"CREATE DATABASE {name} TEMPLATE template_desk")
        return self._url(name)

    def drop(self, url: str) -> None:
        name = url.rpartition("?")[0].rpartition("/")[2]
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return self._server.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Databases]:
    """``sqlite`` or ``postgresql``; the server lives as long as the context."""
    if kind == "sqlite":
        yield SqliteFiles(folder)
        return
    _have_room_for_many(folder / "postgres")
    server = open_postgres(folder / "postgres")
    try:
        yield PostgresDatabases(server.get_uri())
    finally:
        server.cleanup()


def _have_room_for_many(folder: Path) -> None:
    """Some thirty runs side by side, each with a pool or two: more connections than the usual hundred."""
    server = open_postgres(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_connections = 600")
    finally:
        server.cleanup()  # the setting counts from the next start on


def _migrated(url: str) -> None:
    engines = open_engines(url)
    migrate(engines)
    engines.close()
