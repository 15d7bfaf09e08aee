"""One process holds a SQLite file, and only its owner reads it."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.engine import open_engines
from store.errors import DatabaseUnusable
from store.migrate import migrate, require_newest
from store.sqlite_file import hold

HOLDER = (
    "import sys, time\nfrom store.sqlite_file import hold\n"
    "with hold(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(60)\n"
)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def holder(url):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_by_name(url, holder):
    """The sentence names the process to stop."""
    with pytest.raises(DatabaseUnusable, match=rf"Another bot is running on .*desk\.db \(pid {holder.pid}\)"):
        hold(url).__enter__()


def test_kill_9_releases_the_file(url, holder):
    """The kernel releases the lock: nobody has to delete a file first."""
    holder.kill()
    holder.wait()
    with hold(url):
        assert Path(f"{url.removeprefix('sqlite:///')}-lock").read_text() == f"{os.getpid()}\n"


def test_another_path_to_the_same_file_is_the_same_file(url, holder, tmp_path):
    """A link does not lead around the lock."""
    assert holder.poll() is None
    (tmp_path / "desk.db").touch()
    (tmp_path / "other.db").symlink_to(tmp_path / "desk.db")
    with pytest.raises(DatabaseUnusable, match="Another bot"):
        hold(f"sqlite:///{tmp_path / 'other.db'}").__enter__()


def test_one_process_holds_it_once(url):
    """A second bot in the same process is a second bot."""
    with hold(url), pytest.raises(DatabaseUnusable, match="Another bot"):
        hold(url).__enter__()
    with hold(url):
        pass


def test_other_files_are_free(url, holder, tmp_path):
    """The lock is on one database, not on its folder."""
    assert holder.poll() is None
    with hold(f"sqlite:///{tmp_path / 'desk2.db'}"):
        pass


def test_postgresql_is_shared(postgres_url):
    """Several processes may work on one PostgreSQL database."""
    with hold(postgres_url), hold(postgres_url):
        pass


@pytest.mark.parametrize("action", [migrate, require_newest])
def test_an_open_file_is_closed_to_others(url, tmp_path, action):
    """A database that everybody could read becomes its owner's, with its neighbours."""
    engines = open_engines(url)
    migrate(engines)
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    again = open_engines(url)
    action(again)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    for opened in (engines, again):
        opened.close()


def test_a_group_that_was_chosen_stays(url, tmp_path):
    """An operator may have let a backup's group read on purpose."""
    (tmp_path / "desk.db").touch(0o640)
    (tmp_path / "desk.db").chmod(0o640)
    engines = open_engines(url)
    migrate(engines)
    engines.close()
    assert (tmp_path / "desk.db").stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_its_owners(url, tmp_path):
    """Also where the process has a generous umask."""
    before = os.umask(0)
    try:
        engines = open_engines(url)
        migrate(engines)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    engines.close()


@pytest.mark.parametrize("was_there", [True, False])
def test_a_failed_holder_leaves_no_lock_of_its_own(url, tmp_path, was_there):
    """A lock file that was there before stays: another process may be looking at it."""
    if was_there:
        (tmp_path / "desk.db-lock").touch()
    with pytest.raises(RuntimeError), hold(url):
        raise RuntimeError
    assert (tmp_path / "desk.db-lock").exists() == was_there


def test_a_deleted_lock_file_is_not_held(url, tmp_path, monkeypatch):
    """Its holder may delete it between another process's opening and locking: then that one locks the new file."""
    path = tmp_path / "desk.db-lock"
    flock = fcntl.flock

    def late(descriptor, flags):
        monkeypatch.setattr("fcntl.flock", flock)
        path.unlink()
        flock(descriptor, flags)

    monkeypatch.setattr("fcntl.flock", late)
    with hold(url):
        assert path.read_text() == f"{os.getpid()}\n"
        with pytest.raises(DatabaseUnusable, match="Another bot"):
            hold(url).__enter__()


@pytest.mark.parametrize("call", ["open", "ftruncate", "write"])
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, r"The disk of .*desk\.db is full\. Free some space\."),
        (errno.EDQUOT, r"The disk of .*desk\.db is full\. Free some space\."),
        (errno.EIO, r"desk\.db-lock cannot be written next to the database .*desk\.db \(Input/output error\)\."),
        (errno.EROFS, "Give the bot's user the right to write in that folder"),
    ],
)
def test_a_lock_that_cannot_be_written_is_explained(url, tmp_path, monkeypatch, call, number, sentence):
    """A full disk, a quota, a disk that fails: at each of the three calls."""

    def fail(*_arguments):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(f"os.{call}", fail)
        with pytest.raises(DatabaseUnusable, match=sentence):
            hold(url).__enter__()
    assert not list(tmp_path.iterdir())
    with hold(url):  # nothing holds it any more
        pass
