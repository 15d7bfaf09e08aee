"""A search stands as it truly is: under way only while a process runs it, complete only with all its answers."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from handlers.messages import words as catalogue
from handlers.search.run import run
from handlers.search_sessions import MOST_AT_ONCE, Search, Searches, SharedSearches
from handlers.toolkit.threads import Bridge
from handlers.views.search_pages import Standing
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.offer import Availability, Effort, Verdict
from ordering.model.policy import Membership
from ordering.ports.search_sessions import RunnerSignal, SearchSession
from tests.builders import POLICY
from tests.refusing import refuses

NAMES = tuple(DomainName(f"name-{number}.ovh") for number in range(3))
UNKNOWN = {name: Availability(name, Verdict.UNKNOWN, reason="registrar_unavailable") for name in NAMES}
LONG_AGO = datetime.now(UTC) - timedelta(minutes=4)
OLD = {name: Availability(name, Verdict.TAKEN, asked_at=LONG_AGO) for name in NAMES}


class Rules:
    """Answers name by name, each when it is let through; `error` comes instead of the last one."""

    def __init__(self) -> None:
        self.asked: list[DomainName] = []
        self.error: Exception | None = None

    def sold(self) -> frozenset[str]:
        return frozenset({"ovh"})

    def effort_of(self, names: Sequence[DomainName]) -> Effort:
        return Effort(len(names), 0.0, 60)

    def look_up(self, names: Sequence[DomainName], *, refresh: bool = False) -> Iterator[Availability]:
        for name in names:
            if self.error is not None and name == names[-1]:
                raise self.error
            self.asked.append(name)
            yield Availability(name, Verdict.AVAILABLE, asked_at=datetime.now(UTC))


class Everybody:
    """Slack, to which everybody is a member."""

    async def membership(self, _user: str) -> Membership:
        return Membership.MEMBER


class Told:
    """A reply that remembers what was shown."""

    uses_left = 5

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def send(self, rendered, *, replace: bool = False) -> None:
        self.shown.append(rendered.text)


@pytest.fixture
def services():
    bridge = Bridge(2)
    workflow = SimpleNamespace(search=Rules(), policy=POLICY, queries=SimpleNamespace(bought=lambda *_, **__: {}))
    return SimpleNamespace(
        workflow=workflow, bridge=bridge, search_bridge=bridge, searches=Searches(), members=Everybody()
    )


def a_search(answers=None, reply=None):
    search = Search("U0ADA", NAMES, (), reply or Told(), allow_premium=False)  # type: ignore[arg-type] # it behaves like one
    search.answers = dict(answers or {})
    if answers:
        search.end()
    return search


async def test_a_search_that_may_not_begin_stays_as_it_was(services):
    search = a_search(UNKNOWN)
    async with AsyncExitStack() as others:
        for _ in range(MOST_AT_ONCE):
            await others.enter_async_context(services.searches.running(a_search(), NAMES))
        with refuses("too_many_searches", NotPossible):
            await run(services, search, search.found().to_ask)
    assert (search.standing, search.answers) == (Standing.DONE, UNKNOWN)
    await run(services, search, search.found().to_ask)
    assert search.reply.shown[-1].startswith(catalogue.search.some_available(3, 3).strip("*"))


async def test_a_failed_search_can_be_continued(services):
    """A search that fails half way is not under way any more and can be gone on with."""
    search, services.workflow.search.error = a_search(), RuntimeError("a bug")
    with pytest.raises(RuntimeError):
        await run(services, search, NAMES)
    assert search.standing is Standing.STOPPED
    assert search.found().to_ask == [name for name in NAMES if name not in search.answers]
    services.workflow.search.error = None
    await run(services, search, search.found().to_ask)
    assert not search.found().unasked


class InMind:
    """A session store that the processes of a test share, one view each; that on PostgreSQL has tests of its own."""

    def __init__(self, rows: dict[str, SearchSession], runners: dict[str, "InMind"], stopped: set[str]) -> None:
        self.rows, self.runners, self.stopped = rows, runners, stopped
        self.fails = False

    def put(self, search: SearchSession) -> None:
        self._answers()
        self.rows[search.id] = search

    def begin(self, search: SearchSession) -> bool:
        self._answers()
        if search.id in self.runners:
            return False
        self.rows[search.id], self.runners[search.id] = search, self
        self.stopped.discard(search.id)
        return True

    def go_on(self, search_id: str, newest: SearchSession | None) -> RunnerSignal:
        self._answers()
        if self.runners.get(search_id) is not self:
            return RunnerSignal.LOST
        self.rows[search_id] = newest or self.rows[search_id]
        return RunnerSignal.STOP if search_id in self.stopped else RunnerSignal.GO_ON

    def end(self, search: SearchSession) -> None:
        self._answers()
        if self.runners.get(search.id) is self:
            self.rows[search.id] = search
            del self.runners[search.id]

    def find(self, search_id: str) -> SearchSession | None:
        self._answers()
        kept = self.rows.get(search_id)
        return kept and replace(kept, under_way=search_id in self.runners)

    def stop(self, search_id: str) -> bool:
        self._answers()
        self.stopped.add(search_id)
        return search_id in self.runners

    def _answers(self) -> None:
        if self.fails:
            raise RuntimeError("the database does not answer")


class TestOfTwoProcesses:
    @pytest.fixture
    def sessions(self, monkeypatch: pytest.MonkeyPatch) -> InMind:
        monkeypatch.setattr("handlers.search_sessions._BEAT", 0.01)
        return InMind({}, {}, set())

    @pytest.fixture
    def here(self, sessions: InMind) -> SharedSearches:
        return SharedSearches(sessions, Bridge(2))

    @pytest.fixture
    def there(self, sessions: InMind) -> SharedSearches:
        return SharedSearches(InMind(sessions.rows, sessions.runners, sessions.stopped), Bridge(2))

    async def test_each_finds_what_the_other_keeps_and_only_its_persons(self, here, there):
        mine = a_search(OLD)
        await here.keep(mine)
        found = await there.find(mine.id, "U0ADA", Told())
        assert (found.answers, found.standing, found.is_elsewhere) == (OLD, Standing.DONE, False)
        assert await there.find(mine.id, "U0BEN", Told()) is None
        assert await there.find("other", "U0ADA", Told()) is None

    async def test_one_runs_a_search_and_the_other_shows_how_far_it_is(self, here, there):
        mine = a_search()
        async with here.running(mine, NAMES):
            mine.take(OLD[NAMES[0]])
            found = await eventually(there, mine.id, lambda found: found.answers)
            assert (found.standing, found.is_elsewhere) == (Standing.ASKING, True)
            assert await here.find(mine.id, "U0ADA", Told()) is mine
            with refuses("search_under_way", NotPossible):
                async with there.running(found, NAMES):
                    pass
        found = await there.find(mine.id, "U0ADA", Told())
        assert (found.standing, found.is_elsewhere, list(found.answers)) == (Standing.STOPPED, False, [NAMES[0]])

    async def test_the_other_goes_on_with_it(self, here, there):
        mine = a_search({NAMES[0]: OLD[NAMES[0]]})
        await here.keep(mine)
        found = await there.find(mine.id, "U0ADA", Told())
        async with there.running(found, NAMES[1:]):
            assert await there.find(mine.id, "U0ADA", Told()) is found
            for name in NAMES[1:]:
                found.take(OLD[name])
        again = await here.find(mine.id, "U0ADA", Told())
        assert (again.standing, again.answers) == (Standing.DONE, OLD)

    async def test_the_other_stops_it(self, here, there):
        mine = a_search()
        async with here.running(mine, NAMES), asyncio.timeout(5):
            assert await there.stop(await there.find(mine.id, "U0ADA", Told()))
            while not mine.stop_now:
                mine.news.clear()
                await mine.news.wait()
        found = await there.find(mine.id, "U0ADA", Told())
        assert not await there.stop(found)

    async def test_a_search_taken_over_ends_here_without_old_news(self, here, there, sessions):
        """A search that another took over ends here and tells nothing old."""
        mine, taken = a_search(), a_search(OLD)
        async with here.running(mine, NAMES), asyncio.timeout(5):
            del sessions.runners[mine.id]  # nothing was heard from here for long
            taken.id = mine.id
            async with there.running(taken, NAMES):
                while not mine.stop_now:
                    mine.news.clear()
                    await mine.news.wait()
        assert mine.is_elsewhere
        assert (await here.find(mine.id, "U0ADA", Told())).answers == OLD

    async def test_a_failing_session_store_fails_no_search(self, here, there, sessions):
        """A session store that fails fails no search and what it did not take is kept here."""
        sessions.fails = True
        mine = a_search()
        async with here.running(mine, NAMES):
            mine.take(OLD[NAMES[0]])
            await asyncio.sleep(0.1)
        assert await here.find(mine.id, "U0ADA", Told()) is mine
        with refuses("search_not_readable", NotPossible):
            await here.find("other", "U0ADA", Told())
        sessions.fails = False
        async with here.running(mine, NAMES):
            pass
        assert (await there.find(mine.id, "U0ADA", Told())).standing is Standing.STOPPED
        assert await here.find(mine.id, "U0ADA", Told()) is not mine

    async def test_a_search_that_runs_elsewhere_is_left_as_it_was(self, here, there):
        mine = a_search(UNKNOWN)
        twin = a_search(UNKNOWN)
        twin.id = mine.id
        async with here.running(mine, NAMES):
            with refuses("search_under_way", NotPossible):
                async with there.running(twin, NAMES):
                    pass
        assert (twin.answers, twin.standing) == (UNKNOWN, Standing.DONE)


async def eventually(searches, search_id, is_so):
    for _ in range(500):
        if is_so(found := await searches.find(search_id, "U0ADA", Told())):
            return found
        await asyncio.sleep(0.01)
    raise TimeoutError


def test_a_refresh_shows_old_answers_until_new_ones_come():
    """What is refreshed keeps its old answer until the new one comes."""
    search = a_search(OLD)
    assert search.found().to_refresh == list(NAMES)
    search.begin(NAMES)
    assert (search.found().done, len(search.found().answers), search.found().to_refresh) == (0, 3, [])
    search.take(replace(OLD[NAMES[0]], verdict=Verdict.AVAILABLE, asked_at=datetime.now(UTC)))
    assert (search.found().done, search.answers[NAMES[1]]) == (1, OLD[NAMES[1]])
    search.end()
    assert (search.standing, search.found().to_refresh) == (Standing.DONE, list(NAMES[1:]))


def test_search_again_looks_up_only_unknown_names():
    """Asking again asks what is unknown or was not asked and nothing old."""
    old, dark, unasked = NAMES
    search = a_search({old: OLD[old], dark: UNKNOWN[dark]})
    assert search.found().to_ask == [dark, unasked]
    assert search.found().to_refresh == [old]


async def test_a_refresh_without_an_answer_keeps_the_old_one():
    """What OVH does not tell at a refresh takes nothing from what it told before."""
    search = a_search(OLD)
    search.begin(NAMES)
    for name in NAMES:
        search.take(UNKNOWN[name])
    assert search.answers == OLD
    assert not search.refreshing
