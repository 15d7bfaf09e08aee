"""Bringing a database to the newest shape."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.engine import Engines

_LOCK = 7_368_421  # any number, the same in every process


def migrate(engines: Engines) -> str:
    """Upgrade to the newest revision and name it. Safe to run again, and in two processes at once."""
    if (known := revision(engines)) == newest():
        return known
    config = _config()
    with engines.write.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return _revision(connection)


def revision(engines: Engines) -> str:
    """Name the revision that the database has; empty where it has none."""
    with engines.read.connect() as connection:
        return _revision(connection)


@cache
def newest() -> str:
    """Name the newest revision that this version of the desk knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
