"""The scheduler when a money call cannot go in time, and when it closes."""

import threading
import time

import pytest

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.throttling.scheduler import Priority
from tests.registrars.ovh.test_scheduler import a_scheduler


def test_a_deed_that_cannot_go_in_time_does_not_go_late():
    scheduler = a_scheduler()
    with (
        scheduler.acquire(Priority.PEOPLE),
        pytest.raises(RegistrarUnavailable),
        scheduler.acquire(Priority.MONEY, within=0.02),
    ):
        pass
    with scheduler.acquire(Priority.MONEY, within=0.02):
        assert scheduler.waiting == 0


def test_closing_sends_away_who_waits_and_who_comes_later():
    scheduler, told = a_scheduler(), threading.Event()

    def call() -> None:
        with pytest.raises(RegistrarUnavailable), scheduler.acquire(Priority.PEOPLE):
            pass
        told.set()

    with scheduler.acquire(Priority.PEOPLE):
        waiter = threading.Thread(target=call)
        waiter.start()
        deadline = time.monotonic() + 5
        while scheduler.waiting < 1:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        scheduler.close()
        assert told.wait(5)
    waiter.join(5)
    with pytest.raises(RegistrarUnavailable), scheduler.acquire(Priority.MONEY):
        pass
