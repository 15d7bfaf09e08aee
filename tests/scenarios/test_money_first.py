"""An approval or a payment during a big search does not queue behind the search."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import partial

import pytest

from handlers.messages import words as catalogue
from ordering.process.polling import PollSchedule
from sandbox.ovh import Recorded
from sandbox.slack import Message
from tests.saying import STOPPED
from tests.scenarios.conftest import Scenario

LOOK_UP = ("GET", "/order/cart/*/domain")
CHECKOUT, MEANS, PAY = "/order/cart/*/checkout", "/me/order/*/availableRegisteredPaymentMean", "/me/order/*/pay"
ON_THE_WIRE = 4
# Behind the search a call would wait for hundreds. Between its calls the bot works, longer on a busy machine, and
# lookups get turns in the meantime. That none overtakes a call that waits is tested in
# tests/registrars/ovh/test_scheduler.py.
MOST_BETWEEN_TWO = 40


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Unpaid orders are looked at each second, and two such looks at once are all that there is room for."""
    monkeypatch.setattr("bot.app._SLOTS", 2)
    monkeypatch.setattr(
        "ordering.process.fulfilment.PollSchedule", partial(PollSchedule, quickest=timedelta(seconds=0.2))
    )
    return {"OVH_BURST": "300", "OVH_REQUESTS_PER_SECOND": "20", "OVH_CONCURRENCY": str(ON_THE_WIRE)}


async def requested(scenario: Scenario, cart: int) -> Message:
    scenario.ada.close_modal()
    await scenario.search_and_add(f"name-of-{cart}.ovh")
    await scenario.sees(scenario.ada, f"*Cart #{cart}*  1 name")
    await scenario.request()
    return await scenario.card(f"name-of-{cart}.ovh")


async def until(scenario: Scenario, done: Callable[[], object], seconds: float = 60) -> int:
    """Wait until that holds; returns how many calls OVH had got then."""
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - the simulated OVH and the database tell nobody
            await asyncio.sleep(0.005)
    return len(scenario.ovh.calls)


async def decided(scenario: Scenario, cart: int, state: str) -> int:
    """Wait until it is on disk that a cart left this state; returns how many calls OVH had got then."""
    with closing(sqlite3.connect(scenario.stage.folder / "desk.db")) as database:
        query = "SELECT state FROM carts WHERE id = ?"
        return await until(scenario, lambda: database.execute(query, [cart]).fetchone()[0] != state)


def most_lookups_before_one(calls: Sequence[Recorded], method: str, path: str, *, order: int | None = None) -> int:
    """How many lookups OVH got at most before one of the calls that lead to this one, and before this one.

    What is asked about other orders than that one is no part of the way.
    """
    waits = [0]
    for call in calls:
        if call.method == LOOK_UP[0] and fnmatchcase(call.path, LOOK_UP[1]):
            waits[-1] += 1
        elif call.method == method and fnmatchcase(call.path, path):
            return max(waits)
        elif not call.path.startswith("/me/order/") or str(order) in call.path:
            waits.append(0)
    raise AssertionError(f"{method} {path} is not among {[call.path for call in calls]}")


async def test_no_call_for_money_waits_for_a_search(scenario: Scenario):
    """While all places for looks are taken by orders that nobody paid, too."""
    for cart in (1, 2, 3):
        card = await requested(scenario, cart)
        await scenario.cleo.click(card, "Approve")
        await until(scenario, lambda: catalogue.paying.KEEPS_OPEN in card.plain_text())  # noqa: B023 - waited for here
    unpaid, last = card, await requested(scenario, 4)
    scenario.ovh.quota.switch(15, retry_after=1)
    names = " ".join(f"name-{number}.ovh" for number in range(490))
    await scenario.ada.command(f"search {names}")
    search = await scenario.sees(scenario.ada, "/490")
    before = scenario.ovh.count(*LOOK_UP)
    await until(scenario, lambda: scenario.ovh.count(*LOOK_UP) > before + 50)  # OVH's limit is felt, and looks are due

    await scenario.cleo.click(last, "Approve")
    begun = await decided(scenario, 4, "submitted")
    ordered = await until(scenario, lambda: scenario.checkouts() == 4)
    assert most_lookups_before_one(scenario.ovh.calls[begun:], "POST", CHECKOUT) <= MOST_BETWEEN_TWO
    await until(scenario, lambda: catalogue.paying.KEEPS_OPEN in last.plain_text())
    seen = most_lookups_before_one(scenario.ovh.calls[ordered:], "GET", MEANS, order=scenario.orders[-1].id)
    assert seen <= MOST_BETWEEN_TWO

    await scenario.dan.click(unpaid, "Pay")
    begun = await decided(scenario, 3, "checked_out")
    await until(scenario, lambda: scenario.ovh.count("POST", PAY))
    seen = most_lookups_before_one(scenario.ovh.calls[begun:], "POST", PAY, order=scenario.orders[2].id)
    assert seen <= MOST_BETWEEN_TWO

    assert "/490" in search.plain_text()  # it is still under way
    await scenario.ada.click(search, "Stop")
    await scenario.sees(scenario.ada, STOPPED)
