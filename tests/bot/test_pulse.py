"""Health is that a write of the last half minute went through."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.heartbeat import Pulse
from store.engine import Engines
from store.errors import SchemaChanged
from store.heartbeats import ALIVE_SECONDS
from store.transactions import SqlStore
from tests.databases import new_sqlite, open_unsynced


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Engines]:
    opened = open_unsynced(new_sqlite(tmp_path))
    yield opened
    opened.close()


def read_only(engines: Engines, switch: str) -> None:
    """As a disk that was remounted: the connection is there, and takes no write."""
    with engines.write.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA query_only={switch}")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_write_of_the_last_half_minute_is_health(engines):
    """Silence of thirty seconds is reported with the reason; one write ends it."""
    clock = Clock()
    pulse = Pulse(engines, clock=clock)
    await pulse._beat()  # noqa: SLF001 - one heartbeat, without the ten seconds between two
    clock.now += ALIVE_SECONDS
    assert pulse.reason() is None
    read_only(engines, "ON")
    await pulse._beat()  # noqa: SLF001 - as above
    assert pulse.reason() is None
    clock.now += 1
    assert "no write went through for 31 s" in (pulse.reason() or "")
    assert "is read-only" in (pulse.reason() or "")
    read_only(engines, "OFF")
    await pulse._beat()  # noqa: SLF001 - as above
    assert pulse.reason() is None


def test_ten_and_thirty_seconds_are_the_real_values():
    """Tests shorten them; the running bot does not."""
    from bot.heartbeat import EVERY  # noqa: PLC0415 - the value that is asserted

    assert (EVERY, ALIVE_SECONDS) == (10.0, 30)


async def test_a_hanging_database_is_silence(engines):
    """A heartbeat that never returns counts as none."""
    pulse = Pulse(engines, every=0.05, within=0.3)
    pulse._row.beat = lambda: asyncio.run(asyncio.sleep(2))  # type: ignore[method-assign] # noqa: SLF001 - it hangs
    running = asyncio.create_task(pulse.run())
    await asyncio.sleep(0.6)
    assert "no write went through" in (pulse.reason() or "")
    running.cancel()


@pytest.mark.parametrize("who", ["the heartbeat", "another write"])
async def test_another_schema_ends_the_pulse(engines, who):
    """Whichever write finds it: the process ends with the sentence."""
    pulse = Pulse(engines, every=60 if who == "another write" else 0.05)
    running = asyncio.create_task(pulse.run())
    await asyncio.sleep(0.2)
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    if who == "another write":
        with pytest.raises(SchemaChanged), SqlStore(engines).begin():
            pass
    with pytest.raises(SchemaChanged, match="revision 0099"):
        await asyncio.wait_for(running, 5)
