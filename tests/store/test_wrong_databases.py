"""A database that cannot be used is explained in one sentence that holds no secret."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from store.diagnosis import explained
from store.engine import open_engines
from store.errors import DatabaseUnusable
from store.migrate import migrate, newest, require_newest, revision
from tests.databases import new_sqlite
from tests.store.refusals import refused


@pytest.fixture
def file(tmp_path):
    return tmp_path / "desk.db"


@pytest.fixture
def current(tmp_path):
    """A SQLite database of this version."""
    return new_sqlite(tmp_path)


def set_revision(url: str, number: str) -> None:
    engines = open_engines(url)
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    engines.close()


@pytest.mark.parametrize("action", [migrate, require_newest, revision])
def test_names_both_versions_of_a_newer_database(url, action):
    """A newer database is never touched, and the operator reads which version made it."""
    set_revision(url, "0099")
    error = refused(url, action)
    assert isinstance(error, DatabaseUnusable)
    assert f"made by a newer version (0099); this one knows {newest()}" in str(error)


def test_sends_an_older_database_to_migrate(url):
    """Reading commands do not read an older shape."""
    set_revision(url, "0012")
    error = refused(url, require_newest)
    assert "empty or older than this version: run `domain-desk migrate`" in str(error)


def test_sends_an_empty_database_to_migrate(empty_url):
    """An empty PostgreSQL database and a missing file read alike."""
    assert "empty or older than this version" in str(refused(empty_url, require_newest))


def test_reading_creates_no_file(file):
    """A reading command leaves no empty database behind."""
    refused(f"sqlite:///{file}", require_newest)
    assert not file.exists()


@pytest.mark.parametrize("action", [migrate, require_newest])
def test_refuses_the_database_of_another_program(empty_url, action):
    """Tables without our revision, or with another program's, stay untouched."""
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (number INTEGER)"))
    engines.close()
    assert "belongs to another program" in str(refused(empty_url, action))


def test_refuses_another_programs_alembic_revision(current):
    """Alembic's usual revisions are hexadecimal: such a database is not a newer one of ours."""
    set_revision(current, "ae1027a6acf3")
    assert "belongs to another program" in str(refused(current))


@pytest.mark.parametrize("action", [migrate, require_newest, revision])
@pytest.mark.parametrize("second", ["0001", "0012", "0099", "ae1027a6acf3"])
def test_refuses_two_revisions(url, action, second):
    """A restore into a database that was not empty, for one."""
    execute_on_current(url, f"INSERT INTO alembic_version VALUES ('{second}')")
    error = refused(url, action)
    assert isinstance(error, DatabaseUnusable)
    assert "alembic_version holds 2 rows in place of one. Restore it from a backup." in str(error)


@pytest.mark.parametrize("action", [migrate, require_newest])
@pytest.mark.parametrize("table", sorted(SQLModel.metadata.tables))
def test_refuses_a_database_that_lacks_a_table(url, action, table):
    """Its revision says that all is well."""
    cascade = " CASCADE" if url.startswith("postgresql") else ""
    execute_on_current(url, f"DROP TABLE {table}{cascade}")
    error = refused(url, action)
    assert isinstance(error, DatabaseUnusable)
    assert f"is damaged: it has no longer the table {table} of its revision" in str(error)


@pytest.mark.parametrize("action", [migrate, require_newest])
def test_refuses_a_database_that_lacks_a_column(url, action):
    """As after a restore of an older table."""
    execute_on_current(url, "ALTER TABLE carts DROP COLUMN reason")
    assert "no longer the column carts.reason of its revision" in str(refused(url, action))


@pytest.mark.parametrize(
    "statement", ["DROP TABLE lines", "ALTER TABLE carts RENAME COLUMN payment_by TO paid", "SELECT 1"]
)
def test_an_upgrade_of_a_damaged_database_is_explained(url, statement):
    """An older revision with other tables than it had, or with the newest ones."""
    execute_on_current(url, f"{statement}".replace("DROP TABLE lines", DROP_LINES[url.split(":")[0]]))
    set_revision(url, "0003")
    assert "is damaged" in str(refused(url))


DROP_LINES = {"sqlite": "DROP TABLE lines", "postgresql+psycopg": "DROP TABLE lines CASCADE"}


def test_another_programs_table_of_revisions(empty_url):
    """It has our table's name, but not its column."""
    engines = open_engines(empty_url)
    with engines.write.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (number INTEGER)"))
    engines.close()
    assert "belongs to another program" in str(refused(empty_url))


def execute_on_current(url: str, statement: str) -> None:
    """Change a database of this version behind the bot's back."""
    engines = open_engines(url)
    with engines.write.begin() as connection:
        connection.execute(text(statement))
    engines.close()


def test_leaves_the_journal_of_another_program_alone(file):
    """Looking at a foreign SQLite file does not switch its journal mode."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    refused(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


@pytest.mark.parametrize("action", [migrate, require_newest])
@pytest.mark.parametrize("content", [b"SLACK_BOT_TOKEN=fake\n" * 60, b"\x89PNG" * 400, b"x"])
def test_refuses_a_file_that_is_no_database(file, action, content):
    """A text file, a picture, one letter."""
    file.write_bytes(content)
    assert "is not a SQLite database" in str(refused(f"sqlite:///{file}", action))
    assert file.read_bytes() == content


def test_reports_a_damaged_file(current, file):
    """Pages that were overwritten are named as damage."""
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * 40_000)
    assert "is damaged" in str(refused(current))


@contextmanager
def locked(file) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("action", [migrate, require_newest])
def test_reports_a_file_that_another_program_locks(current, file, action):
    """After SQLite's own five seconds of waiting."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with locked(file):
        error = refused(current, action)
    assert "is locked by another program" in str(error)
    assert isinstance(error, DatabaseUnusable)


def test_reports_a_new_file_that_another_program_locks(file):
    """The switch to write-ahead logging does not wait for minutes either."""
    with locked(file):
        assert "is locked by another program" in str(refused(f"sqlite:///{file}"))


def test_reports_a_full_disk(current):
    """SQLite's own limit of pages gives the code that a full disk gives."""
    engines = open_engines(current)
    with engines.write.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DatabaseUnusable, match=r"The disk of .*desk\.db is full"), explained(engines.write):
            connection.exec_driver_sql("CREATE TABLE filler AS SELECT zeroblob(1000000)")
    engines.close()


def test_a_bug_of_ours_stays_a_bug(current):
    """A wrong statement is not blamed on the operator's database."""
    engines = open_engines(current)
    connection = engines.read.connect()
    with pytest.raises(OperationalError, match="no such table"), explained(engines.read):
        connection.exec_driver_sql("SELECT * FROM nowhere")
    connection.close()
    engines.close()
