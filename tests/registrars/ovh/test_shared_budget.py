"""Several processes with one key are together no faster than one, and slow down together."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.throttling.scheduler import Lane, Priority
from registrars.ovh.throttling.shared_rate_limiter import SharedBudget
from store.engine import open_engines
from store.rate_limit import Page, SharedPage


class OnePage:
    """A ledger in memory; while it is `broken` it is a database that does not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: Mapping[str, Any] | None = None
        self.broken = False

    @contextmanager
    def held(self) -> Iterator[Page]:
        if self.broken:
            raise OperationalError("select", {}, Exception("gone"))
        with self._lock:
            page = Page(time.time(), self._state)
            yield page
            self._state = page.state


def a_lane(ledger: OnePage, *, per_second: float = 40, burst: int = 10) -> Lane:
    return Lane(SharedBudget(ledger, per_second=per_second, burst=burst), concurrency=8)


def calls_in(lanes: list[Lane], seconds: float, *, threads: int = 4) -> int:
    """How many calls go in so long, when everybody calls as fast as they may."""
    went: list[float] = []
    end = time.monotonic() + seconds

    def call(lane: Lane) -> None:
        try:
            while True:
                with lane.turn(Priority.SEARCH, within=end - time.monotonic()) as turn:
                    turn.used = True
                    went.append(time.monotonic())
        except RegistrarUnavailable:
            return

    callers = [threading.Thread(target=call, args=(lane,)) for lane in lanes for _ in range(threads)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return len(went)


@pytest.fixture
def ledger():
    return OnePage()


@pytest.fixture
def lanes(ledger):
    opened = [a_lane(ledger) for _ in range(2)]
    yield opened
    for lane in opened:
        lane.close()


def test_two_processes_share_one_budget(lanes):
    assert 10 <= calls_in(lanes, 1.0) <= 10 + 40 + 8  # the burst, a second's worth, and what was drawn ahead


def test_a_complaint_to_one_slows_all(lanes):
    calls_in(lanes, 0.3)
    lanes[0].slow_down(0.6)
    time.sleep(0.1)  # until it stands in the ledger
    assert calls_in([lanes[1]], 0.3) <= 4  # what was drawn before
    lanes[1].close()


def test_without_the_database_each_goes_on_alone(lanes, ledger):
    ledger.broken = True
    assert 10 <= calls_in([lanes[0]], 1.0) <= 58


def test_without_the_database_a_process_stays_as_slow_as_all_had_become(lanes, ledger):
    lanes[0].slow_down(0.05)
    time.sleep(0.2)  # until it stands in the ledger, and is over
    calls_in([lanes[1]], 0.3)
    ledger.broken = True
    assert 1 <= calls_in([lanes[1]], 1.0) <= 30


def test_a_closed_lane_sends_away_who_waits(ledger):
    lane = a_lane(ledger, per_second=0.01, burst=1)
    with lane.turn(Priority.SEARCH) as turn:
        turn.used = True
    with pytest.raises(RegistrarUnavailable), lane.turn(Priority.SEARCH, within=0.1):
        pass
    lane.close()
    with pytest.raises(RegistrarUnavailable), lane.turn(Priority.SEARCH):
        pass


def test_the_budget_stands_in_postgresql(postgres_url):
    engines = [open_engines(postgres_url) for _ in range(2)]
    budgets = [SharedBudget(SharedPage(each, "one key"), per_second=40, burst=10) for each in engines]
    lanes = [Lane(budget, concurrency=8) for budget in budgets]
    assert 10 <= calls_in(lanes, 1.0) <= 58
    for lane, each in zip(lanes, engines, strict=True):
        lane.close()
        each.close()
