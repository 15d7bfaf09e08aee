"""The database is there and takes no writes: the bot says so, calls nobody, and goes on by itself."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bot.app import Bot
from bot.heartbeat import Pulse
from ordering.process.polling import PollSchedule
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return {} if request.param == "sqlite" else {"DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute of silence and ten seconds between heartbeats are a second and a fifth of one here.

    A job may fail in the moment before the database takes writes again. It then comes again after five seconds, not
    after five minutes.
    """
    monkeypatch.setattr("bot.app.Pulse", partial(Pulse, every=0.2, within=1.0))
    monkeypatch.setattr("ordering.process.fulfilment.PollSchedule", partial(PollSchedule, slowest=timedelta(seconds=5)))


def take_no_writes(bot: Bot, switch: str) -> None:
    """As a disk that was remounted read-only, or a server that became a standby; `switch` is ON or OFF."""
    engines = bot._engines  # noqa: SLF001 - the connections that the bot writes through
    if engines.write_queue is None:
        # By a connection that is not the bot's: one that may still write would go back into the bot's pool.
        administrator = create_engine(engines.write.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
            connection.execute(text(f"ALTER SYSTEM SET default_transaction_read_only = {switch}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        return
    with engines.write_queue.held(), engines.write.connect() as connection:
        raw = connection.connection.driver_connection  # past BEGIN IMMEDIATE, which is refused then
        assert raw is not None
        raw.execute(f"PRAGMA query_only={switch}")


async def shows(bot: Bot, words: str) -> None:
    """Wait until /readyz says this of the database."""
    async with asyncio.timeout(30):
        while words not in bot._health.readiness()["database"]:  # noqa: SLF001, ASYNC110 - as /readyz reads it
            await asyncio.sleep(0.1)


async def test_an_approved_cart_waits_for_the_disk(scenario: Scenario, bot: Bot):
    """Nothing is asked of OVH, /readyz and /healthz say 503 with the reason; then one order is made by itself."""
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart", "error500", times=999)
    await scenario.cleo.click(card, "Approve")
    await scenario.card("retrying since")
    take_no_writes(bot, "ON")
    scenario.ovh.faults.clear()
    try:
        await shows(bot, "no write went through")
        before = len(scenario.ovh.calls)
        await asyncio.sleep(2)
        worked = [call for call in scenario.ovh.calls[before:] if "/order" in str(call)]
        assert worked == []
        assert "no write went through" in bot._health.readiness()["database"]  # noqa: SLF001 - what /readyz shows
        assert "read-only" in bot._health.checks()["database"]  # noqa: SLF001 - what /healthz shows
    finally:
        take_no_writes(bot, "OFF")
    await scenario.payable(seconds=30)
    assert scenario.checkouts() == 1
    await shows(bot, "ok")


REFUSE = {
    "sqlite": ["CREATE TRIGGER no_room BEFORE UPDATE ON carts BEGIN SELECT RAISE(ABORT, 'no room'); END"],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$",
        "CREATE TRIGGER no_room BEFORE UPDATE ON carts FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}
ALLOW = {"sqlite": "DROP TRIGGER no_room", "postgresql": "DROP TRIGGER no_room ON carts"}


async def test_a_cart_that_cannot_be_saved_reaches_operators(
    scenario: Scenario, bot: Bot, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
):
    """Other writes go through: /healthz names the cart, OVH is hardly asked, and then one order is made by itself."""
    monkeypatch.setattr("bot.worker_pool._UNSAVED_AFTER", 3.0)
    monkeypatch.setattr("bot.worker._RENEWALS", 20)  # a look each second
    database = "postgresql" if settings else "sqlite"
    administrator = create_engine(bot._engines.write.url, poolclass=NullPool)  # noqa: SLF001 - where the bot's data is
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart", "slow", seconds=2)
    await scenario.cleo.click(card, "Approve")
    await scenario.ovh_hangs()
    with administrator.begin() as connection:
        for statement in REFUSE[database]:
            connection.execute(text(statement))
    before, drafts = len(scenario.ovh.calls), scenario.ovh.count("POST", "/order/cart")
    async with asyncio.timeout(40):
        while "#1 makes no progress" not in str(bot._health.checks()):  # noqa: SLF001, ASYNC110 - as /healthz reads it
            await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    assert len(scenario.ovh.calls) - before < 20
    assert scenario.ovh.count("POST", "/order/cart") - drafts <= 2
    with administrator.begin() as connection:
        connection.execute(text(ALLOW[database]))
    await scenario.payable()
    assert scenario.checkouts() == 1
    async with asyncio.timeout(40):
        while "#1 makes no progress" in str(bot._health.checks()):  # noqa: SLF001, ASYNC110 - as above
            await asyncio.sleep(0.1)
