"""An older version next to a newer schema stops, writes nothing, and says how to go back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sandbox.stage import Stage
from store.engine import open_engines
from store.migrate import newest
from tests.bot.process import running
from tests.databases import new_sqlite

BACK = "To go back to this version, restore the backup from before the upgrade."


@pytest.fixture(params=["sqlite", "postgresql"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else new_sqlite(tmp_path)
    opened = Stage(tmp_path, settings={"DATABASE_URL": url})
    await opened.open()
    yield opened
    await opened.close()


def migrate_ahead(stage: Stage) -> None:
    """Do what a newer version does to the revision."""
    engines = open_engines(stage.environment["DATABASE_URL"])
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    engines.close()


def carts(stage: Stage) -> int:
    engines = open_engines(stage.environment["DATABASE_URL"])
    with engines.read.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM carts")).scalar_one()
    engines.close()
    return int(found)


async def test_an_older_version_does_not_start(stage: Stage):
    """It names both revisions and the way back, with exit code 2."""
    migrate_ahead(stage)
    async with running(stage.environment, stage.folder, port=stage.port) as process:
        assert await process.ends(30) == 2
    said = process.printed.splitlines()[-1]
    assert f"made by a newer version (0099); this one knows {newest()}" in said
    assert said.endswith(BACK)
    assert "Traceback" not in process.printed


async def test_a_running_older_process_ends(stage: Stage):
    """The first write after the upgrade finds the newer schema: nothing is written, exit code 2."""
    async with running(stage.environment, stage.folder, port=stage.port) as process:
        await process.says("/healthz", '"status": "ok"')
        migrate_ahead(stage)
        await stage.slack.person("ada").command("add name.ovh")
        assert await process.ends(20) == 2
    assert "has migrated the database to revision 0099" in process.printed.splitlines()[-1]
    assert carts(stage) == 0
