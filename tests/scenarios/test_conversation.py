"""What a user writes in their own conversation with the bot is answered there, and nowhere else is anything read."""

import asyncio

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import Message
from sandbox.slack.events import callback
from sandbox.slack.server import SCOPES
from tests.refusing import said
from tests.saying import result_of
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


def answers(scenario: Scenario) -> list[Message]:
    return [m for m in scenario.ada.messages("ada") if m.author != scenario.ada.id]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("search name.ovh", result_of("name.ovh")),
        ("name.ovh", result_of("name.ovh")),
        ("/domain search name.ovh", result_of("name.ovh")),
        ("help", catalogue.commands.HOW_IT_WORKS),
        ("hello", catalogue.commands.no_such_command("hello")),
        ("pending", catalogue.requests.none_waiting()),
        ("show 99", said("no_such_cart", cart=99)),
        ("search <script> & co", "co.com"),
    ],
)
async def test_what_is_written_to_the_bot_gets_an_answer(scenario: Scenario, written: str, answer: str):
    """As if the command stood before it; links that Slack marks and characters that it escapes are understood."""
    await scenario.ada.say(written, channel="ada")
    seen = await scenario.sees(scenario.ada, answer, channel="ada")
    assert not seen.ephemeral
    assert len(answers(scenario)) == 1, "a search replaces what was shown while it ran"


async def test_a_cart_is_filled_and_requested_in_the_conversation(scenario: Scenario):
    """Without one command: search, add, request, withdraw."""
    await scenario.ada.say("name.ovh", channel="ada")
    found = await scenario.sees(scenario.ada, result_of("name.ovh"), channel="ada")
    await scenario.ada.click(found, "Add to cart")
    cart = await scenario.sees(scenario.ada, "Request approval", channel="ada")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    assert await scenario.ada.submit(purpose="For the launch") == {}
    await scenario.card(catalogue.card.TO_APPROVE)
    waiting = await scenario.sees(scenario.ada, "*#1 · Waiting for approval", channel="ada")
    await scenario.ada.click(waiting, "Withdraw")
    await scenario.sees(scenario.ada, "*#1 · Withdrawn*", channel="ada")


async def test_a_reply_in_a_thread_is_answered_there(scenario: Scenario):
    first = await scenario.ada.say("help", channel="ada")
    await scenario.sees(scenario.ada, catalogue.commands.HOW_IT_WORKS, channel="ada")
    await scenario.ada.say("pending", channel="ada", thread_ts=first.ts)
    await scenario.slack.until(
        lambda: [m for m in scenario.slack.thread(first) if catalogue.requests.none_waiting() in m.text]
    )


async def test_channels_are_not_read(scenario: Scenario):
    """The app has no scope for them, so Slack sends nothing."""
    await scenario.ada.say("search name.ovh", channel="domains")
    await scenario.ada.say("help", channel="ada")
    await scenario.sees(scenario.ada, catalogue.commands.HOW_IT_WORKS, channel="ada")
    assert [m.text for m in scenario.ada.messages("domains")] == ["search name.ovh"]


@pytest.mark.parametrize(
    "other",
    [
        {"subtype": "message_changed", "message": {"text": "help", "user": "U0ADA"}},
        {"subtype": "message_deleted", "deleted_ts": "1.0"},
        {"user": "U0ADA", "bot_id": "B0OTHER", "text": "help"},
        {"user": "U0ADA", "text": "help", "channel": "C0DOMAINS", "channel_type": "channel"},
    ],
)
async def test_other_messages_are_acknowledged_and_left(scenario: Scenario, other: dict[str, object]):
    """Edits, deletions, other apps and channels: no answer, and no redelivery either."""
    event = {"type": "message", "channel": "D0ADA", "channel_type": "im", "ts": "1.0", "event_ts": "1.0"} | other
    acknowledged = await scenario.slack.delivery.send("events_api", callback(scenario.slack.state.world, event))
    assert acknowledged == {}
    await scenario.ada.say("pending", channel="ada")
    await scenario.sees(scenario.ada, catalogue.requests.none_waiting(), channel="ada")
    assert len(answers(scenario)) == 1


async def test_a_redelivered_message_is_answered_once(scenario: Scenario):
    scenario.slack.delivery.twice = True
    await scenario.ada.say("help", channel="ada")
    await scenario.sees(scenario.ada, catalogue.commands.HOW_IT_WORKS, channel="ada")
    await asyncio.sleep(0.3)  # a second answer would come now
    assert len(answers(scenario)) == 1


async def test_without_the_scope_slack_tells_nothing(scenario: Scenario):
    """An app that was installed before the scope existed stays silent, as at Slack; commands go on."""
    scenario.slack.server.scopes = SCOPES - {"im:history"}  # as before the app was installed again
    await scenario.ada.say("help", channel="ada")
    await scenario.ada.command("pending", channel="ada")
    await scenario.sees(scenario.ada, catalogue.requests.none_waiting(), channel="ada")
    assert len(answers(scenario)) == 1
