"""Databases that cannot be used, or that are worth a look."""

import shutil
from typing import NamedTuple

from sqlalchemy import make_url

from tests.doctor.setup import Case, Change, SetUp


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


_ROLE = "doctor_without_rights"


def _sql(*statements: str) -> Change:
    return lambda set_up: set_up.sql(*statements)


def _content(content: bytes) -> Change:
    return lambda set_up: set_up.database.write_bytes(content)


def _space(megabytes: int) -> Change:
    usage = _Usage(10**12, 0, megabytes * 1024 * 1024)
    return lambda set_up: set_up.patch.setattr(shutil, "disk_usage", lambda _: usage)


def _closed_folder(set_up: SetUp) -> None:
    folder = set_up.folder / "data"
    folder.mkdir(mode=0o555)
    set_up.use(DATABASE_URL=f"sqlite:///{folder / 'desk.db'}")
    set_up.unprivileged = True


def _read_only_file(set_up: SetUp) -> None:
    set_up.database.chmod(0o400)
    set_up.unprivileged = True


def _another_user(set_up: SetUp) -> None:
    set_up.patch.setattr("os.geteuid", lambda: 54_321)


def _postgresql(*statements: str) -> Change:
    def change(set_up: SetUp) -> None:
        if statements:
            set_up.postgresql(*statements)
        set_up.use(DATABASE_URL=set_up.postgres_url)

    return change


def _away(set_up: SetUp) -> None:
    set_up.use(DATABASE_URL="postgresql+psycopg://bot:obviously-fake@127.0.0.1:1/bot")


def _missing(set_up: SetUp) -> None:
    set_up.use(DATABASE_URL=set_up.postgres_url.replace("/desk_", "/no_such_desk_"))


def _read_only(set_up: SetUp) -> None:
    name = make_url(set_up.postgres_url).database
    _postgresql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')(set_up)


def _without_rights(set_up: SetUp) -> None:
    set_up.postgresql(f"DROP ROLE IF EXISTS {_ROLE}", f"CREATE ROLE {_ROLE} LOGIN")
    url = make_url(set_up.postgres_url).set(username=_ROLE).render_as_string(hide_password=False)
    set_up.use(DATABASE_URL=url)


def _old_server(set_up: SetUp) -> None:
    set_up.patch.setattr("bot.doctor.database_check._OLDEST_SERVER", 1_000)
    _postgresql()(set_up)


_POWERFUL = frozenset({"server_role_powerful"})  # the tests' own role is a superuser
DATABASE = (
    Case("the database is another kind of file", "database_unusable", _content(b"PK\x03\x04 a zip file, perhaps")),
    Case(
        "the database is of a newer version",
        "database_unusable",
        _sql("UPDATE alembic_version SET version_num = '0099'"),
    ),
    Case(
        "the database belongs to another program",
        "database_unusable",
        _sql("DROP TABLE alembic_version"),
    ),
    Case("the database lacks a table", "database_unusable", _sql("DROP TABLE lines")),
    Case("the database file may not be written", "database_unusable", _read_only_file),
    Case(
        "the database is of an older version",
        "database_older",
        _sql("UPDATE alembic_version SET version_num = '0013'"),
    ),
    Case(
        "the bot is in recover mode",
        "recover_mode",
        _sql("UPDATE recovery SET cause = 'operator', began_at = '2026-11-01'"),
    ),
    Case("the database is a backup's copy", "recover_mode", _sql("UPDATE recovery SET is_copy = 1")),
    Case(
        "every user of the machine may read the database",
        "database_open_to_others",
        lambda set_up: set_up.database.chmod(0o644),
    ),
    Case("the database file belongs to another user", "database_of_another_user", _another_user),
    Case("the folder may not be written", "database_folder_read_only", _closed_folder),
    Case("the disk is almost full", "disk_low", _space(500)),
    Case("the disk is full", "disk_full", _space(5)),
    Case("PostgreSQL does not run", "database_away", _away),
    Case("the PostgreSQL database does not exist", "database_unusable", _missing, on_postgresql=True),
    Case("the PostgreSQL server is a standby", "database_unusable", _read_only, also=_POWERFUL, on_postgresql=True),
    Case("the PostgreSQL role has no rights", "database_unusable", _without_rights, on_postgresql=True),
    Case("the PostgreSQL role is a superuser", "server_role_powerful", _postgresql(), on_postgresql=True),
    Case("the PostgreSQL server is too old", "server_old", _old_server, also=_POWERFUL, on_postgresql=True),
)
