"""`domain-desk backup` in a terminal."""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.bot.commands import run
from tests.store.released import released


@pytest.fixture
def folder(tmp_path):
    assert run("-m", "bot", "migrate", cwd=tmp_path).returncode == 0
    return tmp_path


def test_a_copy_is_made_and_checked(folder):
    """One line on the file, one on the record, as `verify` prints it."""
    done = run("-m", "bot", "backup", "copy.db", cwd=folder)
    assert done.stdout.splitlines() == [
        "copy.db: the copy is complete.",
        "The record is whole: 0 events of 0 carts. Head: none yet",
    ]
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "copy.db").stat().st_mode & 0o777 == 0o600
    verified = run("-m", "bot", "verify", cwd=folder, DATABASE_URL="sqlite:///copy.db")
    assert verified.returncode == 0


def test_a_fault_of_the_record_ends_with_1(folder):
    """The copy is kept: it may be the evidence."""
    with closing(sqlite3.connect(folder / "desk.db")) as connection, connection:
        connection.execute("UPDATE chain SET number = 1")
    done = run("-m", "bot", "backup", "copy.db", cwd=folder)
    assert done.returncode == 1
    assert "event 1: was removed" in done.stdout
    assert (folder / "copy.db").exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("desk.db", "desk.db exists already, and a backup overwrites nothing. Name another file."),
        ("missing/copy.db", "its folder is missing"),
        (".", "Name another"),
        ("what?.db", "its name is special"),
    ],
)
def test_a_wrong_file_is_refused(folder, file, said):
    """With exit code 2, and nothing is written."""
    before = {path.name for path in folder.iterdir()}
    done = run("-m", "bot", "backup", file, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir()} - {"desk.db-wal", "desk.db-shm"} == before


@pytest.mark.skipif(os.geteuid() == 0 and not os.access("/usr/bin/setpriv", os.X_OK), reason="root writes anywhere")
def test_a_folder_without_the_right_is_explained(folder):
    """The sentence names the file, not a traceback."""
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0o500)
    done = run("-m", "bot", "backup", "closed/copy.db", cwd=folder)
    assert done.returncode == 2
    assert "closed/copy.db cannot be written (Permission denied)" in done.stderr


def test_a_database_of_an_older_version_is_copied(tmp_path):
    """With the new version installed and nothing migrated yet: it says what the copy lacks."""
    (tmp_path / "desk.db").write_bytes(released("0013"))
    done = run("-m", "bot", "backup", "copy.db", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "check it by `verify`" in done.stdout
    assert "run `domain-desk recover --begin` first" in done.stdout
    there = {"DATABASE_URL": "sqlite:///copy.db"}
    assert run("-m", "bot", "migrate", cwd=tmp_path, **there).returncode == 0
    assert run("-m", "bot", "verify", cwd=tmp_path, **there).stdout.startswith("The record is whole: 73 events")


def test_an_empty_database_has_no_backup(tmp_path):
    """An empty copy would be found out on the day it is needed."""
    done = run("-m", "bot", "backup", "copy.db", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "The database desk.db is empty. Correct DATABASE_URL.\n"
    assert list(tmp_path.iterdir()) == []


def test_postgresql_has_its_own_tools(tmp_path):
    """The command prints them and ends with 2: no copy was made."""
    url = "postgresql+psycopg://ada:s3cret@db.example/desk"
    done = run("-m", "bot", "backup", "copy.db", cwd=tmp_path, DATABASE_URL=url)
    assert done.returncode == 2
    assert "pg_dump --format=custom" in done.stderr
    assert "s3cret" not in done.stderr
    assert list(tmp_path.iterdir()) == []
