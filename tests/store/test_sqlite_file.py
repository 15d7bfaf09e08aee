"""One process holds a SQLite file, and only its owner reads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.engine import open_engines
from store.errors import DatabaseUnusable
from store.migrate import migrate
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


def test_an_open_file_is_closed_to_others(url, tmp_path):
    """A database that everybody could read becomes its owner's, with its neighbours (finding S4)."""
    engines = open_engines(url)
    migrate(engines)
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    again = open_engines(url)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    for opened in (engines, again):
        opened.close()


def test_a_group_that_was_chosen_stays(url, tmp_path):
    """An operator may have let a backup's group read on purpose."""
    (tmp_path / "desk.db").touch(0o640)
    (tmp_path / "desk.db").chmod(0o640)
    open_engines(url).close()
    assert (tmp_path / "desk.db").stat().st_mode & 0o777 == 0o640
