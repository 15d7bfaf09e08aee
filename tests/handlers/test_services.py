"""A request that was acknowledged is carried out, or the user learns that it was not."""

import asyncio
from typing import Any, cast

import pytest

from handlers.messages import words as catalogue
from handlers.routing.services import Services
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply


class Slack:
    """Keeps what is sent to people."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def chat_postEphemeral(self, *, text: str, **_: object) -> None:  # noqa: N802 - Slack's name
        self.told.append(text)


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def services(slack):
    nobody = cast(Any, None)
    return Services(nobody, nobody, nobody, nobody, client=cast(Any, slack), wake=lambda: None)


def did(what: str = "") -> Interaction:
    return Interaction("U0ADA", "trigger", channel="C0DOMAINS", value=what)


async def test_a_form_opens_before_a_thousand_requests(services):
    """They take four seconds to begin, and Slack's trigger lives three."""
    begun: list[str] = []
    form = asyncio.Event()

    async def wait(did: Interaction, _reply: Reply) -> None:
        begun.append(did.value)

    async def open_form(_did: Interaction, _reply: Reply) -> None:
        form.set()

    for number in range(1000):
        services.start(wait, did(str(number)))
    services.start(open_form, did(), at_once=True)
    await asyncio.sleep(0)
    assert form.is_set()
    assert len(begun) < 10
    await services.work.drain(0.05)
    assert begun == [str(number) for number in range(len(begun))]
    await services.work.cut_short(5)


@pytest.mark.parametrize("waited", [0.0, 0.05])
async def test_who_waits_for_their_turn_when_the_desk_stops_is_told(services, slack, waited):
    done = []

    async def handler(_did: Interaction, _reply: Reply) -> None:
        done.append(1)

    for _ in range(300):
        services.start(handler, did())
    if waited:
        await asyncio.sleep(waited)
    await services.work.cut_short(5)
    assert len(done) < 300
    assert len(done) + len(slack.told) == 300
    assert all(catalogue.failures.cut_short() in told for told in slack.told)
