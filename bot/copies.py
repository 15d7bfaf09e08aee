"""`domain-desk backup` and `domain-desk copy`: copy a database, and audit each copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from ordering.process.predecessor import end_predecessors_calls
from ordering.record.verification import Audit
from store import relocation
from store.backup import back_up, postgresql_recipe
from store.database_url import describe, parse_database_url
from store.diagnosis import explained
from store.engine import Engines, open_engines
from store.errors import DatabaseUnusable
from store.migrate import newest, require_newest, require_some, revision
from store.sqlite_file import file_of, hold
from store.transactions import SqlStore

_PATIENCE = 1800  # seconds for or between statements: the audit log may be long
Say = Callable[[str], None]


def audit(engines: Engines, say: Say, *, known_head: str | None = None) -> int:
    """Print each fault of the record and a summary; return the number of faults."""
    faults = 0
    with explained(engines.read), SqlStore(engines).read() as carts:
        found = Audit(carts.record(), known_head=known_head)
        for faults, fault in enumerate(found.faults(), start=1):  # noqa: B007 - the summary needs their number
            say(str(fault))
    say(found.summary(faults))
    return faults


def make_backup(url: str, file: Path, say: Say) -> int:
    """Copy a SQLite database to a new file, and audit the copy; return the number of faults in its record.

    Raises `DatabaseError` if no copy was made; on PostgreSQL with what to type instead.
    """
    try:
        parse_database_url(f"sqlite:///{file}")
    except ValueError:
        raise DatabaseUnusable(
            f"A database cannot be restored from {file}: its folder is missing, or its name is special. Name another."
        ) from None
    engines = open_engines(url, patience=_PATIENCE, idle=_PATIENCE)
    if file_of(engines.read.url) is None:
        raise DatabaseUnusable(postgresql_recipe(engines.read.url))
    with explained(engines.read):
        require_some(engines)
        is_marked = back_up(engines, file)
        is_newest = revision(engines) == newest()
    engines.close()
    say(f"{file}: the copy is complete.")
    if not is_marked:
        say("Its schema has no recover mode: if you restore it, run `domain-desk recover --begin` first.")
    if not is_newest:
        say("Its schema is older than this version: after an upgrade of the copy, check it by `verify`.")
        return 0
    copy = open_engines(f"sqlite:///{file}")
    faults = audit(copy, say)
    copy.close()
    return faults


def move_to_postgresql(url: str, to: str, say: Say) -> int:
    """Move a SQLite database to an empty PostgreSQL database; return the number of faults that stopped it.

    Raises `DatabaseError` if a database must be fixed first; the old one can then still be used.
    """
    place = _postgresql(to)
    source = open_engines(url, patience=_PATIENCE, idle=_PATIENCE)
    if (file := file_of(source.read.url)) is None:
        raise DatabaseUnusable("DATABASE_URL names a PostgreSQL database already. `copy` moves a SQLite database.")
    require_newest(source)
    with hold(url):
        target = open_engines(to, patience=_PATIENCE, idle=_PATIENCE)
        relocation.require_empty(target)
        if faults := audit(source, say):
            return faults
        now = datetime.now(UTC)
        with explained(source.write):
            end_predecessors_calls(SqlStore(source), now)  # as a start does that holds the file
        copied = relocation.copy_all(source, target, now=now)
        relocation.close_for_good(source, target, now=now)
        relocation.release(source, target)
    for engines in (source, target):
        engines.close()
    say(f"Copied to {describe(place)}. {copied.summary(0)}")
    say(f"{file} is closed for good. Set DATABASE_URL to the new database, and start the bot.")
    return 0


def _postgresql(to: str) -> URL:
    try:
        place = parse_database_url(to)
    except ValueError as error:
        raise DatabaseUnusable(str(error).replace("DATABASE_URL", "--to")) from None
    if file_of(place) is not None:
        raise DatabaseUnusable("--to: name a PostgreSQL database. For a second SQLite file, use `domain-desk backup`.")
    return place
