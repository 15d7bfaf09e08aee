"""The database: reachable, of this version, writable, with space left, and closed to others. Changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from bot.doctor.findings import Finding
from bot.doctor.probe.carts import KnownCarts
from ordering.model.cart import CartState
from store.database_url import describe, parse_database_url, server
from store.diagnosis import explained
from store.engine import Engines, open_engines
from store.errors import DatabaseAway, DatabaseError
from store.migrate import newest, require_whole, require_writable, revision
from store.sqlite_file import file_of
from store.transactions import SqlStore

_PATIENCE = 10  # seconds for one statement
_MEGABYTE = 1024 * 1024
_FULL, _LOW = 50 * _MEGABYTE, 1024 * _MEGABYTE  # bytes left on the disk
_MOST_CARTS = 5  # that the probe reads
_OLDEST_SERVER = 14  # the oldest major version that gets fixes
_SERVER = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version'), rolsuper
FROM pg_roles WHERE rolname = current_user
"""


def check_database(url: str) -> Iterator[Finding]:
    """Check the database at this address."""
    address = parse_database_url(url)
    file = file_of(address)
    if file is not None:
        yield from _file(file)
    else:
        yield Finding("disk_not_visible", "The space on PostgreSQL's disk cannot be read from here.")
    if file is not None and not (file.exists() and file.stat().st_size):
        return
    try:
        with closing(open_engines(url, patience=_PATIENCE, idle=_PATIENCE)) as engines, explained(engines.read):
            yield from _content(engines)
    except DatabaseError as error:
        yield Finding("database_away" if isinstance(error, DatabaseAway) else "database_unusable", str(error))


def presences(url: str) -> frozenset[str] | None:
    """Return the carts by which this bot announces itself at OVH; None if the database does not say."""
    if not _has_content(url):
        return frozenset()
    try:
        with closing(open_engines(url, patience=_PATIENCE, idle=_PATIENCE)) as engines, explained(engines.read):
            if revision(engines) != newest():
                return None
            with SqlStore(engines).read() as carts:
                return carts.presences()
    except DatabaseError:
        return None


def known_carts(url: str) -> KnownCarts:
    """Return the carts at OVH that the database knows, for the probe; none if it cannot be read."""
    if not _has_content(url):
        return KnownCarts()
    own = presences(url)
    try:
        with closing(open_engines(url, patience=_PATIENCE, idle=_PATIENCE)) as engines, explained(engines.read):
            if revision(engines) != newest():
                return KnownCarts()
            with SqlStore(engines).read() as carts:
                ordered = [cart for cart in carts.every_cart() if cart.order is not None and cart.attempt is not None]
    except DatabaseError:
        return KnownCarts()
    newest_first = sorted(ordered, key=lambda cart: cart.id, reverse=True)
    at_ovh = {cart.attempt.registrar_cart: cart.state for cart in newest_first if cart.attempt is not None}
    delivered = [cart for cart, state in at_ovh.items() if state is CartState.DELIVERED]
    return KnownCarts(tuple(at_ovh)[:_MOST_CARTS], tuple(delivered)[:_MOST_CARTS], own or frozenset())


def _has_content(url: str) -> bool:
    file = file_of(parse_database_url(url))
    return file is None or (file.exists() and bool(file.stat().st_size))


def _content(engines: Engines) -> Iterator[Finding]:
    name, known = describe(engines.read.url), revision(engines)
    if engines.are_shared:
        yield from _server(engines)
    if known != newest():
        is_empty = f"The database {name} is empty." if not known else ""
        yield Finding("database_older", is_empty or f"The database {name} is of an older version ({known}).")
        return
    require_whole(engines)
    require_writable(engines)
    yield Finding("database_ok", f"The database {name} can be read and written, and is of this version ({known}).")
    with SqlStore(engines).read() as carts:
        standing = carts.standing()
    if standing.recovery is not None:
        yield Finding("recover_mode", "The bot is in recover mode.")
    elif standing.is_copy:
        yield Finding("recover_mode", "The database is a backup's copy, so the next start begins in recover mode.")


def _server(engines: Engines) -> Iterator[Finding]:
    with engines.read.connect() as connection:
        major, version, is_superuser = connection.execute(text(_SERVER)).one()
    where = f"PostgreSQL {version} at {server(engines.read.url)}"
    yield Finding("server_old" if major < _OLDEST_SERVER else "database_server", f"The server is {where}.")
    if is_superuser:
        yield Finding("server_role_powerful", "The role of DATABASE_URL is a superuser of the whole server.")


def _file(file: Path) -> Iterator[Finding]:
    folder = file.resolve().parent
    yield _disk(folder)
    if not file.exists():
        if not os.access(folder, os.W_OK | os.X_OK):
            yield Finding("database_folder_read_only", f"The database {file} cannot be made in {folder}.")
        else:
            yield Finding("database_new", f"There is no database yet; the first start makes {file}.")
        return
    facts = file.stat()
    if facts.st_uid != os.geteuid():
        yield Finding("database_of_another_user", f"{file} belongs to another user of this machine.")
    if facts.st_mode & stat.S_IRWXO:
        yield Finding("database_open_to_others", f"Other users of this machine may read {file}.")
    elif facts.st_uid == os.geteuid():
        yield Finding("database_permissions", f"{file} is closed to other users.")


def _disk(folder: Path) -> Finding:
    left = shutil.disk_usage(folder).free
    code = "disk_full" if left < _FULL else "disk_low" if left < _LOW else "database_disk"
    return Finding(code, f"{left // _MEGABYTE:,} MB are free on the disk of the database.")
