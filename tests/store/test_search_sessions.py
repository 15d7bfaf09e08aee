"""A search on the session store: whole, one process's at a time, and never in the way of searching itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.offer import Action, Availability, Offer, Verdict
from ordering.ports.search_sessions import RunnerSignal, SearchSession
from store.search_sessions import SharedSessionStore
from tests.builders import NOW

NAME, OTHER = DomainName("name.ovh"), DomainName("xn--caf-dma.fr")
OFFER = Offer(
    NAME, Action.CREATE, "create-default", orderable=True, price=Money(299, "EUR"), renewal=Money(1399, "EUR"),
    promotion_ends=datetime(2027, 1, 1, tzinfo=UTC), years=(1, 2, 10),
)  # fmt: skip
SEARCH = SearchSession(
    "f00d",
    "U0ADA",
    (NAME, OTHER),
    (
        Availability(NAME, Verdict.AVAILABLE, OFFER, offers=(OFFER,), asked_at=NOW),
        Availability(OTHER, Verdict.UNKNOWN, reason="ovh_refused", ovh_said="no"),
    ),
    unreadable=("“-x-” is none.",),
    left_out=("com",),
    refreshing=(NAME,),
    seconds_left=4.5,
    allow_premium=True,
)


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
def sessions(engines, clock) -> SharedSessionStore:
    return SharedSessionStore(engines, clock=clock)


@pytest.fixture
def other(engines, clock) -> SharedSessionStore:
    """The same, in another process."""
    return SharedSessionStore(engines, clock=clock)


def test_what_was_kept_is_found_whole(sessions, other):
    sessions.put(SEARCH)
    assert other.find("f00d") == SEARCH
    assert other.find("other") is None
    assert sessions.begin(SEARCH)
    assert other.find("f00d") == replace(SEARCH, under_way=True)
    assert sessions.go_on("f00d", replace(SEARCH, answers=())) is RunnerSignal.GO_ON
    assert sessions.go_on("f00d", None) is RunnerSignal.GO_ON
    assert other.find("f00d").answers == ()
    sessions.end(SEARCH)
    assert other.find("f00d") == SEARCH


def test_one_process_at_a_time_runs_a_search(sessions, other):
    sessions.put(SEARCH)
    assert [sessions.begin(SEARCH), other.begin(SEARCH)] == [True, False]
    sessions.end(SEARCH)
    assert other.begin(SEARCH)


def test_a_dead_runner_overwrites_nothing(sessions, other, clock):
    """A process that says nothing any more does not run it and overwrites nothing."""
    sessions.begin(SEARCH)
    clock.now += timedelta(seconds=9)
    assert not other.begin(SEARCH)
    sessions.go_on("f00d", None)
    clock.now += timedelta(seconds=11)
    assert not other.find("f00d").under_way
    assert not other.stop("f00d")
    assert other.begin(SEARCH)
    assert sessions.go_on("f00d", replace(SEARCH, answers=())) is RunnerSignal.LOST
    sessions.end(replace(SEARCH, answers=()))
    assert sessions.find("f00d") == replace(SEARCH, under_way=True)


def test_a_stop_signal_reaches_only_the_current_runner(sessions, other):
    """A signal to stop reaches who runs it and not who goes on with it."""
    assert not other.stop("f00d")
    sessions.begin(SEARCH)
    assert other.stop("f00d")
    assert sessions.go_on("f00d", None) is RunnerSignal.STOP
    sessions.end(SEARCH)
    assert not other.stop("f00d")
    assert other.begin(SEARCH)
    assert other.go_on("f00d", None) is RunnerSignal.GO_ON


def test_a_search_expires_after_a_day(sessions, engines, clock):
    """After a day a search is not found and with the next one it is gone."""
    sessions.put(SEARCH)
    clock.now += timedelta(hours=25)
    assert sessions.find("f00d") is None
    sessions.put(replace(SEARCH, id="newer"))
    with engines.read.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM searches").scalars().all() == ["newer"]


def test_what_another_version_kept_is_not_found(sessions, engines):
    sessions.put(SEARCH)
    with engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE searches SET content = '{\"id\": 1}'")
    assert sessions.find("f00d") is None
