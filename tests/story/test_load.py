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
from tests.story.conftest import Story

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


def _slow_ovh(story: Story) -> None:
    story.ovh.faults.add("*", "*", "slow", times=1_000_000, seconds=0.15)


# What keeps the bot busy


async def _adds(story: Story) -> None:
    await asyncio.gather(*(story.ben.command(f"add busy-{n}.ovh") for n in range(_MANY)))


async def _long_adds(story: Story) -> None:
    names = [" ".join(f"busy-{n}-{each}.ovh" for each in range(20)) for n in range(_MANY)]
    await asyncio.gather(*(story.ben.command(f"add {some}") for some in names))


async def _searches(story: Story) -> None:
    await asyncio.gather(*(story.ben.command(f"search busy-{n}") for n in range(_MANY)))


async def _all_extensions(story: Story) -> None:
    await asyncio.gather(*(story.ben.command(f"search busy-{n} --ideas") for n in range(_MANY)))


async def _pre_flights(story: Story) -> None:
    """The same form is submitted again and again, as an impatient person or a script does."""
    await story.ben.command("add busy.ovh")
    await story.ben.command("cart")
    cart = await story.sees(story.ben, "Request approval")
    await story.ben.click(cart, "Request approval")
    opened = await story.slack.until(lambda: story.ben.modal)
    payloads = []
    for _ in range(_MANY):
        payload = story.ben._interaction("view_submission")  # noqa: SLF001 - one form, sent often
        payloads.append(payload | {"view": opened.shown("T0TEAM", "A0DESK"), "response_urls": []})
    for payload in payloads:
        state = payload["view"]["state"]["values"]
        for block in payload["view"]["blocks"]:
            if block.get("element", {}).get("action_id") == "purpose":
                state[block["block_id"]] = {"purpose": {"type": "plain_text_input", "value": "For the launch"}}
    await asyncio.gather(*(story.slack.delivery.send("interactive", payload) for payload in payloads))


async def _homes(story: Story) -> None:
    await asyncio.gather(*(story.ben.open_home() for _ in range(_MANY)))


async def _pages(story: Story) -> None:
    await story.ben.command("search " + " ".join(f"busy-{n}.ovh" for n in range(30)))
    found = await story.sees(story.ben, "busy-1", seconds=30)
    await asyncio.gather(*(story.ben.click(found, "Stop") for _ in range(_MANY)))


async def _carts_shown(story: Story) -> None:
    await asyncio.gather(*(story.ben.command(f"history {n}") for n in range(1, _MANY + 1)))


async def _many_people(story: Story) -> None:
    people = [_newcomer(story, number) for number in range(40)]
    await asyncio.gather(*(who.command(f"add busy-{n}.ovh") for n, who in enumerate(people * 3)))


async def _slow_people(story: Story) -> None:
    """Slack takes 5 s to say who these people are; Cleo is known."""
    story.slack.faults.add("users.info", "slow", times=_MANY, seconds=5)
    await _adds(story)


async def _hanging_ovh(story: Story) -> None:
    """OVH takes 8 s for each call."""
    story.ovh.faults.clear()
    story.ovh.faults.add("*", "*", "slow", times=1_000_000, seconds=8)
    await _adds(story)


def _newcomer(story: Story, number: int) -> Actor:
    user = User(f"U0P{number:02}", f"person-{number}", f"Person {number}")
    story.slack.state.world.users[user.id] = user
    story.slack.state.world.channel("domains").members.add(user.id)
    return story.slack.person(user.name)


_BUSY: list[Callable[[Story], Coroutine[Any, Any, None]]] = [
    _adds, _long_adds, _searches, _all_extensions, _pre_flights, _homes, _pages, _carts_shown, _many_people,
    _slow_people, _hanging_ovh,
]  # fmt: skip


async def _seconds_until(story: Story, who: Actor, words: str, began: float) -> float:
    """Return the seconds until this person alone reads these words."""
    shown = story.slack.state.messages
    await story.slack.until(
        lambda: [m for each in shown.values() for m in each if m.only_for == who.id and words in m.text], 120
    )
    return time.monotonic() - began


