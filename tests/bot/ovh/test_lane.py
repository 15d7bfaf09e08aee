"""One lane to OVH: paced, bounded, fair, and money goes first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.ovh.lane import Lane, Priority


@pytest.fixture
def busy():
    """A lane of one place that is taken, and what lets it go."""
    lane, leave, entered = Lane(per_second=1000, burst=1000, concurrency=1), threading.Event(), threading.Event()

    def hold() -> None:
        with lane.slot(Priority.PEOPLE):
            entered.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(5)
    yield lane, leave
    leave.set()
    holder.join()


def waiting(lane: Lane, number: int) -> None:
    """Until so many stand in the queue."""
    deadline = time.monotonic() + 5
    while len(lane._queue) < number:  # noqa: SLF001 - nobody else tells
        assert time.monotonic() < deadline
        time.sleep(0.005)


def order_of(lane, leave, asked) -> list[str]:
    served: list[str] = []

    def one(name: str, priority: Priority, turn: int) -> None:
        with lane.slot(priority, turn=turn):
            served.append(name)

    with ThreadPoolExecutor(len(asked)) as pool:
        for place, (name, priority, turn) in enumerate(asked, 1):
            pool.submit(one, name, priority, turn)
            waiting(lane, place)
        leave.set()
    return served


def test_money_goes_before_people_and_people_before_polling(busy):
    asked = [("poll", Priority.POLLING, 0), ("search", Priority.PEOPLE, 0), ("pay", Priority.MONEY, 0)]
    lane, leave = busy
    assert order_of(lane, leave, asked) == ["pay", "search", "poll"]


def test_two_searches_take_turns(busy):
    first = [(f"a{turn}", Priority.PEOPLE, turn) for turn in range(3)]
    second = [(f"b{turn}", Priority.PEOPLE, turn) for turn in range(3)]
    lane, leave = busy
    assert order_of(lane, leave, first + second) == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_no_more_calls_are_under_way_than_allowed():
    lane, guard = Lane(per_second=10_000, burst=10_000, concurrency=3), threading.Lock()
    now, most = 0, 0

    def one(_: int) -> None:
        nonlocal now, most
        with lane.slot(Priority.PEOPLE):
            with guard:
                now += 1
                most = max(most, now)
            time.sleep(0.005)
            with guard:
                now -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(one, range(36)))
    assert most == 3


def test_beyond_the_burst_the_pace_holds():
    lane = Lane(per_second=50, burst=5, concurrency=50)
    started = time.monotonic()
    for _ in range(15):
        with lane.slot(Priority.PEOPLE):
            pass
    assert time.monotonic() - started >= 10 / 50 * 0.9


def test_a_complaint_pauses_everybody_for_as_long_as_ovh_says():
    lane = Lane(per_second=1000, burst=1000, concurrency=8)
    lane.slow_down(0.2)
    started = time.monotonic()
    with lane.slot(Priority.MONEY):
        assert time.monotonic() - started >= 0.18
    assert lane._rate == 500  # noqa: SLF001 - half the pace
    for _ in range(20):
        lane.recover()
    assert lane._rate == 1000  # noqa: SLF001 - and back
