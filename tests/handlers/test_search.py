"""A search stands as it truly is: under way only while somebody runs it, complete only with all its answers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from handlers.bridge import Bridge
from handlers.search import run
from handlers.searches import Search, Searches
from handlers.views.found import Standing
from ordering.domain_name import DomainName
from ordering.errors import NotPossible
from ordering.offer import Availability, Effort, Verdict

NAMES = tuple(DomainName(f"name-{number}.ovh") for number in range(3))
UNKNOWN = {name: Availability(name, Verdict.UNKNOWN, reason="OVH does not answer") for name in NAMES}
LONG_AGO = datetime.now(UTC) - timedelta(minutes=4)
OLD = {name: Availability(name, Verdict.TAKEN, asked_at=LONG_AGO) for name in NAMES}


class Rules:
    """Answers name by name, each when it is let through; `error` comes instead of the last one."""

    def __init__(self) -> None:
        self.asked: list[DomainName] = []
        self.error: Exception | None = None

    def effort_of(self, names: Sequence[DomainName]) -> Effort:
        return Effort(len(names), 0.0, 60)

    def search(self, names: Sequence[DomainName], *, anew: bool = False) -> Iterator[Availability]:
        for name in names:
            if self.error is not None and name == names[-1]:
                raise self.error
            self.asked.append(name)
            yield Availability(name, Verdict.AVAILABLE, asked_at=datetime.now(UTC))


class Told:
    """A reply that remembers what was shown."""

    uses_left = 5

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def tell(self, drawn, *, replace: bool = False) -> None:
        self.shown.append(drawn.text)


@pytest.fixture
def desk():
    bridge = Bridge(2)
    return SimpleNamespace(workflow=Rules(), bridge=bridge, search_bridge=bridge, searches=Searches())


def a_search(answers=None, reply=None):
    search = Search("U0ADA", NAMES, (), reply or Told(), allow_premium=False)  # type: ignore[arg-type] # it behaves like one
    search.answers = dict(answers or {})
    if answers:
        search.end()
    return search


async def test_a_search_that_may_not_begin_stays_as_it_was(desk):
    search = a_search(UNKNOWN)
    with (
        desk.searches.one_of_a_few("U0ADA"),
        desk.searches.one_of_a_few("U0ADA"),
        desk.searches.one_of_a_few("U0ADA"),
        pytest.raises(NotPossible, match="still under way"),
    ):
        await run(desk, search, search.found().to_ask)
    assert (search.standing, search.answers) == (Standing.DONE, UNKNOWN)
    await run(desk, search, search.found().to_ask)
    assert search.reply.shown[-1].startswith("3 of 3 names available.")


async def test_a_search_that_fails_half_way_is_not_under_way_any_more_and_can_be_gone_on_with(desk):
    search, desk.workflow.error = a_search(), RuntimeError("a bug")
    with pytest.raises(RuntimeError):
        await run(desk, search, NAMES)
    assert search.standing is Standing.STOPPED
    assert search.found().to_ask == [name for name in NAMES if name not in search.answers]
    desk.workflow.error = None
    await run(desk, search, search.found().to_ask)
    assert not search.found().unasked


def test_what_is_refreshed_keeps_its_old_answer_until_the_new_one_comes():
    search = a_search(OLD)
    assert search.found().to_refresh == list(NAMES)
    search.begin(NAMES)
    assert (search.found().done, len(search.found().answers), search.found().to_refresh) == (0, 3, [])
    search.take(replace(OLD[NAMES[0]], verdict=Verdict.AVAILABLE, asked_at=datetime.now(UTC)))
    assert (search.found().done, search.answers[NAMES[1]]) == (1, OLD[NAMES[1]])
    search.end()
    assert (search.standing, search.found().to_refresh) == (Standing.DONE, list(NAMES[1:]))


def test_asking_again_asks_what_is_unknown_or_was_not_asked_and_nothing_old():
    old, dark, unasked = NAMES
    search = a_search({old: OLD[old], dark: UNKNOWN[dark]})
    assert search.found().to_ask == [dark, unasked]
    assert search.found().to_refresh == [old]


async def test_what_ovh_does_not_tell_at_a_refresh_takes_nothing_from_what_it_told_before():
    search = a_search(OLD)
    search.begin(NAMES)
    for name in NAMES:
        search.take(UNKNOWN[name])
    assert search.answers == OLD
    assert not search.refreshing
