"""Several processes with one key are together no faster than one, and slow down together."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.throttling.scheduler import CallScheduler, Priority
from registrars.ovh.throttling.shared_rate_limiter import SharedRateLimiter
from store.engine import open_engines
from store.rate_limit import LimiterState, LimiterStorage


class OneState:
    """A ledger in memory; while it is `broken` it is a database that does not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: Mapping[str, Any] | None = None
        self.broken = False

    @contextmanager
    def held(self) -> Iterator[LimiterState]:
        if self.broken:
            raise OperationalError("select", {}, Exception("gone"))
        with self._lock:
            current = LimiterState(time.time(), self._state)
            yield current
            self._state = current.state


def a_scheduler(storage: OneState, *, per_second: float = 40, burst: int = 10) -> CallScheduler:
    return CallScheduler(SharedRateLimiter(storage, per_second=per_second, burst=burst), concurrency=8)


def calls_in(schedulers: list[CallScheduler], seconds: float, *, threads: int = 4) -> int:
    """How many calls go in so long, when everybody calls as fast as they may."""
    went: list[float] = []
    end = time.monotonic() + seconds

    def call(scheduler: CallScheduler) -> None:
        try:
            while True:
                with scheduler.acquire(Priority.SEARCH, within=end - time.monotonic()) as permit:
                    permit.used = True
                    went.append(time.monotonic())
        except RegistrarUnavailable:
            return

    callers = [threading.Thread(target=call, args=(scheduler,)) for scheduler in schedulers for _ in range(threads)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return len(went)


@pytest.fixture
def storage():
    return OneState()


@pytest.fixture
def schedulers(storage):
    opened = [a_scheduler(storage) for _ in range(2)]
    yield opened
    for scheduler in opened:
        scheduler.close()


def test_two_processes_share_one_budget(schedulers):
    assert 10 <= calls_in(schedulers, 1.0) <= 10 + 40 + 8  # the burst, a second's worth, and what was drawn ahead


def test_a_complaint_to_one_slows_all(schedulers):
    calls_in(schedulers, 0.3)
    schedulers[0].on_throttled(0.6)
    time.sleep(0.1)  # until it stands in the ledger
    assert calls_in([schedulers[1]], 0.3) <= 4  # what was drawn before
    schedulers[1].close()


def test_without_the_database_each_goes_on_alone(schedulers, storage):
    storage.broken = True
    assert 10 <= calls_in([schedulers[0]], 1.0) <= 58


def test_without_the_database_the_reduced_rate_stays(schedulers, storage):
    """Without the database a process stays as slow as all had become."""
    schedulers[0].on_throttled(0.05)
    time.sleep(0.2)  # until it stands in the ledger, and is over
    calls_in([schedulers[1]], 0.3)
    storage.broken = True
    assert 1 <= calls_in([schedulers[1]], 1.0) <= 30


def test_a_closed_lane_sends_away_who_waits(storage):
    scheduler = a_scheduler(storage, per_second=0.01, burst=1)
    with scheduler.acquire(Priority.SEARCH) as permit:
        permit.used = True
    with pytest.raises(RegistrarUnavailable), scheduler.acquire(Priority.SEARCH, within=0.1):
        pass
    scheduler.close()
    with pytest.raises(RegistrarUnavailable), scheduler.acquire(Priority.SEARCH):
        pass


def test_the_budget_stands_in_postgresql(postgres_url):
    engines = [open_engines(postgres_url) for _ in range(2)]
    rate_limiters = [SharedRateLimiter(LimiterStorage(each, "one key"), per_second=40, burst=10) for each in engines]
    schedulers = [CallScheduler(rate_limiter, concurrency=8) for rate_limiter in rate_limiters]
    assert 10 <= calls_in(schedulers, 1.0) <= 58
    for scheduler, each in zip(schedulers, engines, strict=True):
        scheduler.close()
        each.close()
