"""Search sessions stay within bounds: of number, of names and of age."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from handlers.search_sessions import Search, Searches
from handlers.views.search_pages import Standing
from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import Action, Availability, Offer

_REPLY = cast(Any, None)
_HOUR = 3600.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def searches(clock: Clock) -> Searches:
    return Searches(clock)


def a_search(number: int, size: int = 1, *, under_way: bool = False) -> Search:
    names = tuple(DomainName(f"name-{number}-{each}.ovh") for each in range(size))
    search = Search("U0ADA", names, (), _REPLY, allow_premium=False, id=str(number))
    if under_way:
        search.begin(names)
    return search


async def kept(searches: Searches, number: int) -> bool:
    return await searches.find(str(number), "U0ADA", _REPLY) is not None


@pytest.mark.parametrize(("size", "room"), [(1, 300), (66, 300), (100, 200), (500, 40)])
async def test_the_oldest_search_goes_first(searches: Searches, size: int, room: int):
    """So many searches of this size are kept; one more drops the one that was not used for longest."""
    for number in range(room):
        await searches.keep(a_search(number, size))
    assert await kept(searches, 0)  # so number 1 is the oldest now
    await searches.keep(a_search(room, size))
    assert not await kept(searches, 1)
    assert [await kept(searches, number) for number in (0, 2, room)] == [True] * 3


@pytest.mark.parametrize("hours", [1, 3.9, 4.1, 100])
async def test_a_search_that_nobody_uses_is_dropped(searches: Searches, clock: Clock, hours: float):
    """Four hours after its last use a search is gone, though it is the only one."""
    await searches.keep(a_search(1))
    clock.now += 3 * _HOUR
    assert await kept(searches, 1)
    clock.now += hours * _HOUR
    assert await kept(searches, 1) is (hours < 4)


async def test_a_search_under_way_is_kept(searches: Searches, clock: Clock):
    """Neither others nor age drop a search that is running."""
    await searches.keep(a_search(0, under_way=True))
    clock.now += 5 * _HOUR
    for number in range(1, 400):
        await searches.keep(a_search(number, 100))
    assert await kept(searches, 0)


async def test_the_newest_search_is_kept_whatever_its_size(searches: Searches):
    """One search larger than the bound is still found by its buttons."""
    await searches.keep(a_search(0))
    await searches.keep(a_search(1, 20_001))
    assert await kept(searches, 1)
    assert not await kept(searches, 0)


@pytest.mark.slow
async def test_60_searches_of_500_names_are_not_all_kept(searches: Searches):
    """Kept answers stay under 18 MB; 60 such searches would take more than 20, and 300 of them more than 100."""
    tracemalloc.start()
    try:
        for number in range(60):
            search = a_search(number, 500)
            for name in search.names:
                search.take(_answer(name))
            search.end()
            assert search.standing is Standing.DONE
            await searches.keep(search)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 18_000_000, held


def _answer(name: DomainName) -> Availability:
    now = datetime.now(UTC)
    offer = Offer(
        domain=name, action=Action.CREATE, pricing_mode="create-default", orderable=True,
        price=Money(299, "EUR"), renewal=Money(599, "EUR"), regular=Money(599, "EUR"),
        promotion_ends=now + timedelta(days=30), years=tuple(range(1, 11)), phase="ga",
    )  # fmt: skip
    return Availability.of(name, (offer,), taken=False)
