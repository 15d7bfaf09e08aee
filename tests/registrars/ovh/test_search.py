"""Many people search at once, and nobody spoils it for another."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability, Verdict
from registrars.ovh.api.errors import OvhTimeout
from registrars.ovh.availability.cache import AvailabilityCache
from registrars.ovh.availability.lookup import Search
from tests.registrars.ovh.test_scheduler import a_scheduler

AN_OFFER = {
    "action": "create",
    "orderable": True,
    "pricingMode": "create-default",
    "prices": [{"label": "TOTAL", "price": {"value": Decimal("2.99"), "currencyCode": "EUR"}}],
}


class SlowOvh:
    """A client whose answers come one by one, each when it is let through."""

    def __init__(self) -> None:
        self.scheduler = a_scheduler(concurrency=8)
        self.asked: list[str] = []
        self.gate = threading.Semaphore(0)
        self.error: Exception | None = None
        self.answer: object = []

    def let(self, calls: int = 1) -> None:
        self.gate.release(calls)

    def build(self, _method: str, path: str, *_args: object, **_more: object) -> object:
        if self.error is not None:
            self.asked.append(path)
            raise self.error
        return {"cartId": "fake-cart"}

    def ask(self, _path: str, *, query: dict[str, str], **_more: object) -> object:
        self.asked.append(query["domain"])
        self.gate.acquire()
        return self.answer


def names(prefix: str, count: int) -> list[DomainName]:
    return [DomainName.parse(f"{prefix}{number}.ovh") for number in range(count)]


def until(condition) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.001)


@pytest.fixture
def ovh():
    return SlowOvh()


@pytest.fixture
def search(ovh):
    opened = Search(ovh, home=lambda: "FR", threads=1)
    yield opened
    ovh.let(1000)
    opened.close()


@pytest.fixture
def people():
    with ThreadPoolExecutor(4) as pool:
        yield pool


def waiting(search: Search) -> int:
    return search.waiting


def readers_of(search: Search, name: DomainName) -> int:
    return len(search._single_flight._open[name].readers)  # noqa: SLF001 - that a second one joined shows nowhere else


def test_a_second_searcher_does_not_wait_for_the_first_ones_end(ovh, search, people):
    first = people.submit(lambda: list(search.look_up(names("a", 5), recent=True)))
    until(lambda: len(ovh.asked) == 1 and waiting(search) == 4)
    second = people.submit(lambda: list(search.look_up(names("b", 2), recent=True)))
    until(lambda: waiting(search) == 6)
    ovh.let(7)
    assert (len(first.result(5)), len(second.result(5))) == (5, 2)
    assert ovh.asked == ["a0.ovh", "a1.ovh", "b0.ovh", "a2.ovh", "b1.ovh", "a3.ovh", "a4.ovh"]


def test_who_buys_waits_for_one_look_up_of_a_search_at_most(ovh, search, people):
    first = people.submit(lambda: list(search.look_up(names("a", 5), recent=True)))
    until(lambda: len(ovh.asked) == 1 and waiting(search) == 4)
    fresh = people.submit(lambda: list(search.look_up(names("b", 2), urgent=True)))
    until(lambda: waiting(search) == 6)
    ovh.let(7)
    assert (len(first.result(5)), len(fresh.result(5))) == (5, 2)
    assert ovh.asked[:3] == ["a0.ovh", "b0.ovh", "b1.ovh"]


def test_who_only_wants_fresh_answers_waits_their_turn(ovh, search, people):
    first = people.submit(lambda: list(search.look_up(names("a", 5), recent=True)))
    until(lambda: len(ovh.asked) == 1 and waiting(search) == 4)
    fresh = people.submit(lambda: list(search.look_up(names("b", 2))))
    until(lambda: waiting(search) == 6)
    ovh.let(7)
    assert (len(first.result(5)), len(fresh.result(5))) == (5, 2)
    assert ovh.asked[:4] == ["a0.ovh", "a1.ovh", "b0.ovh", "a2.ovh"]


def test_who_gives_up_takes_no_answer_from_another(ovh, search, people):
    first = search.look_up(names("a", 3))
    ovh.let()
    next(first)
    other = people.submit(lambda: list(search.look_up(names("a", 3)[1:])))
    until(lambda: readers_of(search, names("a", 3)[2]) == 2)
    first.close()
    ovh.let(3)
    assert [a.domain.ascii for a in other.result(5)] == ["a1.ovh", "a2.ovh"]


def test_who_gives_up_alone_has_the_rest_not_asked(ovh, search):
    answers = search.look_up(names("a", 50))
    ovh.let()
    next(answers)
    answers.close()
    ovh.let(50)
    list(search.look_up(names("b", 1)))
    assert len(ovh.asked) <= 3


def test_a_name_given_twice_is_one_answer(ovh, search):
    ovh.let(2)
    assert len(list(search.look_up(names("a", 1) * 2))) == 1


def test_closing_tells_those_who_wait(ovh, search, people):
    reading = people.submit(lambda: list(search.look_up(names("a", 3))))
    until(lambda: ovh.asked)
    search.close()
    assert {(a.verdict, a.reason) for a in reading.result(5)} == {(Verdict.UNKNOWN, "stopping")}
    assert [a.verdict for a in search.look_up(names("b", 1))] == [Verdict.UNKNOWN]


def test_an_ovh_that_is_silent_is_not_asked_for_every_name(ovh, search):
    ovh.error = OvhTimeout()
    answers = list(search.look_up(names("a", 100)))
    assert {(a.verdict, a.reason) for a in answers} == {(Verdict.UNKNOWN, "registrar_unavailable")}
    assert len(answers) == 100
    assert len(ovh.asked) == 3


@pytest.mark.parametrize("answer", [{"odd": 1}, [{"prices": 7}], [None], ["x"]])
def test_an_odd_answer_is_one_unknown_name(ovh, search, answer):
    ovh.answer = answer
    ovh.let()
    assert [a.verdict for a in search.look_up(names("a", 1))] == [Verdict.UNKNOWN]


def test_a_bug_keeps_nobody_waiting(ovh, search):
    ovh.error = RuntimeError("a bug")
    assert [a.verdict for a in search.look_up(names("a", 1))] == [Verdict.UNKNOWN]


def test_recent_lookups_are_cached_until_an_order(ovh, search):
    """What was asked recently is known and what is ordered is asked again."""
    ovh.answer = [AN_OFFER]
    ovh.let(9)
    first = list(search.look_up(names("a", 3), recent=True))
    assert search.calls_for(names("a", 4)) == 1
    again = list(search.look_up(names("a", 3), recent=True))
    assert [a.asked_at for a in again] == [a.asked_at for a in first]
    assert len(ovh.asked) == 3
    search.forget(names("a", 1))
    assert search.calls_for(names("a", 4)) == 2
    list(search.look_up(names("a", 1)))
    assert len(ovh.asked) == 4


def test_what_is_unknown_is_not_remembered(ovh, search):
    ovh.answer = [None]
    ovh.let(2)
    for _ in range(2):
        list(search.look_up(names("a", 1), recent=True))
    assert len(ovh.asked) == 2


def test_answers_grow_old_and_are_not_kept_without_end():
    now = [0.0]
    known = AvailabilityCache(fresh=10, clock=lambda: now[0])
    name = names("a", 1)[0]
    known.keep(Availability(name, Verdict.TAKEN))
    now[0] = 9.9
    assert known.get(name) is not None
    now[0] = 10.0
    assert known.get(name) is None
