"""The lane when OVH complains again and again, when a deed cannot go in time, and when it closes."""

import threading
import time

import pytest

from bot.ovh.lane import Lane, Priority
from ordering.errors import RegistrarUnavailable


def a_lane(per_second: float = 1000.0) -> Lane:
    return Lane(per_second=per_second, burst=1000, concurrency=1)


def test_calls_that_complain_together_halve_the_pace_once():
    lane = a_lane(100.0)
    for _ in range(5):
        lane.slow_down(0.05)
    assert lane.pace == 50.0


def test_however_often_ovh_complains_a_tenth_of_the_pace_is_left():
    lane = a_lane(100.0)
    for _ in range(8):
        lane.slow_down(0.001)
        time.sleep(0.002)
    assert lane.pace == 10.0


def test_good_answers_never_bring_more_than_the_full_pace():
    lane = a_lane(100.0)
    lane.slow_down(0.01)
    for _ in range(30):
        lane.recover()
    assert lane.pace == 100.0


def test_a_deed_that_cannot_go_in_time_does_not_go_late():
    lane = a_lane()
    with lane.slot(Priority.PEOPLE), pytest.raises(RegistrarUnavailable), lane.slot(Priority.MONEY, within=0.02):
        pass
    with lane.slot(Priority.MONEY, within=0.02):
        assert lane.waiting == 0


def test_closing_sends_away_who_waits_and_who_comes_later():
    lane, told = a_lane(), threading.Event()

    def call() -> None:
        with pytest.raises(RegistrarUnavailable), lane.slot(Priority.PEOPLE):
            pass
        told.set()

    with lane.slot(Priority.PEOPLE):
        waiter = threading.Thread(target=call)
        waiter.start()
        deadline = time.monotonic() + 5
        while lane.waiting < 1:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        lane.close()
        assert told.wait(5)
    waiter.join(5)
    with pytest.raises(RegistrarUnavailable), lane.slot(Priority.MONEY):
        pass
