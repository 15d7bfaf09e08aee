"""The server of a test session ends at once, and leaves nothing behind."""

import time
from pathlib import Path

import psycopg
import pytest

from tests.throwaway_postgres import remove_later, throwaway_postgres

_LATE = 30.0  # seconds; it takes some milliseconds


def is_gone(path: Path) -> bool:
    deadline = time.monotonic() + _LATE
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not path.exists()


def test_a_stopped_server_is_gone_with_its_files() -> None:
    """No process and no folder of it is left."""
    with throwaway_postgres() as server:
        with psycopg.connect(server) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        folder = Path(row[0])
        assert folder.is_dir()
    assert not folder.exists()
    assert is_gone(folder.with_name(f"{folder.name}-gone"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server)


def test_a_folder_is_removed_without_waiting(tmp_path: Path) -> None:
    """Its name is free at once, its files are gone soon."""
    folder = tmp_path / "data base"
    (folder / "base").mkdir(parents=True)
    remove_later(folder)
    assert not folder.exists()
    assert is_gone(tmp_path / "data base-gone")
