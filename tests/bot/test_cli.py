"""The commands read well, start quickly, and say what is wrong."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.stage import Stage
from store.migrate import newest

HEAVY = ("slack_bolt", "slack_sdk", "sqlalchemy", "sqlmodel", "alembic", "ovh", "aiohttp", "pydantic_settings")


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "OVH_", "DESK_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [[], ["run"], ["export"], ["verify"], ["migrate"]])
def test_help_reads_well_and_loads_nothing_heavy(command, tmp_path):
    script = (
        "import sys; from bot.cli import app\n"
        f"try: app([*{command!r}, '--help'], prog_name='python -m bot')\n"
        "finally: print([m for m in sys.modules if m in " + repr(HEAVY) + "], file=sys.stderr)"
    )
    done = run("-c", script, cwd=tmp_path)
    assert done.stdout.startswith("Usage: python -m bot")
    assert done.stderr.strip().endswith("[]")


def test_the_version_is_told(tmp_path):
    assert run("-m", "bot", "--version", cwd=tmp_path).stdout.startswith("domain-desk 2026.")


def test_missing_settings_are_listed_without_a_traceback(tmp_path):
    done = run("-m", "bot", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN is not set." in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_says_the_revision_and_export_an_empty_record(tmp_path):
    assert f"revision {newest()}" in run("-m", "bot", "migrate", cwd=tmp_path).stdout
    assert json.loads(run("-m", "bot", "export", cwd=tmp_path).stdout) == []
    assert run("-m", "bot", "export", "--format", "csv", cwd=tmp_path).stdout.startswith("cart,state,channel")


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


def test_verify_says_what_to_do_where_it_cannot_begin(tmp_path):
    assert "run `migrate`" in run("-m", "bot", "verify", cwd=tmp_path).stderr
    assert "write the 64 digits" in run("-m", "bot", "verify", "--head", "5ad3", cwd=tmp_path).stderr


def test_a_bad_date_or_database_is_said(tmp_path):
    assert "write a date like" in run("-m", "bot", "export", "--since", "soon", cwd=tmp_path).stderr
    assert "DATABASE_URL must begin with" in run("-m", "bot", "migrate", cwd=tmp_path, DATABASE_URL="nonsense").stderr


def test_an_export_before_the_first_start_says_what_to_do(tmp_path):
    done = run("-m", "bot", "export", cwd=tmp_path)
    assert done.returncode == 2
    assert "run `migrate`" in done.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"OVH_ENDPOINT": "ovh-mars"}, "OVH_ENDPOINT: ovh-mars is not one of OVH's regions"),
        ({"OVH_APPLICATION_SECRET": ""}, "The OVH_… keys: "),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack answers invalid_auth."),
    ],
)
async def test_settings_that_turn_out_wrong_are_said_without_a_traceback(tmp_path, wrong, said):
    stage = Stage(tmp_path, settings=wrong)
    await stage.open()
    with pytest.raises(RuntimeError, match=re.escape(said)) as error:
        await stage.bot.start()
    await stage.close()
    assert "Traceback" not in str(error.value)