async def _approve(story: Story, who: Actor, card: Message) -> float:
    began = time.monotonic()
    await who.click(card, "Approve")
    return await _seconds_until(story, who, before_hole(catalogue.decisions.approved(HOLE)), began)


async def _reject(story: Story, card: Message) -> float:
    began = time.monotonic()
    await story.cleo.click(card, "Reject")
    await story.slack.until(lambda: story.cleo.modal)
    await story.cleo.submit(reason="Too dear")
    await story.slack.until(lambda: any("rejected" in m.plain_text() for m in story.cleo.messages("approvals")), 120)
    return time.monotonic() - began


async def _withdraw(story: Story, card: Message) -> float:
    began = time.monotonic()
    await story.ada.click(card, "Withdraw")
    return await _seconds_until(story, story.ada, before_hole(catalogue.decisions.withdrawn(HOLE)), began)


@pytest.mark.parametrize("busy", _BUSY)
async def test_approve_passes_what_keeps_the_bot_busy(story: Story, busy: Callable[[Story], Coroutine[Any, Any, None]]):
    """An approval is decided within 2 s, whatever other people have under way."""
    card = await story.requested()
    _slow_ovh(story)
    await story.cleo.open_home()
    await story.home_says(story.cleo, "name.ovh")
    working = asyncio.create_task(busy(story))
    await asyncio.wait({working}, timeout=1)
    took = await _approve(story, story.cleo, card)
    if working.done():
        working.result()
    working.cancel()
    await asyncio.wait({working})
    assert took < _WITHIN


@pytest.mark.parametrize("decide", [_reject, _withdraw])
async def test_other_decisions_pass_120_adds(story: Story, decide: Callable[[Story, Message], Awaitable[float]]):
    """Reject and Withdraw are decided within 2 s while 120 adds of another are under way."""
    card = await story.requested()
    _slow_ovh(story)
    await _adds(story)
    assert await decide(story, card) < _WITHIN


async def test_pay_passes_120_adds(story: Story):
    """Pay is decided within 2 s while 120 adds of another are under way."""
    card = await story.ordered()
    _slow_ovh(story)
    await _adds(story)
    began = time.monotonic()
    await story.dan.click(card, "Pay")
    assert await _seconds_until(story, story.dan, "Paying", began) < _WITHIN


@pytest.mark.parametrize("settings", [{"OVH_REQUESTS_PER_SECOND": "1", "DESK_SECOND_APPROVAL_OVER": "1"}])
async def test_a_busy_approve_against_an_idle_one(story: Story, settings: dict[str, str]):
    """Print how much longer the second approver takes during 120 adds; only the limit of 2 s is guaranteed."""
    card = await story.requested()
    idle = await _approve(story, story.cleo, card)
    _slow_ovh(story)
    await _adds(story)
    busy = await _approve(story, story.dan, card)
    print(f"Approve: idle {idle * 1000:.0f} ms, during {_MANY} adds {busy * 1000:.0f} ms, ratio {busy / idle:.1f}")  # noqa: T201 - a figure to read
    assert busy < _WITHIN


@pytest.mark.parametrize("settings", [{"OVH_REQUESTS_PER_SECOND": "10", "OVH_BURST": "1"}])
async def test_each_of_120_requests_gets_an_answer(story: Story, settings: dict[str, str]):
    """Each request is done or refused with its own name, and one message says how long the line is."""
    await _adds(story)

    def told() -> list[str]:
        return [m.text for m in story.slack.state.messages["C0DOMAINS"] if m.only_for == story.ben.id]

    def answers() -> list[str]:
        return [text for text in told() if _IN_LINE not in text]

    await story.slack.until(lambda: len(answers()) == _MANY, 60)
    line_full = said("too_many_requests", in_line=50, what="|").partition("|")[0]
    refused = [text for text in told() if line_full in text]
    assert len(refused) == len(set(refused)) >= 40
    assert len(told()) - len(answers()) == 1
