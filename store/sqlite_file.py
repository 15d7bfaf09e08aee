"""The SQLite file: its lock and its permissions."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from store.database_url import parse_database_url
from store.errors import DatabaseUnusable

_MAGIC = b"SQLite format 3\0"  # sqlite.org/fileformat.html, section 1.3
_FULL = {errno.ENOSPC, errno.EDQUOT}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_BESIDE = ("", "-wal", "-shm", "-journal", "-lock")


def file_of(url: URL) -> Path | None:
    """Return the path of a SQLite database; None on PostgreSQL."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


class FileHeld(DatabaseUnusable):
    """Another process holds the file; it may be shutting down."""


@contextmanager
def hold(url: str) -> Iterator[None]:
    """Lock the SQLite file for this process; does nothing on PostgreSQL.

    The kernel releases the lock when the process ends, also after `kill -9`. A lock file created here is deleted if the
    block fails: the database may belong to another program. Raises `FileHeld` if another process holds the lock,
    `DatabaseUnusable` if the file cannot be locked, and `ValueError` for a wrong URL.
    """
    file = file_of(parse_database_url(url))
    if file is None:
        yield
        return
    real = file.resolve()  # two paths to one database get the same lock
    path = real.with_name(real.name + "-lock")
    was_there = path.exists()
    lock = _lock(file, path)
    try:
        _write_holder(lock, file)
        yield
    except BaseException:
        if not was_there:
            with suppress(OSError):
                path.unlink()  # while the lock is held: `_lock` notices if another process has opened the file
        raise
    finally:
        os.close(lock)


def require_sqlite(file: Path) -> None:
    """Raise `DatabaseUnusable` for a file of another kind.

    SQLite itself treats a file of less than 512 bytes as an empty database, and overwrites it.
    """
    try:
        with file.open("rb") as opened:
            beginning = opened.read(len(_MAGIC))
    except OSError:
        return  # missing or not readable: SQLite reports which
    if beginning and beginning != _MAGIC:
        raise DatabaseUnusable(f"{file} is not a SQLite database. Correct DATABASE_URL.")


def restrict(file: Path) -> None:
    """Remove access by others (mode 0600) if the files are world-readable; a mode such as 0640 stays.

    The database holds names, addresses and payments. Earlier versions created it with the default mode.
    A file of another user stays as it is: only its owner may change it.
    """
    for path in (file.with_name(file.name + end) for end in _BESIDE):
        with suppress(FileNotFoundError, PermissionError, NotADirectoryError):
            if path.stat().st_mode & stat.S_IRWXO:
                path.chmod(0o600)


def _lock(file: Path, path: Path) -> int:
    """Take the lock at `path`, which is next to the real file; returns its descriptor."""
    while True:
        descriptor = _open_lock(file, path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise DatabaseUnusable(
                    f"The folder of the database {file} does not support file locks ({error.strerror}). "
                    "Use a local disk."
                ) from None
            raise FileHeld(
                f"Another bot is running on {file}{holder}. Stop it first: one SQLite file belongs to one process."
            ) from None
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # its last holder deleted it, so the next process would lock another file


def _open_lock(file: Path, path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(file, path.name, error) from None


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write_holder(descriptor: int, file: Path) -> None:
    """Write this process's pid into the lock file, for the error message of the next process."""
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    except OSError as error:
        raise _unwritable(file, f"{file.name}-lock", error) from None


def _unwritable(file: Path, name: str, error: OSError) -> DatabaseUnusable:
    if error.errno in _FULL:
        return DatabaseUnusable(f"The disk of {file} is full. Free some space.")
    if error.errno in _NO_RIGHT:
        return DatabaseUnusable(
            f"{name} cannot be written next to the database {file} ({error.strerror}). "
            "Give the bot's user the right to write in that folder."
        )
    return DatabaseUnusable(f"{name} cannot be written next to the database {file} ({error.strerror}).")


def _holder(descriptor: int) -> str:
    written = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (pid {written})" if written.isdigit() else ""
