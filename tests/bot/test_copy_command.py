"""`domain-desk copy --to` in a terminal."""

import json
import sqlite3
from contextlib import closing

import pytest

from store.sqlite_file import hold
from store.transactions import SqlStore
from tests.bot.commands import run, run_privileged
from tests.builders import NOW
from tests.databases import new_sqlite, open_unsynced
from tests.store.tampering import four_carts


@pytest.fixture
def folder(tmp_path):
    """A folder with a SQLite database of four carts."""
    engines = open_unsynced(new_sqlite(tmp_path))
    four_carts(SqlStore(engines, clock=lambda: NOW))
    engines.close()
    return tmp_path


def test_a_desk_moves_and_goes_on(folder, empty_postgres_url):
    """The record is the same before and after, and the old file says where it is now."""
    before = json.loads(run("-m", "bot", "export", cwd=folder).stdout)
    done = run_privileged("-m", "bot", "copy", "--to", empty_postgres_url, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    (checked, copied, closed) = done.stdout.splitlines()
    assert checked.startswith("The record is whole: ")
    assert copied.startswith("Copied to desk_")
    assert copied.endswith(checked)
    assert closed == "desk.db is closed for good. Set DATABASE_URL to the new database, and start the bot."
    there = {"DATABASE_URL": empty_postgres_url}
    assert json.loads(run_privileged("-m", "bot", "export", cwd=folder, **there).stdout) == before
    assert run_privileged("-m", "bot", "verify", cwd=folder, **there).stdout == f"{checked}\n"
    for command in (["migrate"], ["verify"], ["export"], ["backup", "old.db"]):
        old = run("-m", "bot", *command, cwd=folder)
        assert old.returncode == 2
        assert "The data of desk.db moved to the PostgreSQL database desk_" in old.stderr
        assert "Traceback" not in old.stderr


def test_a_running_bot_is_named(folder, empty_postgres_url):
    """Nothing is copied under a bot that goes on writing."""
    with hold(f"sqlite:///{folder / 'desk.db'}"):
        done = run_privileged("-m", "bot", "copy", "--to", empty_postgres_url, cwd=folder)
    assert done.returncode == 2
    assert "Another bot is running on desk.db" in done.stderr
    assert run("-m", "bot", "verify", cwd=folder).returncode == 0


def test_a_fault_stops_the_move(folder, empty_postgres_url):
    """It is printed as `verify` prints it, and the old file stays in use."""
    with closing(sqlite3.connect(folder / "desk.db")) as connection, connection:
        connection.execute("UPDATE chain SET number = number + 1")
    done = run_privileged("-m", "bot", "copy", "--to", empty_postgres_url, cwd=folder)
    assert done.returncode == 1
    assert "was removed" in done.stdout
    assert "Nothing was copied" in done.stderr
    assert run("-m", "bot", "verify", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("sqlite:///other.db", "--to: name a PostgreSQL database."),
        ("mysql://desk", "--to must begin with"),
        ("postgresql://ada:p@ss@db/desk", "--to: the user or password holds an @."),
    ],
)
def test_a_wrong_place_is_refused(folder, to, said):
    """In a sentence that repeats no password."""
    done = run("-m", "bot", "copy", "--to", to, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "p@ss" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_does_not_answer_is_named(folder):
    """The old file stays in use."""
    done = run("-m", "bot", "copy", "--to", "postgresql://ada:s3cret@127.0.0.1:1/desk", cwd=folder)
    assert done.returncode == 2
    assert "PostgreSQL does not answer at 127.0.0.1:1" in done.stderr
    assert run("-m", "bot", "verify", cwd=folder).returncode == 0
