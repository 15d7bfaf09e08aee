"""A backup of a SQLite database is one moment's state, private, complete, and marked as a copy."""

import errno
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from ordering.model.errors import DatabaseWentBack
from ordering.model.recovery import Cause
from ordering.process.recovery import RecoverMode, must_allow
from ordering.record.verification import Audit
from store import migrate as migration
from store.backup import back_up, postgresql_recipe
from store.database_url import parse_database_url
from store.engine import open_engines
from store.errors import DatabaseUnusable
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules
from tests.databases import new_sqlite


@pytest.fixture
def desk(tmp_path, sqlite_with_carts):
    """A SQLite database with four carts."""
    engines = open_engines(new_sqlite(tmp_path, sqlite_with_carts))
    yield engines
    engines.close()


def faults_of(file: Path) -> list[str]:
    engines = open_engines(f"sqlite:///{file}")
    with SqlStore(engines).read() as carts:
        found = [str(fault) for fault in Audit(carts.record()).faults()]
    engines.close()
    return found


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as opened:
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: opened.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall() for table in tables}


def test_a_copy_has_every_row_and_a_mark(desk, tmp_path):
    """Only the mark differs, and the file is its owner's."""
    copy = tmp_path / "copy.db"
    before = os.umask(0)
    try:
        assert back_up(desk, copy)
    finally:
        os.umask(before)
    assert copy.stat().st_mode & 0o777 == 0o600
    original, copied = rows(tmp_path / "desk.db"), rows(copy)
    assert [tables.pop("recovery")[0][1] for tables in (original, copied)] == [0, 1]
    assert copied == original
    assert faults_of(copy) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"copy.db", "desk.db", "desk.db-wal", "desk.db-shm"}


def test_a_bot_on_a_copy_begins_in_recover_mode(desk, tmp_path):
    """It allows no decision, not even before it has noticed."""
    back_up(desk, tmp_path / "copy.db")
    engines = open_engines(f"sqlite:///{tmp_path / 'copy.db'}")
    store = SqlStore(engines, clock=lambda: NOW)
    with store.read() as carts, pytest.raises(DatabaseWentBack):
        must_allow(carts)
    mode = RecoverMode(store, lambda: NOW)
    mode.begin_if_copied()
    standing = mode.standing()
    assert standing.recovery is not None
    assert standing.recovery.cause is Cause.COPY
    engines.close()
    assert not Rules(SqlStore(desk)).workflow.recover_mode.is_on  # the original goes on


def test_a_copy_under_a_writer_is_one_moment(desk, tmp_path):
    """While another thread opens carts, each copy verifies, and none of them makes the writer fail."""
    rules, stop, failed = Rules(SqlStore(desk)), threading.Event(), []

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            try:
                rules.requested(f"name-{number}.ovh", f"C9{number}")
            except Exception as error:  # noqa: BLE001 - the test reports whatever it was
                failed.append(error)
                return

    writer = threading.Thread(target=write)
    writer.start()
    sizes = []
    try:
        for number in range(8):
            copy = tmp_path / f"copy-{number}.db"
            back_up(desk, copy)
            assert faults_of(copy) == []
            sizes.append(len(rows(copy)["events"]))
    finally:
        stop.set()
        writer.join()
    assert failed == []
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_nothing_is_overwritten(desk, tmp_path):
    """Neither a file, nor a link that leads nowhere, nor a file that comes during the copying."""
    (tmp_path / "old.db").write_text("kept")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
    for name in ("old.db", "link.db"):
        with pytest.raises(DatabaseUnusable, match="exists already, and a backup overwrites nothing"):
            back_up(desk, tmp_path / name)
    assert (tmp_path / "old.db").read_text() == "kept"
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_comes_meanwhile_stays(desk, tmp_path, monkeypatch, has_links):
    """Also on a file system without hard links."""
    copy, link = tmp_path / "copy.db", os.link

    def late(source, target):
        Path(target).write_text("came first")
        if not has_links:
            raise OSError(errno.EPERM, "Operation not permitted")
        link(source, target)

    monkeypatch.setattr("os.link", late)
    with pytest.raises(DatabaseUnusable, match="exists already"):
        back_up(desk, copy)
    assert copy.read_text() == "came first"
    assert not list(tmp_path.glob(".*.part*"))


def test_a_file_system_without_links_is_fine(desk, tmp_path, monkeypatch):
    """The copy is renamed there."""

    def refuse(_source, _target):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    assert back_up(desk, tmp_path / "copy.db")
    assert faults_of(tmp_path / "copy.db") == []


def test_a_damaged_database_gives_no_copy(desk, tmp_path):
    """A copy of broken pages would be found out on the day it is needed."""
    desk.close()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as file:
        file.execute("PRAGMA journal_mode=DELETE").close()
        page = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'lines'").fetchone()[0]
        size = file.execute("PRAGMA page_size").fetchone()[0]
    with (tmp_path / "desk.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    engines = open_engines(f"sqlite:///{tmp_path / 'desk.db'}")
    with pytest.raises(DatabaseUnusable, match="damaged"):
        back_up(engines, tmp_path / "copy.db")
    engines.close()
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_schema_from_before_recover_mode_has_no_mark(tmp_path):
    """Its copy is complete; the caller says what to do after a restore."""
    engines = open_engines(f"sqlite:///{tmp_path / 'desk.db'}")
    with engines.write.begin() as connection:
        config = migration._config()  # noqa: SLF001 - to stop at an older revision
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
    assert not back_up(engines, tmp_path / "copy.db")
    assert rows(tmp_path / "copy.db") == rows(tmp_path / "desk.db")
    engines.close()


def test_the_recipe_names_no_user_and_no_password():
    """It is printed, and so it may end in a ticket."""
    said = postgresql_recipe(parse_database_url("postgresql+psycopg://ada:s3cret@db.example:6432/desk"))
    assert "postgresql://USER@db.example:6432/desk" in said
    assert "domain-desk recover --begin" in said
    assert "ada" not in said
    assert "s3cret" not in said


def test_the_original_stays_as_it_was(desk, tmp_path):
    """No row changes by a backup, not even for a moment."""
    before = rows(tmp_path / "desk.db")
    back_up(desk, tmp_path / "copy.db")
    assert rows(tmp_path / "desk.db") == before
    with desk.read.connect() as connection:
        assert connection.execute(text("SELECT is_copy FROM recovery")).scalar_one() == 0
