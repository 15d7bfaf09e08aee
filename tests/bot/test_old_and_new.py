"""Two versions never write one database, and a process that is stopping is waited for."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot import lifecycle
from bot.lifecycle import Life
from bot.settings import read_settings
from sandbox.stage import Stage
from store.engine import open_engines
from store.errors import DatabaseUnusable
from store.heartbeats import Heartbeat, OlderProcesses
from store.sqlite_file import FileHeld, hold
from tests.bot.process import running

HOLDER = (
    "import sys, time\nfrom store.sqlite_file import hold\n"
    "with hold(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(float(sys.argv[2]))\n"
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = Stage(tmp_path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def life(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.chdir(stage.folder)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    with ExitStack() as held:
        yield Life(read_settings(), held)


def holder(stage: Stage, seconds: float) -> subprocess.Popen[str]:
    """Another process that holds the database's file for so long."""
    url = stage.environment["DATABASE_URL"]
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


async def test_another_schema_ends_the_bot(stage):
    """The bot runs, another version migrates the database: one clear line, exit code 2, nothing written."""
    async with running(stage.environment, stage.folder, port=stage.port) as process:
        await process.says("/healthz", '"status": "ok"')
        with closing(sqlite3.connect(stage.folder / "desk.db", isolation_level=None)) as newer:
            newer.execute("UPDATE alembic_version SET version_num = '0099'")
            await stage.slack.person("ada").command("add name.ovh")
            assert await process.ends(20) == 2
            assert newer.execute("SELECT count(*) FROM carts").fetchone() == (0,)
    assert "Another version of the bot has migrated the database to revision 0099" in process.printed.splitlines()[-1]


async def test_a_stopping_predecessor_is_waited_for(stage, life):
    """Its file is free within the ten seconds, and then this process has it."""
    with holder(stage, 1.5) as process:
        await life._hold_file()  # noqa: SLF001 - one phase of the start
        assert process.wait(5) == 0
    with pytest.raises(FileHeld):
        hold(stage.environment["DATABASE_URL"]).__enter__()


async def test_a_running_predecessor_ends_the_start(stage, life, monkeypatch):
    """After the wait the line names the process that holds the file."""
    assert lifecycle._PREDECESSOR_WAITED_FOR == 10.0  # noqa: SLF001 - the real value
    monkeypatch.setattr(lifecycle, "_PREDECESSOR_WAITED_FOR", 0.5)
    with holder(stage, 30) as process:
        with pytest.raises(DatabaseUnusable, match=rf"Another bot is running on .*pid {process.pid}"):
            await life._hold_file()  # noqa: SLF001 - as above
        process.kill()


async def test_older_processes_are_waited_for(life, monkeypatch):
    """The database is migrated once none of them gives a sign of life."""
    opened, answers = object(), [OlderProcesses(2), OlderProcesses(1)]

    def open_database(_settings):
        if answers:
            raise answers.pop(0)
        return opened, "0017"

    monkeypatch.setattr(lifecycle, "_DATABASE_EVERY", 0.05)
    monkeypatch.setattr(lifecycle, "_open_database", open_database)
    assert await asyncio.wait_for(life._database(), 5) is opened  # noqa: SLF001 - as above


async def test_older_processes_that_stay_end_the_start(stage, postgres_url, life, monkeypatch):
    """After a minute the line says how many were seen, and the schema is as it was."""
    assert lifecycle._OLDER_WAITED_FOR == 60.0  # noqa: SLF001 - the real value
    engines = open_engines(postgres_url)
    for _ in range(2):
        Heartbeat(engines).beat()
    with engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0013'")
    monkeypatch.setattr(lifecycle, "_OLDER_WAITED_FOR", 1.0)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    with ExitStack() as held:
        newer = Life(read_settings(), held)
        with pytest.raises(DatabaseUnusable, match=r"^2 processes of an older version run .* waited 1 s\.$"):
            await newer._database()  # noqa: SLF001 - as above
    with engines.read.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0013"
    engines.close()
