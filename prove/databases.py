"""Provides an empty, migrated database for each run, on SQLite or on a PostgreSQL server of our own."""

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
    """Creates databases for runs; `shared` means that several processes may work on one."""

    shared: bool

    def new(self, folder: Path) -> str:
        """Create a database and return its URL; `folder` is the run's own."""

    def drop(self, url: str) -> None:
        """Remove a database that is no longer used."""


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
        """Do nothing: the file is removed with the run's folder."""


class PostgresDatabases:
    """Databases created from one migrated template."""

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
    """Open the databases of a kind, ``sqlite`` or ``postgresql``; the server lives as long as the context."""
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
    """Allow enough connections for some thirty parallel runs with a pool or two each: the default is a hundred."""
    server = open_postgres(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_connections = 600")
    finally:
        server.cleanup()  # the setting takes effect at the next start


def _migrated(url: str) -> None:
    engines = open_engines(url)
    migrate(engines)
    engines.close()
