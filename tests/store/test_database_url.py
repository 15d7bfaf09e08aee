"""`DATABASE_URL` is read as meant, or refused in a sentence without any part of a password."""

import subprocess
import sys

import pytest

from store.database_url import describe, parse_database_url, server
from store.engine import open_engines


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("sqlite:///desk.db", "sqlite:///desk.db"),
        ("SQLite:///desk.db", "sqlite:///desk.db"),
        ("sqlite+pysqlite:///desk.db", "sqlite+pysqlite:///desk.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:***@h/d"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg://u:***@h:5433/d"),
        ("postgresql+psycopg://u:p@[::1]/d", "postgresql+psycopg://u:***@[::1]/d"),
        ("postgresql+psycopg:///d?host=/run/postgresql", "postgresql+psycopg:///d?host=%2Frun%2Fpostgresql"),
    ],
)
def test_reads_what_is_meant(written, opened, tmp_path, monkeypatch):
    """Also the forms that hosting services hand out."""
    monkeypatch.chdir(tmp_path)
    assert str(parse_database_url(written)) == opened


@pytest.mark.parametrize("mark", ["/", "#", "?", ":", "%", "!", "$", "&"])
def test_a_password_may_hold_most_characters(mark):
    """What SQLAlchemy reads without doubt needs no escape."""
    assert parse_database_url(f"postgresql://u:fake{mark}pass@h/d").password == f"fake{mark}pass"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("", "must begin with"),
        ("nonsense", "must begin with"),
        ("mysql://u:fakepass@h/d", "must begin with"),
        ("sqlite:desk.db", "three slashes"),
        ("sqlite:/desk.db", "three slashes"),
        ("sqlite://desk.db", "three slashes"),
        ("sqlite://", "three slashes"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file::memory:?cache=shared", "in memory"),
        ("sqlite:///file:desk.db?mode=memory&uri=true", "in memory"),
        ("sqlite:///file:desk.db?mode=ro", "plain path"),
        ("sqlite:///desk.db?timeout=1", "plain path"),
        ("sqlite:///~/desk.db", "instead of ~"),
        ("sqlite+aiosqlite:///desk.db", "SQLite driver aiosqlite"),
        ("sqlite:///no/such/desk.db", "the folder no/such does not exist"),
        ("sqlite:///folder", "is a folder"),
        ("sqlite:///file.txt/desk.db", "is a file, not a folder"),
        ("sqlite:////dev/null", "not an ordinary file"),
        ("postgresql+asyncpg://u:fakepass@h/d", "the driver asyncpg"),
        ("postgresql+psycopg2://u:fakepass@h/d", "the driver psycopg2"),
        ("postgresql://u:fake@pass@h/d", "Write %40"),
        ("postgresql://u:@fakepass@h/d", "Write %40"),
        ("postgresql://u:fakepass@@h/d", "Write %40"),
        ("postgresql://us@er:fakepass@h/d", "Write %40"),
        ("postgresql://u:fake/pass", "%40"),
        ("postgresql://u:fakepass", "%40"),
        ("postgresql://u:fakepass@h:port/d", "%40"),
        ("postgresql://u:fakepass@h:99999/d", "from 1 to 65535"),
        ("postgresql://u:fakepass@h/d/e", "%40"),
        ("postgresql://u:fakepass@ho st/d", "special character"),
    ],
)
def test_refuses_what_is_wrong(wrong, sentence, tmp_path, monkeypatch):
    """In the words of the setting, for the engine and for the settings alike; nothing is created."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(ValueError, match="DATABASE_URL") as error:
        open_engines(wrong)
    assert sentence in str(error.value)
    assert "fake" not in str(error.value)
    assert "pass@" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.txt", "folder"]


def test_descriptions_hold_no_password():
    """What other sentences name the database by."""
    url = parse_database_url("postgresql://user:fakepass@db.example:5433/desk")
    assert (describe(url), server(url)) == ("desk at db.example:5433", "db.example:5433")


def test_says_how_to_install_psycopg(tmp_path):
    """PostgreSQL is an extra of the package."""
    (tmp_path / "psycopg.py").write_text("raise ImportError('no libpq')")
    script = "from store.database_url import parse_database_url; parse_database_url('postgresql://u:fakepass@h/d')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == (
        "ValueError: DATABASE_URL names PostgreSQL, but psycopg is not installed. "
        "Install the extra: domain-desk[postgres]"
    )
