"""The commands read well, start quickly, and end without a traceback."""

import json
import re
import signal
import sqlite3
import time

import pytest

from sandbox.stage import Stage
from store.migrate import newest
from tests.bot.commands import begin, run, stderr, stdout

HEAVY = ("slack_bolt", "slack_sdk", "sqlalchemy", "sqlmodel", "alembic", "ovh", "aiohttp", "dotenv")


@pytest.mark.parametrize("command", [[], ["run"], ["rules"], ["export"], ["verify"], ["erase"], ["migrate"]])
def test_help_reads_well_and_loads_nothing_heavy(command, tmp_path):
    """One line on what a command does and when, and how it ends."""
    script = (
        "import sys; from bot.cli import app\n"
        f"try: app([*{command!r}, '--help'], prog_name='python -m bot')\n"
        "finally: print([m for m in sys.modules if m in " + repr(HEAVY) + "], file=sys.stderr)"
    )
    done = run("-c", script, cwd=tmp_path)
    assert done.stdout.startswith("Usage: python -m bot")
    assert re.search(r"Exits\s+with|Exit codes", done.stdout)
    assert done.stderr.strip().endswith("[]")


def test_prints_the_version(tmp_path):
    assert run("-m", "bot", "--version", cwd=tmp_path).stdout.startswith("domain-desk 2026.")


def test_suggests_a_command(tmp_path):
    done = run("-m", "bot", "exprot", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean 'export'?" in done.stderr


def test_missing_settings_are_listed_and_nothing_is_written(tmp_path):
    """Also no database."""
    done = run("-m", "bot", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN is not set." in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_migrate_prints_the_revision_and_export_an_empty_record(tmp_path):
    assert f"revision {newest()}" in run("-m", "bot", "migrate", cwd=tmp_path).stdout
    assert json.loads(run("-m", "bot", "export", cwd=tmp_path).stdout) == []
    assert run("-m", "bot", "export", "--format", "csv", cwd=tmp_path).stdout.startswith("cart,state,channel")


def test_rules_are_printed_without_keys(tmp_path):
    """Aligned, with their origin."""
    (tmp_path / ".env").write_text("DESK_APPROVERS=U0CLEO\nDESK_LIMIT_PER_ORDER=200\n")
    done = run("-m", "bot", "rules", cwd=tmp_path)
    assert done.returncode == 0
    rows = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    assert ["approvers", "U0CLEO", ".env line 1"] in rows
    assert ["limit per order", "200.00 with tax, in the account's currency", ".env line 2"] in rows


def test_verify_names_what_was_changed_and_ends_with_1(tmp_path):
    run("-m", "bot", "migrate", cwd=tmp_path)
    whole = run("-m", "bot", "verify", cwd=tmp_path)
    assert (whole.returncode, whole.stdout) == (0, "The record is whole: 0 events of 0 carts. Head: none yet\n")
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("UPDATE chain SET number = 1")
    connection.close()
    done = run("-m", "bot", "verify", "--head", "0" * 64, cwd=tmp_path)
    assert done.returncode == 1
    assert "event 1: was removed" in done.stdout
    assert f"the record: {'0' * 64} is not in the chain" in done.stdout
    assert done.stdout.endswith("2 faults: 0 events of 0 carts. Head: none yet\n")


def test_a_wrong_option_says_what_to_write(tmp_path):
    """In a sentence of its own, not among the settings."""
    assert run("-m", "bot", "verify", "--head", "5ad3", cwd=tmp_path).stderr == (
        "--head 5ad3: write the 64 digits that `verify` printed, or the whole line of the approval channel.\n"
    )
    assert run("-m", "bot", "export", "--since", "soon", cwd=tmp_path).stderr == (
        "--since soon: write a date like 2026-11-01.\n"
    )


def test_an_export_into_a_closed_pipe_ends_quietly(tmp_path):
    """`export | head` with a record that is longer than a pipe holds."""
    run("-m", "bot", "migrate", cwd=tmp_path)
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute(
            "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 3000) "
            "INSERT INTO carts "
            "(id, channel, created_by, state, since, version, requester, purpose, approved_by, events) "
            "SELECT n, 'C1', 'U1', 'submitted', '2026-01-01 00:00:00', 1, 'U1', 'test', '[]', 0 FROM series"
        )
    connection.close()
    with begin("-m", "bot", "export", cwd=tmp_path) as process:
        assert stdout(process).read(10)
        stdout(process).close()
        assert stderr(process).read() == ""
    assert process.returncode == -signal.SIGPIPE


def test_a_pipe_that_is_closed_before_the_end_is_quiet(tmp_path):
    """What still waits in Python's buffer has no reader either."""
    run("-m", "bot", "migrate", cwd=tmp_path)
    for command in ("export", "verify"):
        with begin("-m", "bot", command, cwd=tmp_path) as process:
            stdout(process).close()
            assert stderr(process).read() == ""
        assert process.returncode == -signal.SIGPIPE


@pytest.mark.parametrize("command", ["export", "verify", "migrate"])
def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path, command):
    """While it waits for a database that another program locks."""
    run("-m", "bot", "migrate", cwd=tmp_path)
    with sqlite3.connect(tmp_path / "desk.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        with begin("-m", "bot", command, cwd=tmp_path) as process:
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            assert "Traceback" not in stderr(process).read()
        assert process.returncode in {2, 130}
        connection.execute("ROLLBACK")
    connection.close()


def test_new_files_are_private(tmp_path):
    """The database, its lock, and SQLite's files next to it."""
    script = (
        "from bot.cli import app\nimport os, pathlib\n"
        "try: app(['migrate'])\nexcept SystemExit: pass\n"
        "from store.engine import open_engines\nengines = open_engines('sqlite:///desk.db')\n"
        "engines.write.connect().exec_driver_sql('PRAGMA user_version = 1')\n"
        "os.makedirs('folder')\n"
        "print(*sorted(f'{p.name} {p.stat().st_mode & 0o777:o}' for p in pathlib.Path().iterdir()), sep='\\n')\n"
    )
    done = run("-c", script, cwd=tmp_path)
    assert done.stdout.splitlines()[1:] == [
        "desk.db 600", "desk.db-lock 600", "desk.db-shm 600", "desk.db-wal 600", "folder 700",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"OVH_ENDPOINT": "ovh-mars"}, "OVH_ENDPOINT=ovh-mars: write one of ovh-eu"),
        ({"OVH_APPLICATION_SECRET": ""}, "OVH_APPLICATION_SECRET is not set."),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
    ],
)
async def test_wrong_settings_end_the_bot_without_a_traceback(tmp_path, wrong, said):
    stage = Stage(tmp_path, settings=wrong)
    await stage.open()
    with pytest.raises(RuntimeError, match=re.escape(said)) as error:
        await stage.bot.start()
    await stage.close()
    assert "Traceback" not in str(error.value)
