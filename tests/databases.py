"""Migrated databases for tests: migrated once in a process, then copied, which takes a twentieth of the time.

Tests of the migrations themselves start from an empty database.
"""

import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from store.engine import Engines, open_engines
from store.migrate import migrate


class CompiledOnce(dict[Any, Any]):
    """Compiled statements by kind of database.

    SQLAlchemy keeps them by engine. To compile them again for each test's engine takes a third of the test's time.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_by_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_by_kind(key), compiled)


def _by_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return dialect.name, *rest


_COMPILED = CompiledOnce()


@event.listens_for(Engine, "engine_connect")
def _share_compiled(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)


def new_sqlite(folder: Path, content: bytes | None = None) -> str:
    """Put a migrated `desk.db` or this content into the folder, and return its address."""
    file = folder / "desk.db"
    file.touch(0o600)
    file.write_bytes(content or _migrated_file())
    return f"sqlite:///{file}"


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory(prefix="domain-desk-") as folder:
        file = Path(folder) / "desk.db"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()  # whole: closing the last connection empties the log next to it


def _migrate(url: str) -> None:
    engines = open_engines(url)
    migrate(engines)
    engines.close()


def open_unsynced(url: str) -> Engines:
    """Open engines that do not wait for the disk, which takes most of a test's time on SQLite.

    A killed process loses nothing by it, only a machine without power. `tests/store/test_migrations.py` checks that
    the bot does wait.
    """
    engines = open_engines(url)
    if engines.write_queue is not None:
        for engine in (engines.write, engines.inbox):
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
    return engines


def unsynced(server: str) -> None:
    """Let a PostgreSQL server not wait for the disk, either."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def new_postgresql(server: str, template: str = "template1") -> str:
    """Create a database as a copy of another one, and return its address."""
    name = f"desk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return _at(server, name)


def migrated_template(server: str) -> str:
    """Create a migrated database to copy, and return its name."""
    url = new_postgresql(server)
    _migrate(url)
    return name_of(url)


def name_of(url: str) -> str:
    """Return the name of the PostgreSQL database at this address."""
    return url.partition("?")[0].rpartition("/")[2]


def _at(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")
