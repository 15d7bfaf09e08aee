"""One busy person does not keep others waiting: decisions pass what waits for OVH."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import Actor, Message
from sandbox.slack.world import User
from tests.refusing import said
from tests.saying import HOLE, before_hole
from tests.scenarios.conftest import Scenario

_IN_LINE = before_hole(catalogue.failures.in_line(HOLE, HOLE))

_WITHIN = 2.0  # seconds from the click until the person reads that the decision counts
_MANY = 120


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    """A small account at OVH: 60 calls at once, then one a second."""
    return {"OVH_REQUESTS_PER_SECOND": "1", "OVH_BURST": "60"}


def _slow_ovh(scenario: Scenario) -> None:
    scenario.ovh.faults.add("*", "*", "slow", times=1_000_000, seconds=0.15)


# What keeps the bot busy


async def _adds(scenario: Scenario) -> None:
    await asyncio.gather(*(scenario.ben.command(f"add busy-{n}.ovh") for n in range(_MANY)))


async def _long_adds(scenario: Scenario) -> None:
    names = [" ".join(f"busy-{n}-{each}.ovh" for each in range(20)) for n in range(_MANY)]
    await asyncio.gather(*(scenario.ben.command(f"add {some}") for some in names))


async def _searches(scenario: Scenario) -> None:
    await asyncio.gather(*(scenario.ben.command(f"search busy-{n}") for n in range(_MANY)))


async def _all_extensions(scenario: Scenario) -> None:
    await asyncio.gather(*(scenario.ben.command(f"search busy-{n} --ideas") for n in range(_MANY)))


async def _pre_flights(scenario: Scenario) -> None:
    """The same form is submitted again and again, as an impatient person or a script does."""
    await scenario.ben.command("add busy.ovh")
    await scenario.ben.command("cart")
    cart = await scenario.sees(scenario.ben, "Request approval")
    await scenario.ben.click(cart, "Request approval")
    opened = await scenario.slack.until(lambda: scenario.ben.modal)
    payloads = []
    for _ in range(_MANY):
        payload = scenario.ben._interaction("view_submission")  # noqa: SLF001 - one form, sent often
        payloads.append(payload | {"view": opened.to_json("T0TEAM", "A0DESK"), "response_urls": []})
    for payload in payloads:
        state = payload["view"]["state"]["values"]
        for block in payload["view"]["blocks"]:
            if block.get("element", {}).get("action_id") == "purpose":
                state[block["block_id"]] = {"purpose": {"type": "plain_text_input", "value": "For the launch"}}
    await asyncio.gather(*(scenario.slack.delivery.send("interactive", payload) for payload in payloads))


async def _homes(scenario: Scenario) -> None:
    await asyncio.gather(*(scenario.ben.open_home() for _ in range(_MANY)))


async def _pages(scenario: Scenario) -> None:
    await scenario.ben.command("search " + " ".join(f"busy-{n}.ovh" for n in range(30)))
    found = await scenario.sees(scenario.ben, "busy-1", seconds=30)
    await asyncio.gather(*(scenario.ben.click(found, "Stop") for _ in range(_MANY)))


async def _carts_shown(scenario: Scenario) -> None:
    await asyncio.gather(*(scenario.ben.command(f"history {n}") for n in range(1, _MANY + 1)))


async def _many_people(scenario: Scenario) -> None:
    people = [_newcomer(scenario, number) for number in range(40)]
    await asyncio.gather(*(who.command(f"add busy-{n}.ovh") for n, who in enumerate(people * 3)))


async def _slow_people(scenario: Scenario) -> None:
    """Slack takes 5 s to say who these people are; Cleo is known."""
    scenario.slack.faults.add("users.info", "slow", times=_MANY, seconds=5)
    await _adds(scenario)


async def _hanging_ovh(scenario: Scenario) -> None:
    """OVH takes 8 s for each call."""
    scenario.ovh.faults.clear()
    scenario.ovh.faults.add("*", "*", "slow", times=1_000_000, seconds=8)
    await _adds(scenario)


def _newcomer(scenario: Scenario, number: int) -> Actor:
    user = User(f"U0P{number:02}", f"person-{number}", f"Person {number}")
    scenario.slack.state.world.users[user.id] = user
    scenario.slack.state.world.channel("domains").members.add(user.id)
    return scenario.slack.person(user.name)


_BUSY: list[Callable[[Scenario], Coroutine[Any, Any, None]]] = [
    _adds, _long_adds, _searches, _all_extensions, _pre_flights, _homes, _pages, _carts_shown, _many_people,
    _slow_people, _hanging_ovh,
]  # fmt: skip


async def _seconds_until(scenario: Scenario, who: Actor, words: str, began: float) -> float:
    """Return the seconds until this person alone reads these words."""
    shown = scenario.slack.state.messages
    await scenario.slack.until(
        lambda: [m for each in shown.values() for m in each if m.only_for == who.id and words in m.text], 120
    )
    return time.monotonic() - began


async def _approve(scenario: Scenario, who: Actor, card: Message) -> float:
    began = time.monotonic()
    await who.click(card, "Approve")
    return await _seconds_until(scenario, who, before_hole(catalogue.decisions.approved(HOLE)), began)


async def _reject(scenario: Scenario, card: Message) -> float:
    began = time.monotonic()
    await scenario.cleo.click(card, "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    await scenario.cleo.submit(reason="Too dear")
    await scenario.slack.until(
        lambda: any("rejected" in m.plain_text() for m in scenario.cleo.messages("approvals")), 120
    )
    return time.monotonic() - began


async def _withdraw(scenario: Scenario, _card: Message) -> float:
    cart = await scenario.sees(scenario.ada, "Withdraw")
    began = time.monotonic()
    await scenario.ada.click(cart, "Withdraw")
    return await _seconds_until(scenario, scenario.ada, before_hole(catalogue.decisions.withdrawn(HOLE)), began)


@pytest.mark.parametrize("busy", _BUSY)
async def test_approve_passes_what_keeps_the_bot_busy(
    scenario: Scenario, busy: Callable[[Scenario], Coroutine[Any, Any, None]]
):
    """An approval is decided within 2 s, whatever other people have under way."""
    card = await scenario.requested()
    _slow_ovh(scenario)
    await scenario.cleo.open_home()
    await scenario.home_says(scenario.cleo, "name.ovh")
    working = asyncio.create_task(busy(scenario))
    await asyncio.wait({working}, timeout=1)
    took = await _approve(scenario, scenario.cleo, card)
    if working.done():
        working.result()
    working.cancel()
    await asyncio.wait({working})
    assert took < _WITHIN


@pytest.mark.parametrize("decide", [_reject, _withdraw])
async def test_other_decisions_pass_120_adds(
    scenario: Scenario, decide: Callable[[Scenario, Message], Awaitable[float]]
):
    """Reject and Withdraw are decided within 2 s while 120 adds of another are under way."""
    card = await scenario.requested()
    _slow_ovh(scenario)
    await _adds(scenario)
    assert await decide(scenario, card) < _WITHIN


async def test_pay_passes_120_adds(scenario: Scenario):
    """Pay is decided within 2 s while 120 adds of another are under way."""
    card = await scenario.ordered()
    _slow_ovh(scenario)
    await _adds(scenario)
    began = time.monotonic()
    await scenario.dan.click(card, "Pay")
    assert await _seconds_until(scenario, scenario.dan, "Paying", began) < _WITHIN


@pytest.mark.parametrize("settings", [{"OVH_REQUESTS_PER_SECOND": "1", "DESK_SECOND_APPROVAL_OVER": "1"}])
async def test_a_busy_approve_against_an_idle_one(scenario: Scenario, settings: dict[str, str]):
    """Print how much longer the second approver takes during 120 adds; only the limit of 2 s is guaranteed."""
    card = await scenario.requested()
    idle = await _approve(scenario, scenario.cleo, card)
    _slow_ovh(scenario)
    await _adds(scenario)
    busy = await _approve(scenario, scenario.dan, card)
    print(f"Approve: idle {idle * 1000:.0f} ms, during {_MANY} adds {busy * 1000:.0f} ms, ratio {busy / idle:.1f}")  # noqa: T201 - a figure to read
    assert busy < _WITHIN


@pytest.mark.parametrize("settings", [{"OVH_REQUESTS_PER_SECOND": "10", "OVH_BURST": "1"}])
async def test_each_of_120_requests_gets_an_answer(scenario: Scenario, settings: dict[str, str]):
    """Each request is done or refused with its own name, and one message says how long the line is."""
    await _adds(scenario)

    def told() -> list[str]:
        return [m.text for m in scenario.slack.state.messages["C0DOMAINS"] if m.only_for == scenario.ben.id]

    def answers() -> list[str]:
        return [text for text in told() if _IN_LINE not in text]

    await scenario.slack.until(lambda: len(answers()) == _MANY, 60)
    line_full = said("too_many_requests", in_line=50, what="|").partition("|")[0]
    refused = [text for text in told() if line_full in text]
    assert len(refused) == len(set(refused)) >= 40
    assert len(told()) - len(answers()) == 1
