"""The lane when a deed cannot go in time, and when it closes."""

import threading
import time

import pytest

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.throttling.scheduler import Priority
from tests.registrars.ovh.test_lane import a_lane


def test_a_deed_that_cannot_go_in_time_does_not_go_late():
    lane = a_lane()
    with lane.turn(Priority.PEOPLE), pytest.raises(RegistrarUnavailable), lane.turn(Priority.MONEY, within=0.02):
        pass
    with lane.turn(Priority.MONEY, within=0.02):
        assert lane.waiting == 0


def test_closing_sends_away_who_waits_and_who_comes_later():
    lane, told = a_lane(), threading.Event()

    def call() -> None:
        with pytest.raises(RegistrarUnavailable), lane.turn(Priority.PEOPLE):
            pass
        told.set()

    with lane.turn(Priority.PEOPLE):
        waiter = threading.Thread(target=call)
        waiter.start()
        deadline = time.monotonic() + 5
        while lane.waiting < 1:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        lane.close()
        assert told.wait(5)
    waiter.join(5)
    with pytest.raises(RegistrarUnavailable), lane.turn(Priority.MONEY):
        pass
