"""What threads share of OVH's answers expires, and never grows without end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarUnavailable
from ordering.model.offer import Availability, Verdict
from registrars.ovh.availability.cache import AvailabilityCache
from registrars.ovh.cache import Cache


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_expires_by_its_own_age():
    clock = Clock()
    cache: Cache[str, int] = Cache(size=10, fresh=10, clock=clock)
    cache.put("a", 1)
    clock.now = 5.0
    cache.put("b", 2)
    clock.now = 9.9
    assert (cache.get("a"), cache.get("b")) == (1, 2)
    clock.now = 10.0
    assert (cache.get("a"), cache.get("b")) == (None, 2)


def test_reading_a_value_does_not_keep_it_longer():
    clock = Clock()
    cache: Cache[str, int] = Cache(size=10, fresh=10, clock=clock)
    cache.put("a", 1)
    for clock.now in range(1, 10):
        assert cache.get("a") == 1
    clock.now = 10
    assert cache.get("a") is None


def test_a_full_cache_drops_what_was_used_least_recently():
    cache: Cache[str, int] = Cache(size=2, fresh=10, clock=Clock())
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_an_error_is_not_stored():
    cache: Cache[str, int] = Cache(size=2, fresh=10, clock=Clock())

    def refused() -> int:
        raise RegistrarUnavailable

    with pytest.raises(RegistrarUnavailable):
        cache.get_or_read("a", refused)
    assert cache.get_or_read("a", lambda: 1) == 1
    assert cache.get_or_read("a", lambda: 2) == 1


def test_a_slow_read_holds_up_no_other_key():
    cache: Cache[str, int] = Cache(size=2, fresh=10, clock=Clock())
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        assert go_on.wait(5)
        return 1

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(cache.get_or_read, "a", slow)
        assert begun.wait(5)
        assert cache.get_or_read("b", lambda: 2) == 2
        go_on.set()
        assert reading.result(5) == 1


def test_threads_share_a_cache_that_is_always_full():
    cache: Cache[int, int] = Cache(size=8, fresh=10)

    def use(seed: int) -> None:
        for number in range(2000):
            key = (number * 7 + seed) % 24
            assert cache.get_or_read(key, lambda key=key: key) == key  # type: ignore[misc] # a default binds it now
            cache.drop([(key + 5) % 24])

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(use, seed) for seed in range(4)]:
            done.result(60)


def test_answers_are_limited_in_number():
    known = AvailabilityCache(most=2, clock=Clock())
    names = [DomainName(f"{label}.ovh") for label in "abc"]
    for name in names:
        known.keep(Availability(name, Verdict.TAKEN))
    assert [known.get(name) is not None for name in names] == [False, True, True]


def test_an_answer_that_became_unknown_is_dropped():
    known, name = AvailabilityCache(clock=Clock()), DomainName("a.ovh")
    known.keep(Availability(name, Verdict.AVAILABLE))
    known.keep(Availability(name, Verdict.UNKNOWN))
    assert known.get(name) is None
