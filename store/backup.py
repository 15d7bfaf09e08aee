"""Copy a SQLite database while a bot uses it; the copy carries a mark and so begins in recover mode."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from store.database_url import describe, server
from store.diagnosis import explain
from store.engine import Engines
from store.errors import DatabaseUnusable

_HAS_MARK = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'recovery'"
_MARK = "UPDATE recovery SET is_copy = 1"
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def back_up(engines: Engines, to: Path) -> bool:
    """Write a copy of a SQLite database to a new file of mode 0600; return whether the copy carries the mark.

    The bot may run and write in the meantime: the copy is one moment's state. The file appears only when it is complete
    and on the disk. A schema from before recover mode (revision 0019) has no place for the mark.

    Raises `DatabaseUnusable` if the file exists or cannot be written, or if the database is damaged.
    """
    _require_free(to)
    with _new_file_beside(to) as part:
        try:
            with closing(sqlite3.connect(part)) as copy:
                _fill(engines, copy)
                is_marked = _mark(copy)
                damage = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            raise explain(error, URL.create("sqlite", database=str(to))) or error from None
        if damage != "ok":
            raise DatabaseUnusable(
                f"The database {describe(engines.read.url)} is damaged ({damage}). No copy was made. "
                "Restore it from an earlier backup."
            )
        _flush(part)
        _publish(part, to)
    return is_marked


def postgresql_recipe(url: URL) -> str:
    """Return what an operator types for a PostgreSQL database, without user and password."""
    place = f"postgresql://USER@{server(url)}/{url.database or 'NAME'}"
    return (
        f"The database {describe(url)} is PostgreSQL: its own tools copy it while the bot runs.\n"
        f"  pg_dump --format=custom --file=desk.dump {place}\n"
        "To restore, stop every process of the bot, make an empty database, and switch recover mode on before you "
        "start:\n"
        "  pg_restore --exit-on-error --no-owner --dbname=postgresql://USER@HOST/EMPTY desk.dump\n"
        "  domain-desk recover --begin"
    )


def _require_free(to: Path) -> None:
    if to.is_dir():
        raise DatabaseUnusable(f"{to} is a folder. Name a file in it, such as {to / 'desk-backup.db'}.")
    if os.path.lexists(to):
        raise DatabaseUnusable(f"{to} exists already, and a backup overwrites nothing. Name another file.")
    if not to.parent.is_dir():
        raise DatabaseUnusable(f"The folder {to.parent} does not exist. Create it, or name another file.")


@contextmanager
def _new_file_beside(to: Path) -> Iterator[Path]:
    """Create a file of mode 0600 next to the final one, and remove it at the end if it is still there."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{to.name}.", suffix=".part", dir=to.parent)
    except OSError as error:
        raise _unwritable(to, error) from None
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
    finally:
        for path in (part, *(part.with_name(part.name + end) for end in ("-journal", "-wal", "-shm"))):
            with suppress(FileNotFoundError):
                path.unlink()


def _fill(engines: Engines, copy: sqlite3.Connection) -> None:
    """Copy all pages in one step: readers and writers of a WAL database do not block each other."""
    connection = engines.read.raw_connection()
    try:
        source = connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("only a SQLite database is copied by its pages")
        source.backup(copy)
    finally:
        connection.close()


def _mark(copy: sqlite3.Connection) -> bool:
    """Mark the copy, in one file without a log next to it; a bot that starts on it switches back to WAL."""
    copy.execute("PRAGMA journal_mode=DELETE").close()
    if not copy.execute(_HAS_MARK).fetchone()[0]:
        return False
    with copy:
        return copy.execute(_MARK).rowcount == 1


def _flush(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _publish(part: Path, to: Path) -> None:
    """Give the complete file its name. A link, unlike a rename, never replaces a file that came in the meantime."""
    try:
        try:
            os.link(part, to)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _require_free(to)
            part.rename(to)
    except FileExistsError:
        _require_free(to)
        raise
    except OSError as error:
        raise _unwritable(to, error) from None
    _flush(to.parent)


def _unwritable(to: Path, error: OSError) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"{to} cannot be written ({error.strerror}). Name a file in a folder that you may write in."
    )
