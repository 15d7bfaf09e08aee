"""The heartbeat goes on, whatever one cart, one Home or the database does."""

import asyncio
import time
from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from bot.driver import Driver
from handlers.bridge import Bridge
from ordering.claims import Alone


class Carts:
    """Carts that are always due; `advance` fails as it is told."""

    def __init__(self, due: list[int], *, failures: int = 0, database_is_away: bool = False) -> None:
        self._due = due
        self._failures = failures
        self._database_is_away = database_is_away
        self.advanced: list[int] = []
        self.at_once = self.most_at_once = 0
        self.seconds = 0.0

    def due(self) -> list[int]:
        return self._due

    def next_due(self, *, without: Collection[int] = ()) -> datetime | None:
        return datetime.now(UTC) if set(self._due) - set(without) else None

    def advance(self, cart_id: int) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        self.advanced.append(cart_id)
        if len(self.advanced) <= self._failures:
            raise RuntimeError("made up")

    def put_off(self, cart_id: int, reference: str) -> None:
        if self._database_is_away:
            raise RuntimeError("the database is away")


class Nothing:
    async def outdated(self) -> list[int]:
        return []


async def until_advanced(carts: Carts, times: int, *, homes_fail: bool = False) -> None:
    async def refresh() -> None:
        if homes_fail:
            raise RuntimeError("this Home cannot be drawn")

    driver = Driver(
        fulfilment=carts,  # type: ignore[arg-type] # what the driver needs of it
        announcer=Nothing(),  # type: ignore[arg-type] # nothing to show
        refresh_homes=refresh,
        claims=Alone(),
        bridge=Bridge(2),
        steps_at_once=3,
    )
    running = asyncio.create_task(driver.run())
    try:
        async with asyncio.timeout(10):
            while len(carts.advanced) < times:
                assert not running.done()
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.wait({running})


@pytest.mark.parametrize("away", [False, True])
async def test_a_cart_whose_step_failed_is_advanced_again_even_where_that_could_not_be_noted(away):
    carts = Carts([1], failures=1, database_is_away=away)
    await until_advanced(carts, 2)
    assert carts.advanced[:2] == [1, 1]


async def test_a_home_that_cannot_be_drawn_stops_nothing():
    await until_advanced(Carts([1]), 3, homes_fail=True)


async def test_no_more_carts_are_claimed_than_can_be_worked_on():
    carts = Carts(list(range(20)))
    carts.seconds = 0.05
    await until_advanced(carts, 20)
    assert carts.most_at_once <= 3
