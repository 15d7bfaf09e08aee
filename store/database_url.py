"""Parse and check `DATABASE_URL`."""

from __future__ import annotations

import difflib
import re
import stat
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_FORMS = "sqlite:///desk.db or postgresql+psycopg://user:password@host/name"
_BEGINNING = "DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://"
_REPEATABLE = {"host", "port"}  # SQLAlchemy's form for several servers
_LAST_PORT = 65_535
_POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+pysqlite"}


def parse_database_url(text: str) -> URL:
    """Return the URL that the engine opens; ``postgres://`` and ``postgresql://`` also select psycopg.

    Raises `ValueError` with a sentence that contains no part of a password.
    """
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme.startswith("sqlite") and separator and scheme not in _SQLITE:
        raise ValueError(f"DATABASE_URL names the SQLite driver {_driver(scheme)}; write sqlite:/// without a driver")
    if scheme in _SQLITE and separator:
        return _sqlite(scheme, rest)
    if scheme.startswith("postgres") and separator and scheme not in _POSTGRES:
        raise ValueError(f"DATABASE_URL names the driver {_driver(scheme)}; the bot uses postgresql+psycopg://")
    if scheme in _POSTGRES and separator:
        return _postgresql(rest)
    if scheme.startswith("sqlite"):
        raise ValueError("DATABASE_URL must have three slashes, such as sqlite:///desk.db")
    raise ValueError(f"{_BEGINNING}, such as {_FORMS}")


def describe(url: URL) -> str:
    """Return the database's file, or its name and server, for a sentence; never a user or a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.database or 'of the user'} at {server(url)}"


def server(url: URL) -> str:
    """Return the PostgreSQL server as ``host:port``, or the folder of its socket."""
    host = url.host or url.query.get("host") or "the local socket"
    return f"{host}:{url.port}" if url.port else str(host)


def _driver(scheme: str) -> str:
    return re.sub(r"[^\w-]", "", scheme.partition("+")[2])[:20] or "of unknown name"


def _sqlite(scheme: str, rest: str) -> URL:
    if not rest.startswith("/"):
        raise ValueError("DATABASE_URL must have three slashes before the file, such as sqlite:///desk.db")
    path = rest[1:]
    if not path:
        raise ValueError("DATABASE_URL must name a file, such as sqlite:///desk.db")
    if ":memory:" in path or "mode=memory" in path:
        raise ValueError("DATABASE_URL must name a file: a database in memory would forget every order at a restart")
    if path.startswith("file:") or "?" in path:
        raise ValueError("DATABASE_URL must hold a plain path without options, such as sqlite:///desk.db")
    if path.startswith("~"):
        raise ValueError("DATABASE_URL: write the whole path instead of ~, such as sqlite:////home/desk/desk.db")
    _check_place(Path(path))
    return make_url(f"{scheme}:///{path}")


def _check_place(file: Path) -> None:
    """Raise `ValueError` if no database file can exist at this path."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        if not file.parent.is_dir():
            raise ValueError(
                f"DATABASE_URL: the folder {file.parent} does not exist. Create it, or name another file"
            ) from None
        return
    except NotADirectoryError:
        raise ValueError(f"DATABASE_URL: {file.parent} is a file, not a folder. Name another file") from None
    except OSError as error:
        raise ValueError(f"DATABASE_URL: {file} cannot be opened ({error.strerror})") from None
    if stat.S_ISDIR(mode):
        raise ValueError(f"DATABASE_URL: {file} is a folder. Name a file in it, such as {file / 'desk.db'}")
    if not stat.S_ISREG(mode):
        raise ValueError(f"DATABASE_URL: {file} is not an ordinary file")


def _postgresql(rest: str) -> URL:
    # SQLAlchemy ends the password at the first @: it would take the rest for the host, and messages would print it.
    if rest.count("@") > 1:
        raise ValueError("DATABASE_URL: the user or password holds an @. Write %40 for it")
    try:
        url = make_url(f"postgresql+psycopg://{rest}")
    except (ArgumentError, ValueError):
        raise ValueError(
            "DATABASE_URL cannot be read. Write postgresql+psycopg://user:password@host/name, "
            "with special characters of the password as %XX (@ is %40, / is %2F, # is %23)"
        ) from None
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        raise ValueError(f"DATABASE_URL: the port must be from 1 to {_LAST_PORT}")
    if not _is_host(url.host) or not _is_name(url.database):
        # Without an @ that ends it, a password may have been parsed as the host's port or the database's name.
        raise ValueError(
            "DATABASE_URL: the host or the database name holds a special character. "
            "In a password write %40 for @, %2F for /, %23 for #, %3A for :"
        )
    _require_psycopg()
    _check_options(url)
    return url


def _check_options(url: URL) -> None:
    """Raise for an option that libpq does not know. The message repeats no name or value: they may be a password."""
    from psycopg.pq import Conninfo  # noqa: PLC0415 - an optional extra, loaded only where it is used

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name, value in url.query.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ". Correct what stands after the ?"
            raise ValueError(f"DATABASE_URL holds an option that PostgreSQL does not know{hint}")
        if not isinstance(value, str) and name not in _REPEATABLE:
            raise ValueError(f"DATABASE_URL holds the option {name} twice; keep one")
    try:
        url.get_dialect()().create_connect_args(url)  # checks the syntax of several hosts and ports
    except ArgumentError:
        raise ValueError("DATABASE_URL: host or port after the ? cannot be read") from None
    if not re.fullmatch(r"-?[0-9]{1,6}", str(url.query.get("connect_timeout", "0"))):
        raise ValueError("DATABASE_URL: connect_timeout must be a whole number of seconds")


def _is_host(host: str | None) -> bool:
    return not host or re.fullmatch(r"[\w.:%-]+", host) is not None


def _is_name(name: str | None) -> bool:
    return not name or re.fullmatch(r"[\w.$ -]+", name) is not None


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415 - an optional extra, loaded only where it is used
    except ImportError:
        raise ValueError(
            "DATABASE_URL names PostgreSQL, but psycopg is not installed. Install the extra: domain-desk[postgres]"
        ) from None
