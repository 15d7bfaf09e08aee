"""A search on the shelf: whole, one process's at a time, and never in the way of searching itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ordering.domain_name import DomainName
from ordering.kept_search import KeptSearch
from ordering.money import Money
from ordering.offer import Action, Availability, Offer, Verdict
from store.engine import open_engines
from store.searches import SharedShelf
from tests.builders import NOW

NAME, OTHER = DomainName("name.ovh"), DomainName("xn--caf-dma.fr")
OFFER = Offer(
    NAME, Action.CREATE, "create-default", orderable=True, price=Money(299, "EUR"), renewal=Money(1399, "EUR"),
    promotion_ends=datetime(2027, 1, 1, tzinfo=UTC), years=(1, 2, 10),
)  # fmt: skip
SEARCH = KeptSearch(
    "f00d",
    "U0ADA",
    (NAME, OTHER),
    (
        Availability(NAME, Verdict.AVAILABLE, OFFER, offers=(OFFER,), asked_at=NOW),
        Availability(OTHER, Verdict.UNKNOWN, reason="OVH does not answer"),
    ),
    unreadable=("“-x-” is none.",),
    left_out=("com",),
    refreshing=(NAME,),
    seconds_left=4.5,
    allow_premium=True,
)
UNDER_WAY = replace(SEARCH, under_way=True)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(engines, clock) -> SharedShelf:
    return SharedShelf(engines, clock=clock)


def test_what_was_kept_is_found_whole(shelf):
    for search in (SEARCH, UNDER_WAY):
        assert shelf.keep(search) is False
        assert shelf.find("f00d") == search
    assert shelf.find("other") is None


def test_one_process_at_a_time_runs_a_search(shelf):
    shelf.keep(SEARCH)
    assert [shelf.begin(UNDER_WAY) for _ in range(2)] == [True, False]
    shelf.keep(SEARCH)
    assert shelf.begin(UNDER_WAY)


def test_a_process_that_says_nothing_any_more_does_not_run_it(shelf, clock):
    shelf.begin(UNDER_WAY)
    clock.now += timedelta(seconds=9)
    assert shelf.find("f00d").under_way
    assert not shelf.begin(UNDER_WAY)
    shelf.keep(UNDER_WAY)
    clock.now += timedelta(seconds=11)
    assert not shelf.find("f00d").under_way
    assert shelf.begin(UNDER_WAY)


def test_a_wish_to_stop_reaches_who_runs_it_and_not_who_goes_on_with_it(shelf):
    shelf.begin(UNDER_WAY)
    shelf.stop("f00d")
    assert shelf.keep(SEARCH) is True
    assert shelf.begin(UNDER_WAY)
    assert shelf.keep(UNDER_WAY) is False


def test_after_a_day_a_search_is_forgotten(shelf, clock):
    shelf.keep(SEARCH)
    clock.now += timedelta(hours=25)
    shelf.begin(replace(UNDER_WAY, id="newer"))
    assert shelf.find("f00d") is None


def test_what_another_version_kept_is_not_found(shelf, engines):
    shelf.keep(SEARCH)
    with engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE searches SET content = '{\"id\": 1}'")
    assert shelf.find("f00d") is None


def test_without_its_database_each_process_is_on_its_own(clock):
    engines = open_engines("postgresql+psycopg://desk@127.0.0.1:1/desk")
    shelf = SharedShelf(engines, clock=clock)
    assert shelf.begin(UNDER_WAY) is True
    assert shelf.keep(UNDER_WAY) is False
    shelf.stop("f00d")
    assert shelf.find("f00d") is None
    engines.close()
