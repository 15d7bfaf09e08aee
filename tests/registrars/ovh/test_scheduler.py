"""One scheduler for OVH: paced, bounded, fair, and money goes first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ordering.model.errors import RateLimitTimeout
from registrars.ovh.throttling.rate_limiter import AdaptiveTokenBucket
from registrars.ovh.throttling.scheduler import CallScheduler, Priority


def a_scheduler(*, per_second: float = 1000, burst: int = 1000, concurrency: int = 1) -> CallScheduler:
    return CallScheduler(
        AdaptiveTokenBucket(per_second=per_second, burst=burst, now=time.monotonic()), concurrency=concurrency
    )


@pytest.fixture
def busy():
    """A scheduler with one place that is taken, and what lets it go."""
    scheduler, leave, entered = a_scheduler(), threading.Event(), threading.Event()

    def hold() -> None:
        with scheduler.acquire(Priority.PEOPLE):
            entered.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(5)
    yield scheduler, leave
    leave.set()
    holder.join()


def waiting(scheduler: CallScheduler, number: int) -> None:
    """Until so many stand in the queue."""
    deadline = time.monotonic() + 5
    while scheduler.waiting < number:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def order_of(scheduler, leave, asked) -> list[str]:
    served: list[str] = []

    def one(name: str, priority: Priority) -> None:
        with scheduler.acquire(priority):
            served.append(name)

    with ThreadPoolExecutor(len(asked)) as pool:
        for place, (name, priority) in enumerate(asked, 1):
            pool.submit(one, name, priority)
            waiting(scheduler, place)
        leave.set()
    return served


def test_money_goes_before_people_before_searches_before_polling(busy):
    asked = [
        ("poll", Priority.POLLING), ("search", Priority.SEARCH), ("list", Priority.PEOPLE), ("pay", Priority.MONEY),
    ]  # fmt: skip
    scheduler, leave = busy
    assert order_of(scheduler, leave, asked) == ["pay", "list", "search", "poll"]


def test_a_money_call_goes_before_all_preparations(busy):
    """The call that buys or pays passes sixteen pre-flights that wait."""
    scheduler, leave = busy
    asked = [(f"pre-flight {number}", Priority.MONEY) for number in range(16)]
    assert order_of(scheduler, leave, [*asked, ("pay", Priority.MONEY_CALL)])[0] == "pay"


def test_among_equals_the_first_goes_first(busy):
    scheduler, leave = busy
    asked = [(f"a{number}", Priority.SEARCH) for number in range(4)]
    assert order_of(scheduler, leave, asked) == ["a0", "a1", "a2", "a3"]


def test_a_long_search_leaves_one_permit_in_ten_to_polling(busy):
    """Of a long search one permit in ten is left to polling and none before money or people."""
    scheduler, leave = busy
    searching = [(f"s{number}", Priority.SEARCH) for number in range(20)]
    others = [("poll-1", Priority.POLLING), ("poll-2", Priority.POLLING), ("pay", Priority.MONEY)]
    served = order_of(scheduler, leave, [*searching, *others])
    assert served[0] == "pay"
    assert [served.index("poll-1"), served.index("poll-2")] == [10, 20]
    assert [name for name in served if name.startswith("s")] == [name for name, _ in searching]


def test_a_turn_that_was_not_used_costs_nothing():
    scheduler = a_scheduler(per_second=0.01, burst=1)
    for _ in range(3):
        with scheduler.acquire(Priority.SEARCH):
            pass
    with scheduler.acquire(Priority.SEARCH) as permit:
        permit.used = True
    assert scheduler.seconds_for(1) > 50


def test_no_more_calls_are_under_way_than_allowed():
    scheduler, guard = a_scheduler(per_second=10_000, burst=10_000, concurrency=3), threading.Lock()
    now, most = 0, 0

    def one(_: int) -> None:
        nonlocal now, most
        with scheduler.acquire(Priority.PEOPLE):
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
    scheduler = a_scheduler(per_second=50, burst=5, concurrency=50)
    started = time.monotonic()
    for _ in range(15):
        with scheduler.acquire(Priority.PEOPLE) as permit:
            permit.used = True
    assert time.monotonic() - started >= 10 / 50 * 0.9


def test_a_complaint_pauses_everybody_for_as_long_as_ovh_says():
    scheduler = a_scheduler(concurrency=8)
    scheduler.on_throttled(0.2)
    started = time.monotonic()
    with scheduler.acquire(Priority.MONEY):
        assert time.monotonic() - started >= 0.18
    assert scheduler.rate == pytest.approx(500, rel=0.05)  # half of it


@pytest.mark.parametrize("on_the_wire", [1, 4])
def test_a_money_call_waits_only_for_calls_in_flight(on_the_wire):
    """However many wait: a checkout's calls follow one another, and each goes next."""
    scheduler, stop, log = a_scheduler(per_second=200, burst=1, concurrency=on_the_wire), threading.Event(), []

    def search() -> None:
        while not stop.is_set():
            with scheduler.acquire(Priority.SEARCH) as permit:
                permit.used = True
                log.append("search")
                time.sleep(0.002)

    searches = [threading.Thread(target=search) for _ in range(12)]
    for thread in searches:
        thread.start()
    try:
        waiting(scheduler, 6)
        for _ in range(10):
            log.append("asked")
            with scheduler.acquire(Priority.MONEY) as permit:
                permit.used = True
                log.append("sent")
    finally:
        stop.set()
        for thread in searches:
            thread.join()
    moments = [place for place, what in enumerate(log) if what != "search"]
    between = [later - earlier - 1 for earlier, later in zip(moments[::2], moments[1::2], strict=True)]
    assert max(between) <= on_the_wire + 1


def test_a_poll_behind_a_search_times_out(busy):
    """Who only looks gives up behind a search and its place is free."""
    scheduler, _ = busy
    with pytest.raises(RateLimitTimeout), scheduler.acquire(Priority.POLLING, within=0.05):
        pass
    assert scheduler.waiting == 0
