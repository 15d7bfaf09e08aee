"""Turns errors of SQLite, PostgreSQL and their drivers into a sentence for the operator.

SQLite errors are classified by result code (sqlite.org/rescode.html), PostgreSQL errors by SQLSTATE (its manual,
appendix A). libpq reports a failed connection without one: its English text is matched then, and after that whether it
sent a password.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.database_url import describe, server
from store.errors import DatabaseAway, DatabaseError, DatabaseUnusable

_Fault = tuple[type[DatabaseError], str]

_SQLITE: dict[str, _Fault] = {
    "SQLITE_NOTADB": (DatabaseUnusable, "{name} is not a SQLite database. Correct DATABASE_URL."),
    "SQLITE_CORRUPT": (DatabaseUnusable, "{name} is damaged. Restore it from a backup."),
    "SQLITE_READONLY": (
        DatabaseUnusable,
        "{name} is read-only. Give the bot's user the right to write the file and its folder.",
    ),
    "SQLITE_CANTOPEN": (
        DatabaseUnusable,
        "{name} cannot be opened. Give the bot's user the right to read and write the file and its folder.",
    ),
    "SQLITE_PERM": (DatabaseUnusable, "{name} cannot be opened. Give the bot's user the right to read and write it."),
    "SQLITE_BUSY": (
        DatabaseUnusable,
        "{name} is locked by another program. Close what else has it open, such as a sqlite3 shell or a backup.",
    ),
    "SQLITE_LOCKED": (DatabaseUnusable, "{name} is locked by another connection. Close what else has it open."),
    "SQLITE_FULL": (DatabaseUnusable, "The disk of {name} is full. Free some space."),
    "SQLITE_IOERR": (
        DatabaseUnusable,
        "The disk of {name} fails or is full. Check its space and the system's messages.",
    ),
}

_WRONG_LOGIN = "PostgreSQL at {server} refuses the user or the password of DATABASE_URL. Correct them."
_NO_RIGHTS = (
    DatabaseUnusable,
    "The PostgreSQL role lacks rights on the database {name}. Make it the owner of the schema, or grant it the rights.",
)
_SQLSTATE: dict[str, _Fault] = {
    "42501": _NO_RIGHTS,
    "25006": (
        DatabaseUnusable,
        "The database {name} is read-only (a standby, or configured so). Name the primary server in DATABASE_URL.",
    ),
    "53100": (DatabaseUnusable, "The disk of the PostgreSQL server {server} is full. Free some space."),
    "3D000": (DatabaseUnusable, "The database {name} does not exist. Create it, or correct DATABASE_URL."),
    "3F000": (
        DatabaseUnusable,
        "The database {name} has no schema that this role may use. Create one, or grant the role USAGE on one.",
    ),
    "55P03": (DatabaseAway, "The database {name} is locked by another session. End that session if the lock stays."),
    "57014": (DatabaseAway, "The database {name} took too long to answer. Check the server's load."),
    "40": (
        DatabaseAway,
        "The database {name} undid a write that collided with another one. Nothing was lost; it is tried again.",
    ),
    "53": (DatabaseAway, "PostgreSQL at {server} has no free connection. Raise max_connections."),
    "57": (DatabaseAway, "PostgreSQL at {server} is stopping or starting."),
    "08": (DatabaseAway, "The connection to PostgreSQL at {server} broke. Check the server and network."),
    "28": (DatabaseUnusable, _WRONG_LOGIN),
}

_WRONG_LOGIN = "PostgreSQL at {server} refuses the user or the password of DATABASE_URL. Correct them."
_WRONG_OPTION = (
    r"invalid (connection option|integer value|port number|\S+ value|value for|command-line argument)|bad value for|"
    r"unrecognized configuration parameter|FATAL: +--\S+ requires a value|could not match \d+ port numbers|"
    r"(definition of service|service file) .* not found"
)
# The first pattern found in a failed connection's text decides.
_CONNECTING: tuple[tuple[str, _Fault], ...] = (
    (
        r"starting up|shutting down|in recovery mode|not (yet )?accepting connections",
        (DatabaseAway, "PostgreSQL at {server} is still starting or stopping."),
    ),
    (
        r"too many|remaining connection slots",
        (DatabaseAway, "PostgreSQL at {server} has no free connection. Raise max_connections."),
    ),
    (r"database \".*\" does not exist", _SQLSTATE["3D000"]),
    (
        r"password authentication failed|no password supplied|authentication failed|role \".*\" does not exist",
        (DatabaseUnusable, _WRONG_LOGIN),
    ),
    (
        r"no encryption|SSL off|requires? (SSL|TLS|encryption)",
        (DatabaseUnusable, "PostgreSQL at {server} requires TLS. Add ?sslmode=require to DATABASE_URL."),
    ),
    (
        r"server does not support SSL",
        (
            DatabaseUnusable,
            "PostgreSQL at {server} offers no TLS, and DATABASE_URL requires it. Enable TLS there, or change sslmode.",
        ),
    ),
    (
        r"certificate|SSL error",
        (
            DatabaseUnusable,
            "The TLS certificate of PostgreSQL at {server} is not trusted. Check sslrootcert in DATABASE_URL.",
        ),
    ),
    (
        r"pg_hba\.conf",
        (
            DatabaseUnusable,
            "PostgreSQL at {server} does not accept this user from this machine. Add an entry to its pg_hba.conf.",
        ),
    ),
    (r"permission denied for", _NO_RIGHTS),
    (
        r"socket .*permission denied",
        (DatabaseUnusable, "The bot's user may not use PostgreSQL's socket at {server}. Give it access."),
    ),
    (
        r"invalid (connection option|sslmode|integer value)",
        (DatabaseUnusable, "DATABASE_URL has a wrong option. Correct or remove it."),
    ),
    (
        r"resolve host|translate host name",
        (DatabaseAway, "The host of PostgreSQL, {server}, is not found. Correct DATABASE_URL, or the network's DNS."),
    ),
    (_WRONG_OPTION, (DatabaseUnusable, "DATABASE_URL, or a variable PG…, has a wrong option. Correct or remove it.")),
)
_SILENT = (DatabaseAway, "PostgreSQL does not answer at {server}. Start it, or correct DATABASE_URL.")


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Translate database errors into `DatabaseError`; a bug of ours keeps its own exception."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        if (fault := explain(error, engine.url)) is None:
            raise
        raise fault from None  # the driver's text may contain addresses and users


def explain(error: BaseException, url: URL) -> DatabaseError | None:
    """Return the error with a sentence for the operator; None if it is a bug of ours."""
    if isinstance(error, PoolTimeout):
        return DatabaseAway(f"No connection to the database {describe(url)} became free in time.")
    cause = error.orig if isinstance(error, DBAPIError) else error
    found = _of_sqlite(cause) if isinstance(cause, sqlite3.Error) else _of_postgresql(cause)
    if found is None:
        return None
    kind, sentence = found
    return kind(sentence.format(name=describe(url), server=server(url)))


def lacks_a_table(error: DBAPIError) -> bool:
    """Return whether a statement failed because a table, column or index is missing, or exists already."""
    if state := str(getattr(error.orig, "sqlstate", None) or ""):
        return state in {"42P01", "42703", "42704", "42P07", "42701", "42710"}
    return re.search(r"no such (table|column|index)|already exists|duplicate column", str(error.orig)) is not None


def _of_sqlite(error: sqlite3.Error) -> _Fault | None:
    name = getattr(error, "sqlite_errorname", "")
    return next((fault for code, fault in _SQLITE.items() if name == code or name.startswith(f"{code}_")), None)


def _of_postgresql(error: BaseException | None) -> _Fault | None:
    if state := str(getattr(error, "sqlstate", None) or ""):
        return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2])
    text = str(error)
    # psycopg refuses some options itself. Its other ProgrammingErrors are bugs of ours.
    is_option = type(error).__name__ == "ProgrammingError" and re.search(_WRONG_OPTION, text)
    if not is_option and type(error).__name__ not in {"OperationalError", "ConnectionTimeout", "InterfaceError"}:
        return None
    for pattern, fault in _CONNECTING:
        if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            return fault
    # The text is not English. The server asked for a password and then refused, so waiting does not help.
    connection = getattr(error, "pgconn", None)
    if getattr(connection, "used_password", False) or getattr(connection, "needs_password", False):
        return DatabaseUnusable, _WRONG_LOGIN
    return _SILENT
