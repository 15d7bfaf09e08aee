"""The bot's whole life on each version of PostgreSQL that this machine has: the support matrix of docs/install.md."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ordering.model.cart import CartState
from ordering.record.verification import Audit
from store.engine import open_engines
from store.heartbeats import Heartbeat
from store.migrate import migrate, newest
from store.relocation import close_for_good, copy_all, release, require_empty
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules
from tests.databases import new_postgresql, new_sqlite
from tests.store.released import put_release, released
from tests.throwaway_postgres import remove_later

DEBIAN = Path("/usr/lib/postgresql")  # where Debian and Ubuntu, and PostgreSQL's own packages for them, put servers
BUNDLED = "18"
INSTALL = Path(__file__).parents[2] / "docs" / "install.md"
CI = Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml"


def others() -> list[str]:
    """Return the major versions of the servers that the machine has next to the bundled one."""
    found = {path.parents[1].name for path in DEBIAN.glob("*/bin/initdb")} - {BUNDLED}
    return sorted(found, key=int)


@contextmanager
def server(version: str, folder: Path) -> Iterator[str]:
    """Run a server of this version on a socket in the folder; yield its address without a database."""
    programs = DEBIAN / version / "bin"
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        os.chown(folder, 65534, 65534)
    data = folder / "data"
    _run(folder, *as_user, str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
    command = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options]
    _run(folder, *command, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _run(folder, *command, "-m", "immediate", "stop")


def _run(folder: Path, *command: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    # To a file and not to a pipe: the server that pg_ctl starts would hold the pipe open.
    with (folder / "told").open("ab") as told:
        subprocess.run(command, check=True, cwd=folder, env=environment, stdout=told, stderr=told)


@pytest.fixture(scope="module", params=[BUNDLED, *others()])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of each version; its address without a database."""
    if request.param == BUNDLED:
        yield request.getfixturevalue("postgres")
        return
    folder = Path("/tmp") / f"desk-pg{request.param}-{os.getpid()}"  # noqa: S108 - a socket's path has 107 bytes at most
    folder.mkdir(mode=0o755)
    with server(request.param, folder) as found:
        yield found
    remove_later(folder)


@pytest.fixture
def url(address: str) -> str:
    return new_postgresql(address)


def whole(url: str) -> bool:
    engines = open_engines(url)
    with SqlStore(engines).read() as carts:
        found = [str(fault) for fault in Audit(carts.record()).faults()]
    engines.close()
    return found == []


def test_a_request_lives_on_this_version(url: str):
    """From empty tables to the delivery, with heartbeats, and a record that verifies."""
    engines = open_engines(url)
    assert migrate(engines) == newest()
    Heartbeat(engines).beat()
    rules = Rules(SqlStore(engines))
    cart = rules.paid()
    rules.registrar.deliver()
    assert rules.run_worker(cart.id, steps=4, seconds=400).state is CartState.DELIVERED
    engines.close()
    assert whole(url)


def test_the_first_release_is_upgraded_on_this_version(url: str, tmp_path: Path):
    """Its record is whole afterwards."""
    engines = open_engines(url)
    put_release(engines, released("0013"), tmp_path)
    assert migrate(engines) == newest()
    engines.close()
    assert whole(url)


def test_a_desk_moves_to_this_version(url: str, tmp_path: Path):
    """A copy from SQLite goes on with the next number."""
    source, target = open_engines(new_sqlite(tmp_path)), open_engines(url)
    cart = Rules(SqlStore(source)).requested()
    require_empty(target)
    copy_all(source, target, now=NOW)
    close_for_good(source, target, now=NOW)
    release(source, target)
    assert Rules(SqlStore(target)).requested("next.ovh", "C2").id == cart.id + 1
    for engines in (source, target):
        engines.close()
    assert whole(url)


def test_the_matrix_is_what_tests_run():
    """A version in the documents is bundled, or one that CI installs; each of them is a row of its own."""
    rows = re.findall(r"^\| PostgreSQL (\d+) \|", INSTALL.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted([BUNDLED, *re.findall(r"\bpostgresql-(\d+)\b", CI.read_text())])
