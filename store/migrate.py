"""Migrations: upgrade a database to the newest revision, and refuse a foreign one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from store import money_tables, tables  # noqa: F401 - importing them is what fills the metadata
from store.database_url import describe
from store.diagnosis import explained, lacks_a_table
from store.engine import Engines
from store.errors import DatabaseUnusable
from store.sqlite_file import file_of, restrict

MIGRATION_LOCK = 7_368_421  # arbitrary, but the same in every process
_MIGRATION_MINUTES = 30  # a migration may rewrite every row of a large table
_LOCK_MINUTES = 2  # another process may be migrating at this moment
_REVISIONS = "alembic_version"
MOVED = "moved-"  # before the revision of a SQLite database whose data moved to PostgreSQL
_OUR_TABLES = """
SELECT bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
    AND has_table_privilege(c.oid, 'UPDATE'))
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""


def migrate(engines: Engines) -> str:
    """Upgrade to the newest revision and return it. Safe to run again, and in two processes at once.

    Raises `DatabaseError`, also if the database can be read but not written, or if it is damaged. A SQLite file is
    closed to other users once it is known to be ours.
    """
    with explained(engines.write):
        known = revision(engines)
        if known == newest():
            require_whole(engines)
            _restrict(engines)
            require_writable(engines)
            return known
        _restrict(engines)
        found = _upgrade(engines)
        _restrict(engines)  # it may be new
        return found


def _upgrade(engines: Engines) -> str:
    config = _config()
    try:
        with engines.write.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL statement_timeout = '{_MIGRATION_MINUTES}min'"))
                connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_MINUTES}min'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
                _hold_back_writers(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return _revision(connection)
    except DBAPIError as error:
        if not lacks_a_table(error):
            raise
        raise DatabaseUnusable(_damaged(describe(engines.write.url), "a table or a column")) from None


def _hold_back_writers(connection: Connection) -> None:
    """Lock the schema's revision, which every writer reads.

    Writers in progress finish first; others wait and then refuse to write.
    """
    if inspect(connection).has_table(_REVISIONS):
        connection.execute(text(f"SELECT 1 FROM {_REVISIONS} FOR UPDATE"))  # noqa: S608 - a constant of this file


def require_newest(engines: Engines) -> None:
    """Raise `DatabaseError` unless the database has this version's revision. Creates no file."""
    name = describe(engines.read.url)
    file = file_of(engines.read.url)
    is_new = file is not None and (not file.exists() or not file.stat().st_size)
    with explained(engines.read):
        if is_new or revision(engines) != newest():
            raise DatabaseUnusable(
                f"The database {name} is empty or older than this version: run `domain-desk migrate`."
            )
        require_whole(engines)
        _restrict(engines)


def require_some(engines: Engines) -> None:
    """Raise `DatabaseError` unless the database has a revision that this version knows, old or new. Creates no file."""
    name = describe(engines.read.url)
    file = file_of(engines.read.url)
    if (file is not None and not file.exists()) or not revision(engines):
        raise DatabaseUnusable(f"The database {name} is empty. Correct DATABASE_URL.")


def revision(engines: Engines) -> str:
    """Return the revision of the database; an empty string if it has no tables yet.

    Raises `DatabaseUnusable` for a database of a newer version or of another program.
    """
    with engines.read.connect() as connection:
        found = _revision(connection)
        name = describe(engines.read.url)
        if found.startswith(MOVED):
            raise DatabaseUnusable(_moved(name, connection))
        if found and found not in _known():
            raise DatabaseUnusable(_unknown(name, found))
        if not found and inspect(connection).get_table_names():
            raise DatabaseUnusable(_foreign(name))
        return found


@cache
def newest() -> str:
    """Return the newest revision that this version knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _unknown(name: str, found: str) -> str:
    if found.isdigit() and int(found) > int(newest()):
        return (
            f"The database {name} was made by a newer version ({found}); this one knows {newest()}. "
            "Start the newer version again. To go back to this version, restore the backup from before the upgrade."
        )
    return _foreign(name)


def _moved(name: str, connection: Connection) -> str:
    place, at = connection.execute(text("SELECT place, at FROM moved")).one()
    return (
        f"The data of {name} moved to the PostgreSQL database {place} on {at}: nothing starts on this file any more. "
        "Set DATABASE_URL to the new database."
    )


def _foreign(name: str) -> str:
    return f"The database {name} belongs to another program: its tables are not the bot's. Correct DATABASE_URL."


def _damaged(name: str, what: str) -> str:
    return f"The database {name} is damaged: it has no longer {what} of its revision. Restore it from a backup."


def require_whole(engines: Engines) -> None:
    """Raise `DatabaseUnusable` if a table or a column of the newest revision is missing."""
    with engines.read.connect() as connection:
        there = {
            table: {c["name"] for c in columns}
            for (_, table), columns in inspect(connection).get_multi_columns().items()
        }
    for table in SQLModel.metadata.sorted_tables:
        gone = [column.name for column in table.columns if column.name not in there.get(table.name, set())]
        if table.name not in there:
            raise DatabaseUnusable(_damaged(describe(engines.read.url), f"the table {table.name}"))
        if gone:
            raise DatabaseUnusable(_damaged(describe(engines.read.url), f"the column {table.name}.{gone[0]}"))


def _restrict(engines: Engines) -> None:
    if (file := file_of(engines.write.url)) is not None:
        restrict(file)


def require_writable(engines: Engines) -> None:
    """Raise `DatabaseUnusable` if the database is not writable, at startup rather than at the first order."""
    name = describe(engines.write.url)
    with engines.write.connect() as connection:  # leaving it rolls back
        if connection.dialect.name != "postgresql":
            # BEGIN IMMEDIATE alone succeeds on a read-only file.
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
            return
        if connection.scalar(text("SELECT current_setting('transaction_read_only')")) == "on":
            raise DatabaseUnusable(
                f"The database {name} is read-only (a standby, or configured so). "
                "Name the primary server in DATABASE_URL."
            )
        if not connection.scalar(text(_OUR_TABLES)):
            raise DatabaseUnusable(
                f"The PostgreSQL role lacks rights on tables of the database {name}. Grant it SELECT, INSERT, UPDATE."
            )


def _revision(connection: Connection) -> str:
    """Return the revision; empty if there is none. Raises `DatabaseUnusable` if it is ambiguous."""
    name = describe(connection.engine.url)
    inspector = inspect(connection)
    if inspector.has_table(_REVISIONS) and "version_num" not in {c["name"] for c in inspector.get_columns(_REVISIONS)}:
        raise DatabaseUnusable(_foreign(name))
    found = MigrationContext.configure(connection).get_current_heads()
    if len(found) > 1:
        raise DatabaseUnusable(
            f"The database {name} is damaged: its table {_REVISIONS} holds {len(found)} rows in place of one. "
            "Restore it from a backup."
        )
    return found[0] if found else ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
