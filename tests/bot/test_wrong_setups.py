"""A wrong set-up ends with exit code 2 and one line a fault, before anything is written: as a process."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.migrate import newest
from tests.bot.commands import begin, run, run_privileged, stdout
from tests.bot.faults import GOOD_PROCESS
from tests.bot.refusals import contents, fault, refused, sentence, sentence_of, unusable
from tests.databases import new_sqlite

COMMANDS = ["run", "export", "verify", "migrate"]


# Settings


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"DESK_LIMIT_PER_ODER": "200"},
            "DESK_LIMIT_PER_ODER: there is no such setting; did you mean DESK_LIMIT_PER_ORDER? (environment)",
        ),
        ({"DESK_AGENTS": "true"}, "DESK_AGENTS: this version does not know it yet (environment)"),
        (
            {"DESK_LIMIT_PER_ORDER": "two hundred"},
            "DESK_LIMIT_PER_ORDER=two hundred: write a number such as 200 or 199.99 (environment)",
        ),
        (
            {"DESK_SETTLE_SECONDS": "inf"},
            "DESK_SETTLE_SECONDS=inf: write a number of seconds from 0.1 to 86400 (environment)",
        ),
        (
            {"DATABASE_URL": "sqlite:///:memory:"},
            "DATABASE_URL: must name a file: a database in memory would forget every order at a restart (environment)",
        ),
        (
            {"DATABASE_URL": "sqlite:///no/such/desk.db"},
            "DATABASE_URL: the folder no/such does not exist. Create it, or name another file (environment)",
        ),
        (
            {"DATABASE_URL": "postgresql+psycopg://desk:obviously@fake@127.0.0.1/desk"},
            "DATABASE_URL: the user or password holds an @. Write %40 for it (environment)",
        ),
        (
            {"SLACK_API_URL": "http://127.0.0.1.evil.example/"},
            (
                "SLACK_API_URL=http://127.0.0.1.evil.example/: must begin with https:// (plain http only to this "
                "machine) (environment)"
            ),
        ),
    ],
)
def test_a_wrong_setting_ends_the_start(tmp_path, environment, line):
    """Nothing starts, nothing is written."""
    assert fault(tmp_path, **environment) == line


def test_all_faults_come_at_once(tmp_path):
    """From all sources, in the order of .env.example, OVH's keys among them."""
    (tmp_path / ".env").write_text("OVH_APPLICATION_KEY=fake\nDESK_LIMIT_PER_ORDER=much\nPORT=x\n")
    (tmp_path / "desk.toml").write_text("appprovers = 'U0CLEO'\n")
    done = run("-m", "bot", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert [re.split(r"[ :=]", line.strip())[0] for line in done.stderr.splitlines()[1:]] == [
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY", "appprovers",
        "DESK_APPROVERS", "DESK_LIMIT_PER_ORDER", "PORT",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "desk.toml"]


@pytest.mark.parametrize("command", [*COMMANDS, "rules"])
@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("desk.toml", b"\xef\xbb\xbfport = 1\n", "desk.toml line 1: the file begins with a byte order mark. "),
        ("desk.toml", b"port = 1\nhost = x\n", "desk.toml line 2, column 8: this is not TOML. "),
        (".env", "PORT=1\n".encode("utf-16"), ".env line 1: the file is in UTF-16. Save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_ends_every_command(tmp_path, command, name, content, line):
    """It may hold the database's address."""
    (tmp_path / name).write_bytes(content)
    assert fault(tmp_path, command).startswith(line)


@pytest.mark.parametrize("name", [".env", "desk.toml"])
def test_a_file_without_rights_is_named(tmp_path, name):
    """With who may give the right."""
    (tmp_path / name).write_text("")
    (tmp_path / name).chmod(0)
    done = run("-m", "bot", "rules", cwd=tmp_path, **GOOD_PROCESS)
    assert done.returncode == 2
    assert f"{name} cannot be read (Permission denied). Give the bot's user permission to read it" in done.stderr


@pytest.mark.parametrize("command", ["export", "verify", "migrate"])
def test_a_mistyped_rule_does_not_hide_the_record(tmp_path, command):
    """What needs the database alone reads its address alone."""
    new_sqlite(tmp_path)
    assert run("-m", "bot", command, cwd=tmp_path, DESK_LIMIT_PER_ODER="200", PORT="x").returncode == 0


# Databases


@pytest.fixture
def current(tmp_path):
    """A database of this version in the folder."""
    new_sqlite(tmp_path)
    return tmp_path / "desk.db"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_newer_database(tmp_path, current, command):
    """The sentence names both versions."""
    with closing(sqlite3.connect(current)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    said = sentence(tmp_path, command)
    assert f"The database desk.db was made by a newer version (0099); this one knows {newest()}." in said


@pytest.mark.parametrize("command", ["export", "verify"])
def test_an_empty_or_older_database(tmp_path, command):
    """Missing, empty, or of an older version."""
    expected = "The database desk.db is empty or older than this version: run `domain-desk migrate`."
    assert refused(tmp_path, command) == [expected]
    (tmp_path / "desk.db").touch()
    assert refused(tmp_path, command) == [expected]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE lines", "The database desk.db is damaged: it has no longer the table lines of its revision."),
        ("DROP TABLE events", "The database desk.db is damaged: it has no longer the table events of its revision."),
        ("INSERT INTO alembic_version VALUES ('0001')", "The database desk.db is damaged: its table alembic_version"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_damaged_database(tmp_path, current, command, statement, words):
    """Also where its revision is the newest one; `export` prints no half list."""
    with closing(sqlite3.connect(current)) as connection, connection:
        connection.execute(statement)
    said = sentence(tmp_path, command)
    assert words in said
    assert "Restore it from a backup." in said


@pytest.mark.parametrize("name", ["DATABSE_URL", "DATABASE_URI", "DATABASE_URL_FLIE"])
@pytest.mark.parametrize("command", [*COMMANDS, "rules"])
def test_a_mistyped_address_makes_no_new_database(tmp_path, command, name):
    """In `.env` and in the environment."""
    line = fault(tmp_path, command, **{name: "postgresql://127.0.0.1/desk"})
    assert re.fullmatch(rf"{name}: there is no such setting; did you mean DATABASE_URL.*\? \(environment\)", line)
    (tmp_path / ".env").write_text(f"{name}=postgresql://127.0.0.1/desk\n")
    assert fault(tmp_path, command) == line.replace("environment", ".env line 1")


@pytest.mark.parametrize("command", ["run", "rules"])
def test_a_limit_that_is_not_filled_in(tmp_path, command):
    """The variable that holds it is not set."""
    (tmp_path / ".env").write_text("DESK_LIMIT_PER_ORDER=${TEAM_LIMIT}\n")
    assert fault(tmp_path, command) == (
        "DESK_LIMIT_PER_ORDER: it is empty. Write an amount or none, or remove the line (.env line 1)"
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("foo=bar", "holds an option that PostgreSQL does not know"),
        ("connect_timeout=abc", "connect_timeout must be a whole number of seconds"),
        ("sslmode=obviously", "has a wrong option"),
        ("keepalives=obviously", "has a wrong option"),
    ],
)
def test_an_option_of_postgresql_that_is_wrong(tmp_path, command, query, words):
    """At once: nothing waits for a database that will never come."""
    url = f"postgresql+psycopg://desk:obviously-fake@127.0.0.1:1/desk?{query}"
    said = sentence(tmp_path, command, DATABASE_URL=url)
    assert words in said
    assert "obviously" not in said


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_disk_that_is_full(tmp_path, command):
    """The first thing that is written is who holds the file."""
    code = (
        "import errno, os, sys\n"
        "def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "os.ftruncate = full\n"
        "from bot.cli import main\n"
        f"sys.argv = ['domain-desk', '{command}']\nmain()\n"
    )
    before = contents(tmp_path)
    said = unusable(run("-c", code, cwd=tmp_path, **GOOD_PROCESS))[-1]
    assert "The disk of desk.db is full. Free some space." in said
    assert contents(tmp_path) == before


@pytest.mark.parametrize("command", ["run", "rules"])
def test_an_ovh_conf_without_rights(tmp_path, command):
    """It is named in place of the keys that may stand in it."""
    (tmp_path / "ovh.conf").write_text("[ovh-eu]\n")
    (tmp_path / "ovh.conf").chmod(0)
    keys = {name: value for name, value in GOOD_PROCESS.items() if not name.startswith("OVH_")}
    lines = unusable(run("-m", "bot", command, cwd=tmp_path, **keys))
    assert lines[1:] == ["  ovh.conf cannot be read (Permission denied). Give the bot's user the right to"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_text_file_as_database(tmp_path, command):
    """Also a short one, which SQLite itself would overwrite."""
    (tmp_path / "notes.txt").write_text("not a database\n")
    said = sentence(tmp_path, command, DATABASE_URL="sqlite:///notes.txt")
    assert "notes.txt is not a SQLite database. Correct DATABASE_URL." in said


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_database_of_another_program(tmp_path, command, journal):
    """It is left as it was, with its mode and its journal."""
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("CREATE TABLE notes (text)")
    (tmp_path / "desk.db").chmod(0o644)
    assert "The database desk.db belongs to another program" in sentence(tmp_path, command)


@pytest.mark.parametrize("command", ["run", "migrate"])
@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_read_only_database(tmp_path, current, command, what):
    """The right is missing on the file, on its folder, or on both."""
    before = without_wal(tmp_path)
    if what != "folder":
        current.chmod(0o400)
    if what != "file":
        tmp_path.chmod(0o500)
    try:
        said = sentence_of(tmp_path, command)
    finally:
        tmp_path.chmod(0o700)
        current.chmod(0o600)
    assert without_wal(tmp_path) == before
    assert re.search(r"read-only|cannot be (opened|written)", said)
    assert "Give the bot's user the right to" in said


def without_wal(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """SQLite itself cannot delete what it needs next to a read-only file in order to read it."""
    return {name: one for name, one in contents(folder).items() if not name.endswith(("-shm", "-wal"))}


@pytest.mark.parametrize("command", ["export", "verify"])
def test_a_database_that_may_not_be_read(tmp_path, current, command):
    """An operator under another user's name."""
    current.chmod(0)
    assert "cannot be opened. Give the bot's user the right" in sentence_of(tmp_path, command)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_another_program_locks(tmp_path, current, command):
    """After five seconds of waiting."""
    with closing(sqlite3.connect(current, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        assert "desk.db is locked by another program." in sentence_of(tmp_path, command)
        connection.execute("ROLLBACK")


def test_migrate_refuses_a_database_that_a_bot_uses(tmp_path, current):
    """It never changes a database under a running bot."""
    script = (
        "from store.sqlite_file import hold\nwith hold('sqlite:///desk.db'):\n    print('held', flush=True); input()\n"
    )
    assert current.exists()
    with begin("-c", script, cwd=tmp_path, stdin=True) as holder:
        assert stdout(holder).readline() == "held\n"
        (line,) = refused(tmp_path, "migrate")
        assert line.startswith(f"Another bot is running on desk.db (pid {holder.pid}). Stop it first")
        holder.communicate("\n")


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "run"])
def test_a_postgresql_that_is_away(tmp_path, command):
    """The sentence names the server, and no part of the password. `run` waits: test_start_and_stop shows it."""
    url = "postgresql+psycopg://desk:obviously-fake@127.0.0.1:1/desk"
    said = sentence(tmp_path, command, DATABASE_URL=url)
    assert "PostgreSQL does not answer at 127.0.0.1:1. Start it, or correct DATABASE_URL." in said
    assert "obviously" not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_postgresql_database_that_does_not_exist(tmp_path, postgres_url, command):
    """Its name may be misspelt."""
    url = postgres_url.replace("/desk_", "/no_such_desk_")
    done = run_privileged("-m", "bot", command, cwd=tmp_path, **GOOD_PROCESS | {"DATABASE_URL": url})
    said = unusable(done)[-1]
    assert "does not exist. Create it, or correct DATABASE_URL." in said


@pytest.mark.parametrize("command", ["run", "export"])
def test_a_postgresql_socket_without_rights(tmp_path, postgres_url, command):
    """The test's server belongs to another user, and this process has no privilege."""
    if "PermissionError" not in run("-c", _CONNECT, cwd=tmp_path, FOLDER=postgres_url.split("host=")[1]).stderr:
        pytest.skip("this user may use the socket")
    said = sentence(tmp_path, command, DATABASE_URL=postgres_url)
    assert "may not use PostgreSQL's socket" in said


_CONNECT = "import os, socket; socket.socket(socket.AF_UNIX).connect(os.environ['FOLDER'] + '/.s.PGSQL.5432')"
