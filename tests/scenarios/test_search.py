"""Many names at once: they come as they are answered, and each can be acted on."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from ordering.model.domain_name import DomainName
from ordering.model.offer import Verdict
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.slack import Message
from tests.refusing import said
from tests.saying import ALL_FOUND, HOLE, STOPPED, added, before_hole, result_of
from tests.scenarios.conftest import Scenario

LEFT_OUT = before_hole(catalogue.search.no_room_for(100, HOLE))

LOOK_UP = ("GET", "/order/cart/*/domain")


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"OVH_BURST": "40", "OVH_REQUESTS_PER_SECOND": "20"}


def names(prefix: str, count: int) -> str:
    return "\n".join(f"{prefix}-{number}.ovh" for number in range(count))


def id_of(shown: Message) -> str:
    """Of the search that a message shows, as its buttons carry it."""
    return next(str(e["value"]).split()[0] for b in shown.blocks for e in b.get("elements", ()) if "value" in e)


async def test_the_first_answers_come_within_a_second(scenario: Scenario):
    """The first answers are there within a second and the rest comes."""
    await scenario.ada.command("search warm.ovh")
    await scenario.sees(scenario.ada, "warm.ovh")
    begun = asyncio.get_running_loop().time()
    await scenario.ada.command(f"search {names('first', 60)}")
    shown = await scenario.sees(scenario.ada, "/60")
    assert asyncio.get_running_loop().time() - begun < 2  # one second, on a machine with other things to do
    assert shown.text.endswith("…")
    done = await scenario.sees(scenario.ada, catalogue.search.some_available(60, 60), seconds=30)
    assert not done.text.endswith("…")
    assert catalogue.search.page_of(1, 5) in done.plain_text()


async def test_two_searches_with_faults_answer_every_name(scenario: Scenario):
    """And a user who buys in the meantime does not wait for their end."""
    await scenario.search_and_add("bought.ovh")
    scenario.ovh.quota.switch(15, retry_after=1)
    scenario.ovh.faults.add(*LOOK_UP, "lost_after", times=3)
    scenario.ovh.faults.add(*LOOK_UP, "error500", times=3)
    scenario.ovh.faults.add(*LOOK_UP, "html408", times=2)
    await scenario.ada.command(f"search {names('ada', 90)}")
    await scenario.ben.command(f"search {names('ben', 90)}")
    await scenario.sees(scenario.ada, "/90")
    asked = len(scenario.ovh.calls)
    await scenario.request()
    await scenario.card(catalogue.card.TO_APPROVE, seconds=20)
    money = [n for n, call in enumerate(scenario.ovh.calls[asked:]) if "/checkout" in call.path or "/item" in call.path]
    assert money
    assert sum("/domain" in call.path for call in scenario.ovh.calls[asked : asked + money[-1]]) < 60
    for person in (scenario.ada, scenario.ben):
        done = await scenario.sees(person, catalogue.search.some_available(90, 90), seconds=60)
        assert "unknown" not in done.plain_text()


async def test_a_repeated_search_costs_no_call(scenario: Scenario):
    await scenario.ada.command("search one.ovh two.ovh")
    await scenario.sees(scenario.ada, catalogue.search.some_available(2, 2))
    before = len(scenario.ovh.calls)
    await scenario.ben.command("search two.ovh one.ovh")
    await scenario.sees(scenario.ben, catalogue.search.some_available(2, 2))
    assert len(scenario.ovh.calls) == before


async def test_a_search_can_be_stopped_and_gone_on_with(scenario: Scenario):
    slow = scenario.ovh.faults.add(*LOOK_UP, "slow", times=999, seconds=0.5)
    await scenario.ada.command(f"search {names('long', 100)}")
    await scenario.ada.click(await scenario.sees(scenario.ada, "/100"), "Stop")
    stopped = await scenario.sees(scenario.ada, STOPPED)
    assert not stopped.text.endswith("…")
    await asyncio.sleep(1.5)  # what was under way has ended
    asked = scenario.ovh.count(*LOOK_UP)
    await asyncio.sleep(1)
    assert scenario.ovh.count(*LOOK_UP) == asked < 100
    scenario.ovh.faults.remove(slow)
    await scenario.ada.click(stopped, "Ask again")
    await scenario.sees(scenario.ada, catalogue.search.some_available(100, 100), seconds=30)


async def test_what_is_unknown_is_asked_again_alone(scenario: Scenario):
    scenario.ovh.faults.add(*LOOK_UP, "null", times=1)
    await scenario.ada.command("search dark.ovh")
    shown = await scenario.sees(scenario.ada, result_of("dark.ovh", Verdict.UNKNOWN))
    await scenario.ada.click(shown, "Ask again")
    await scenario.sees(scenario.ada, result_of("dark.ovh"))


async def test_a_refused_search_again_changes_nothing(scenario: Scenario):
    """Asking again while too much is under way leaves the search as it was."""
    scenario.ovh.faults.add(*LOOK_UP, "null", times=1)
    await scenario.ada.command("search dark.ovh")
    dark = await scenario.sees(scenario.ada, result_of("dark.ovh", Verdict.UNKNOWN))
    scenario.ovh.faults.add(*LOOK_UP, "slow", times=999, seconds=0.5)
    for prefix in ("one", "two", "three"):
        await scenario.ada.command(f"search {names(prefix, 101)}")
    await scenario.slack.until(lambda: len(under_way(scenario)) == len(["one", "two", "three"]))
    running = under_way(scenario)
    await scenario.ada.click(dark, "Ask again")
    await scenario.sees(scenario.ada, said("too_many_searches", most=3))
    await scenario.ada.command("search waits.ovh")
    waits = await scenario.sees(scenario.ada, catalogue.search.must_wait(3, 1, button="Search now"))
    await scenario.ada.command("search -x-")
    await scenario.sees(scenario.ada, said("name_with_outer_hyphen", typed="-x-"))
    for shown in running:
        await scenario.ada.click(shown, "Stop")
    await scenario.slack.until(lambda: not under_way(scenario))
    await scenario.ada.click(dark, "Ask again")
    await scenario.sees(scenario.ada, result_of("dark.ovh"))
    await scenario.ada.click(waits, "Search now")
    await scenario.sees(scenario.ada, result_of("waits.ovh"))


def under_way(scenario: Scenario) -> list[Message]:
    return [m for m in scenario.ada.messages("domains") if "/101" in m.plain_text()]


async def test_a_double_click_shows_no_incomplete_search_as_done(scenario: Scenario):
    """A double click never shows an incomplete search as complete."""
    scenario.ovh.faults.add(*LOOK_UP, "null", times=5)
    await scenario.ada.command(f"search {names('twice', 5)}")
    dark = await scenario.sees(scenario.ada, before_hole(catalogue.search.title(Verdict.UNKNOWN, 5, HOLE)))
    seen = len(scenario.slack.state.archive)
    scenario.ovh.faults.add(*LOOK_UP, "slow", times=5, seconds=1.5)
    await asyncio.gather(scenario.ada.click(dark, "Ask again"), scenario.ada.click(dark, "Ask again"))
    await scenario.sees(scenario.ada, catalogue.search.some_available(5, 5))
    texts = [shown["text"] for _, shown in scenario.slack.state.archive[seen:]]
    assert all(text.endswith("…") for text in texts[:-1]), texts
    assert texts[-1].startswith(catalogue.search.alone(catalogue.search.some_available(5, 5)))


async def test_a_double_click_searches_everything_once(scenario: Scenario):
    await scenario.ada.command("search otter hare --all")
    asked = await scenario.sees(scenario.ada, "Search them all")
    scenario.ovh.faults.add(*LOOK_UP, "slow", times=20, seconds=1.5)
    await asyncio.gather(scenario.ada.click(asked, "Search them all"), scenario.ada.click(asked, "Search them all"))
    await scenario.sees(scenario.ada, ALL_FOUND, seconds=30)
    shown = [shown["text"] for _, shown in scenario.slack.state.archive if "available" in shown["text"]]
    assert [text for text in shown if not text.endswith("…")] == shown[-1:]


async def test_old_answers_are_refreshed_by_a_button_of_their_own(scenario: Scenario, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("handlers.views.search_pages._OLD", timedelta(0))
    scenario.ovh.faults.add(*LOOK_UP, "null", times=1)
    await scenario.ada.command("search one.ovh two.ovh three.ovh")
    found = await scenario.sees(scenario.ada, before_hole(catalogue.search.title(Verdict.UNKNOWN, 1, HOLE)))
    await scenario.ada.click(found, "Ask again")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(3, 3))
    assert scenario.ovh.count(*LOOK_UP) == 4
    scenario.ovh.names.taken.add("two.ovh")
    await scenario.ada.click(found, "Refresh old answers")
    await scenario.sees(scenario.ada, catalogue.search.some_available(2, 3))
    assert scenario.ovh.count(*LOOK_UP) == 7


def answered(shown: Message) -> int:
    found = re.search(r"(\d+)/120", shown.plain_text())
    return int(found[1]) if found else 0


async def test_newest_shows_what_is_there_at_once(scenario: Scenario):
    scenario.ovh.faults.add(*LOOK_UP, "slow", times=999, seconds=0.3)
    await scenario.ada.command(f"search {names('new', 120)}")
    shown = await scenario.sees(scenario.ada, "/120")
    await asyncio.sleep(0.7)
    before = answered(shown)
    await scenario.ada.click(shown, "Show newest")
    await scenario.slack.until(lambda: answered(shown) > before)
    await scenario.ada.click(shown, "Stop")
    await scenario.sees(scenario.ada, STOPPED)


async def test_pages_turn_both_ways(scenario: Scenario):
    await scenario.ada.command(f"search {names('page', 30)} taken-page.ovh")
    first = await scenario.sees(scenario.ada, catalogue.search.page_of(1, 3), seconds=20)
    await scenario.ada.click(first, "Next page")
    second = await scenario.sees(scenario.ada, catalogue.search.page_of(2, 3))
    await scenario.ada.click(second, "Next page")
    last = await scenario.sees(scenario.ada, catalogue.search.page_of(3, 3))
    assert "taken-page.ovh" in last.plain_text()
    await scenario.ada.click(last, "Previous page")
    await scenario.sees(scenario.ada, catalogue.search.page_of(2, 3))


async def test_all_that_is_free_goes_into_the_cart_at_once(scenario: Scenario):
    await scenario.ada.command("search free-a.ovh free-b.fr taken-c.ovh premium-d.ovh")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(2, 4))
    scenario.ovh.names.rise("free-b.fr", "3.00")
    await scenario.ada.click(found, "search_add_all")
    told = await scenario.sees(scenario.ada, added("free-a.ovh"))
    assert refused("offer_changed", {"name": "free-b.fr"}).text in told.plain_text()
    await scenario.sees(scenario.ada, "*Cart #1*  1 name")


async def test_everything_is_asked_for_only_after_a_yes(scenario: Scenario):
    await scenario.ada.command("search otter hare --all")
    asked = await scenario.sees(scenario.ada, "Search them all")
    assert scenario.ovh.count(*LOOK_UP) == 0
    await scenario.ada.click(asked, "Search them all")
    await scenario.sees(scenario.ada, ALL_FOUND, seconds=30)


async def test_extensions_that_do_not_fit_are_listed(scenario: Scenario, monkeypatch: pytest.MonkeyPatch):
    """Of more extensions than fit the others are said to be left out."""
    for number in range(600 - len(EXTENSIONS)):
        name = f"ext{number}"
        dear = replace(EXTENSIONS["com"], name=name, first=Decimal(5000), promotion=None)
        monkeypatch.setitem(EXTENSIONS, name, dear)
    await scenario.ada.command("search otter --all")
    asked = await scenario.sees(scenario.ada, catalogue.search.asks_first(500, 500, 600).partition("10 min")[0])
    assert LEFT_OUT in asked.plain_text()
    assert "`--tlds ext" in asked.plain_text()
    await scenario.ada.click(asked, "Search them all")
    shown = await scenario.sees(scenario.ada, "/500")
    await scenario.ada.click(shown, "Stop")
    assert LEFT_OUT in (await scenario.sees(scenario.ada, STOPPED)).plain_text()


async def test_extensions_without_commas_are_searched_as_words(scenario: Scenario):
    """Extensions without commas are searched as words and said to be."""
    await scenario.ada.command("search otter --ideas")
    await scenario.sees(scenario.ada, ALL_FOUND)  # the price list is there: the hint would not wait for it
    await scenario.ada.command("search otter --tlds com fr io")
    told = await scenario.sees(scenario.ada, catalogue.search.taken_for_words(["fr", "io"], ["com", "fr", "io"]))
    assert catalogue.search.some_available(3, 3) in told.plain_text()
    assert "--tlds com,fr,io" in told.plain_text()


async def test_ideas_are_names_that_were_not_typed(scenario: Scenario):
    await scenario.ada.command("search blue otter --ideas")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(20, 20))
    assert "blue-otter.ovh" in found.plain_text()
    assert scenario.ovh.count("GET", "/order/catalog/public/domain") == 1
    assert scenario.ovh.count(*LOOK_UP) == 20


async def test_an_unknown_list_hands_the_input_back(scenario: Scenario):
    """A list that is none is reported and what was typed is handed back."""
    await scenario.ada.command("search otter hare --list brand")
    told = await scenario.sees(scenario.ada, said("no_such_list", wanted="brand", lists=[]))
    heading = catalogue.failures.your_text(catalogue.search.YOU_TYPED)
    assert f"{heading}\n```/domain search otter hare --list brand```" in told.plain_text()


async def test_add_all_adds_what_is_shown_or_nothing(scenario: Scenario, bot):
    await scenario.ada.command("search one.ovh two.ovh three.ovh")
    shown = await scenario.sees(scenario.ada, catalogue.search.some_available(3, 3))
    search = await bot.services.searches.find(id_of(shown), scenario.ada.id, None)
    search.answers.pop(DomainName("two.ovh"))  # as if the newest answers were not drawn yet
    await scenario.ada.click(shown, "search_add_all")
    await scenario.sees(scenario.ada, said("availability_changed"))
    await scenario.ada.click(shown, "search_add_all")
    told = await scenario.sees(scenario.ada, added("one.ovh", "three.ovh"))
    assert "two.ovh" not in told.plain_text()


async def test_stopping_an_expired_search_says_so(scenario: Scenario, bot):
    """To stop what is not kept any more does not look as if it worked."""
    scenario.ovh.faults.add(*LOOK_UP, "slow", times=50, seconds=0.2)
    await scenario.ada.command(f"search {names('far', 60)}")
    shown = await scenario.sees(scenario.ada, "/60")
    bot.services.searches.forget(id_of(shown))
    await scenario.ada.click(shown, "Stop")
    await scenario.sees(scenario.ada, catalogue.search.gone(catalogue.search.NOT_STOPPED, button="Add to cart"))
    await scenario.sees(scenario.ada, catalogue.search.some_available(60, 60), seconds=30)


async def test_a_search_that_is_not_kept_any_more_is_told_kindly(scenario: Scenario, bot):
    await scenario.ada.command(f"search {names('gone', 30)}")
    found = await scenario.sees(scenario.ada, catalogue.search.page_of(1, 3), seconds=20)
    bot.services.searches.forget(id_of(found))
    await scenario.ada.click(found, "Next page")
    await scenario.sees(scenario.ada, catalogue.search.gone(catalogue.search.PAGE_NOT_TURNED, button="Add to cart"))
