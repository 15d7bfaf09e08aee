"""How much OVH may be asked, on a clock that the tests move."""

import pytest

from registrars.ovh.throttling.rate_limiter import AdaptiveTokenBucket


class Clocked:
    """A budget and its clock; `ask` waits for the budget, then calls an OVH that takes so many a second."""

    def __init__(self, *, per_second: float, burst: float, quota: float = float("inf")) -> None:
        self.now = 0.0
        self.rate_limiter = AdaptiveTokenBucket(per_second=per_second, burst=burst, now=0.0)
        self._quota = quota
        self._left, self._filled_at = quota, 0.0
        self.complaints: list[float] = []

    def ask(self) -> None:
        while (wait := self.rate_limiter.wait(self.now) or 0.0) > 0:
            self.now += wait
        self.rate_limiter.spend()
        self._left = min(self._quota, self._left + (self.now - self._filled_at) * self._quota)
        self._filled_at = self.now
        if self._left >= 1 - 1e-6:
            self._left -= 1
            self.rate_limiter.on_success(self.now)
        else:
            self.complaints.append(self.now)
            self.rate_limiter.on_throttled(self.now)


def test_the_burst_goes_at_once_and_the_rest_at_the_pace():
    ovh = Clocked(per_second=2, burst=10)
    for _ in range(20):
        ovh.ask()
    assert 5 <= ovh.now <= 5.8  # a little slower, so that nothing arrives too early


def test_how_long_many_calls_take_is_known_before():
    ovh = Clocked(per_second=2, burst=10)
    told = ovh.rate_limiter.seconds_for(30, 0.0)
    for _ in range(30):
        ovh.ask()
    assert told == pytest.approx(ovh.now, rel=0.001)
    assert told == pytest.approx(10, rel=0.1)


def test_a_pause_counts_in_how_long_calls_take():
    rate_limiter = AdaptiveTokenBucket(per_second=2, burst=10, now=0.0)
    rate_limiter.on_throttled(0.0, 3)
    assert rate_limiter.seconds_for(30, 0.0) == pytest.approx(3 + 30 / 1, rel=0.05)


def test_calls_that_complain_together_halve_the_pace_once():
    rate_limiter = AdaptiveTokenBucket(per_second=100, burst=100, now=0.0)
    for _ in range(5):
        rate_limiter.on_throttled(0.0, 0.05)
    assert rate_limiter.rate == pytest.approx(50, rel=0.05)


def test_however_often_ovh_complains_something_is_left():
    slow, fast = (
        AdaptiveTokenBucket(per_second=1, burst=9, now=0.0),
        AdaptiveTokenBucket(per_second=100, burst=9, now=0.0),
    )
    for moment in range(100):
        slow.on_throttled(moment * 100.0)
        fast.on_throttled(moment * 100.0)
    assert slow.rate == pytest.approx(0.1, rel=0.05)
    assert fast.rate == pytest.approx(0.2, rel=0.05)


def test_good_answers_bring_the_full_pace_back_and_never_more():
    ovh = Clocked(per_second=100, burst=100)
    ovh.rate_limiter.on_throttled(0.0)
    for _ in range(10_000):
        ovh.ask()
    assert ovh.rate_limiter.rate == pytest.approx(100, rel=0.05)


@pytest.mark.parametrize("quota", [1, 40])
def test_a_pace_within_the_limit_never_meets_it(quota):
    ovh = Clocked(per_second=quota, burst=quota, quota=quota)
    for _ in range(400):
        ovh.ask()
    assert ovh.complaints == []


@pytest.mark.parametrize("quota", [1, 10, 40])
def test_a_pace_beyond_the_limit_is_learnt_within_few_complaints(quota):
    ovh = Clocked(per_second=100, burst=100, quota=quota)
    for _ in range(20 * quota):
        ovh.ask()
    learnt = len(ovh.complaints)
    begun = ovh.now
    for _ in range(100 * quota):
        ovh.ask()
    assert learnt <= 12
    assert (len(ovh.complaints) - learnt) / (ovh.now - begun) < 0.1  # then one in ten seconds at most
    assert 100 / (ovh.now - begun) > 0.8  # while most of what OVH gives is used


def test_the_state_of_an_earlier_version_is_understood():
    """Its row is in the database when a new version starts."""
    rate_limiter = AdaptiveTokenBucket(per_second=100, burst=100, now=1000.0)
    state = {
        "tokens": 3.0, "is_behind": True, "share": 0.25, "known_good": 0.4, "good": [999.0],
        "moments": [1000.0, 1000.0, 990.0, 995.0],
    }  # fmt: skip
    rate_limiter.restore(state)
    assert rate_limiter.rate == pytest.approx(25, rel=0.05)
    assert rate_limiter.state()["tokens"] == 3.0
