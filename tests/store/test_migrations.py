"""A database of any age comes to the newest shape, and that shape is what the code expects."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from store import tables
from store.engine import open_engines
from store.migrate import migrate, newest, revision


def test_the_newest_revision_is_what_the_tables_say(engines):
    assert tables.CartRow.__tablename__ == "carts"
    with engines.write.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(engines):
    assert migrate(engines) == newest() == revision(engines)


def test_two_processes_may_migrate_at_once(empty_url):
    def one(_: int) -> str:
        engines = open_engines(empty_url)
        try:
            return migrate(engines)
        finally:
            engines.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(one, range(2))) == {newest()}


@pytest.mark.parametrize("nonsense", ["", "nonsense", "mysql://x/y", "sqlite://"])
def test_another_database_is_refused_in_words(nonsense):
    with pytest.raises(ValueError, match="DATABASE_URL must"):
        open_engines(nonsense)


def test_sqlite_is_set_as_it_must_be(tmp_path):
    engines = open_engines(f"sqlite:///{tmp_path / 'desk.db'}")
    with engines.write.connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engines.close()


def test_a_writer_killed_in_a_transaction_loses_only_that(tmp_path):
    script = (
        "import os\nfrom datetime import UTC, datetime\n"
        "from store.engine import open_engines\nfrom store.migrate import migrate\n"
        "from store.transactions import SqlStore\n"
        "engines = open_engines('sqlite:///desk.db'); migrate(engines); store = SqlStore(engines)\n"
        "with store.begin() as carts: carts.open('C1', by='U0ADA', at=datetime.now(UTC))\n"
        "with store.begin() as carts:\n"
        "    carts.open('C2', by='U0ADA', at=datetime.now(UTC)); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
    assert done.returncode == 9
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        assert connection.execute("SELECT channel FROM carts").fetchall() == [("C1",)]
    connection.close()
