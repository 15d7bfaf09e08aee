"""One busy person does not keep others waiting: decisions pass what waits for OVH."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from sandbox.slack import Actor, Message
from tests.story.conftest import Story

_WITHIN = 2.0  # seconds from the click to the approver's own answer
_MANY = 120


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    """OVH as it is for a small account: 60 calls at once, then one a second."""
    return {"OVH_REQUESTS_PER_SECOND": "1", "OVH_BURST": "60"}


@pytest.fixture
def slow_ovh(story: Story) -> None:
    story.ovh.faults.add("*", "*", "slow", times=1_000_000, seconds=0.15)


async def _many_adds(story: Story, who: Actor) -> None:
    await asyncio.gather(*(who.command(f"add busy-{n}.ovh") for n in range(_MANY)))


async def _decided(story: Story, card: Message) -> float:
    """Seconds from Cleo's click on Approve until she reads that it counts."""
    began = time.monotonic()
    await story.cleo.click(card, "Approve")
    shown = story.slack.state.messages[card.channel]
    await story.slack.until(lambda: [m for m in shown if m.only_for == story.cleo.id and "You approved" in m.text], 120)
    return time.monotonic() - began


async def test_approve_passes_120_adds(story: Story, slow_ovh: None):
    """An approval is decided within 2 s while 120 adds of another person are under way."""
    card = await story.requested()
    await _many_adds(story, story.ben)
    await asyncio.sleep(1)
    took = await _decided(story, card)
    print(took)
    assert took < _WITHIN
