"""The channel's status message: one for each request, current until the end, whatever happens to it."""

from typing import Literal

import pytest

from bot.app import Bot
from bot.settings import read_settings
from handlers.messages import words as catalogue
from handlers.messages.en import states
from ordering.model.cart import CartState
from sandbox.slack import Message
from sandbox.slack.faults import ALWAYS
from tests.refusing import said
from tests.scenarios.conftest import PATIENCE, Scenario

S = CartState


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


def title(state: CartState) -> str:
    return f"*#1 · {states.WORDS[state].title}"


async def status(scenario: Scenario, state: CartState, *, channel: str = "domains") -> Message:
    """Ada sees the status message at this state, with its mentions if it has some."""

    def found() -> Message | None:
        shown = (m for m in reversed(scenario.ada.messages(channel)) if title(state) in m.plain_text())
        return next((m for m in shown if "<@" in m.plain_text()), None)

    return await scenario.slack.until(found, PATIENCE)


async def test_one_message_tells_the_channel_the_whole_way(scenario: Scenario):
    """It replaces the open cart's message, links to the card, and is updated at each step until the names work."""
    card = await scenario.requested()
    waiting = await status(scenario, S.SUBMITTED)
    assert f"<https://sandbox.slack.com/archives/C0APPROVALS/p{card.ts.replace('.', '')}|card>" in waiting.plain_text()
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert "<@U0DAN>, by " in (await status(scenario, S.CHECKED_OUT)).plain_text()
    await scenario.dan.click(card, "Pay")
    done = await status(scenario, S.DELIVERED)
    assert "<@U0ADA> requested · <@U0CLEO> approved · <@U0DAN> paid" in done.plain_text()
    assert [m.ts for m in scenario.slack.messages("domains")] == [done.ts], "one message, the cart's is gone"
    assert scenario.slack.thread(done) == []
    assert len(scenario.slack.thread(card)) == 1, "the ping to the payer"


async def test_its_first_post_mentions_nobody(scenario: Scenario):
    """The card mentions the approvers; the status message names them by an edit, which notifies nobody."""
    await scenario.requested()
    at = await status(scenario, S.SUBMITTED)
    shown = [seen for kind, seen in scenario.slack.state.archive if kind == "message" and seen.get("ts") == at.ts]
    assert shown
    assert all("<@" not in str(seen["blocks"]) + seen["text"] for seen in shown)


async def test_the_requester_withdraws_in_the_channel(scenario: Scenario):
    """The button stands where the requester is; anybody else who presses it gets one line."""
    card = await scenario.requested()
    waiting = await status(scenario, S.SUBMITTED)
    await scenario.clicks_in_vain(scenario.ben, waiting, "Withdraw", said("not_the_requester", cart=1))
    await scenario.ada.click(waiting, "Withdraw")
    ended = await scenario.sees(scenario.ada, "*#1 · Withdrawn*")
    assert "<@U0ADA> withdrew it" in ended.plain_text()
    await scenario.ada.click(ended, "Copy to a new cart")
    await scenario.sees(scenario.ada, "*Cart #2*")
    assert scenario.slack.thread(card) == []


async def test_a_rejection_says_who_and_why(scenario: Scenario):
    card = await scenario.requested()
    await scenario.cleo.click(card, "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    await scenario.cleo.submit(reason="Drop .corsica & <b>")
    ended = await scenario.sees(scenario.ada, title(S.REJECTED))
    assert "<@U0CLEO>: “Drop .corsica &amp; &lt;b&gt;”" in ended.plain_text()


async def test_a_deleted_status_is_posted_again(scenario: Scenario):
    """A user may delete it; the next change posts it, again without a ping."""
    card = await scenario.requested()
    gone = await status(scenario, S.SUBMITTED)
    scenario.slack.state.messages[gone.channel].remove(gone)
    await scenario.cleo.click(card, "Approve")
    await status(scenario, S.CHECKED_OUT)
    assert len(scenario.slack.messages("domains")) == 1


async def test_a_restart_between_post_and_edit_posts_once(scenario: Scenario, bot: Bot):
    """The place of the message is on record before its mentions are added."""
    scenario.slack.faults.add("chat.update", "error", error="internal_error", channel="C0DOMAINS", times=ALWAYS)
    await scenario.requested()
    await scenario.sees(scenario.ada, title(S.SUBMITTED))
    await bot.stop()
    scenario.slack.faults.clear()
    heir = await Bot.build(read_settings())
    await heir.start()
    try:
        await scenario.sees(scenario.ada, "<@U0CLEO>")
        await scenario.slack.until(lambda: len(scenario.slack.messages("domains")) == 1)
    finally:
        await heir.stop()


async def test_an_archived_channel_brings_it_to_the_requester(scenario: Scenario):
    """The requester keeps reading how it goes, and keeps *Withdraw*."""
    card = await scenario.requested()
    await status(scenario, S.SUBMITTED)
    scenario.slack.state.world.channel("domains").archived = True
    await scenario.cleo.click(card, "Approve")
    await status(scenario, S.CHECKED_OUT, channel="ada")
    await scenario.dan.click(await scenario.payable(), "Pay")
    await status(scenario, S.DELIVERED, channel="ada")
    told = [m for m in scenario.slack.messages("ada") if "*#1 · " in m.plain_text()]
    assert len(told) == 1


async def test_a_channel_without_the_bot_tells_the_requester(scenario: Scenario):
    """A private channel that the bot is not in takes no message, so the requester gets it, and nobody else."""
    await scenario.ada.command("add name.ovh", channel="secret")
    await scenario.sees(scenario.ada, "name.ovh", channel="secret")
    await scenario.ada.command("cart", channel="secret")
    cart = await scenario.sees(scenario.ada, "Request approval", channel="secret")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await scenario.ada.submit(purpose="Secret things")
    waiting = await status(scenario, S.SUBMITTED, channel="ada")
    await scenario.ada.click(waiting, "Withdraw")
    await scenario.sees(scenario.ada, "*#1 · Withdrawn*", channel="ada")


@pytest.mark.parametrize("settings", [{"DESK_APPROVAL_CHANNEL": ""}], indirect=True)
async def test_without_an_approval_channel_the_card_stands_alone(scenario: Scenario):
    """Card and status would be two messages about the same in one channel."""
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    card = await scenario.sees(scenario.cleo, catalogue.card.TO_APPROVE)
    await scenario.slack.until(lambda: [m.ts for m in scenario.slack.messages("domains")] == [card.ts])


@pytest.mark.parametrize("word", ["cant_delete_message", "compliance_exports_prevent_deletion"])
async def test_a_cart_that_cannot_be_deleted_is_closed(scenario: Scenario, word: str):
    """Some workspaces let nobody delete: the cart's message then says that it was sent, without a button."""
    scenario.slack.faults.add("chat.delete", "error", error=word, channel="C0DOMAINS", times=ALWAYS)
    await scenario.requested()
    closed = await scenario.sees(scenario.ada, catalogue.cart.was_requested(1))
    assert "Request approval" not in closed.plain_text()


@pytest.mark.parametrize("kind", ["ratelimited", "html_503", "dropped", "lost_after"])
async def test_a_lost_deletion_is_repeated(scenario: Scenario, kind: Literal["ratelimited", "html_503"]):
    """Whatever Slack answers, one message is left."""
    scenario.slack.faults.add("chat.delete", kind, channel="C0DOMAINS", times=2)
    await scenario.requested()
    await status(scenario, S.SUBMITTED)
    await scenario.slack.until(lambda: len(scenario.slack.messages("domains")) == 1)


async def test_a_card_that_comes_late_is_linked(scenario: Scenario):
    """The status message does not wait for a card that Slack does not take yet; the link follows."""
    scenario.slack.faults.add("chat.postMessage", "error", error="internal_error", channel="C0APPROVALS", times=2)
    await scenario.requested()
    await scenario.sees(scenario.ada, "|card>")
    assert len(scenario.slack.messages("domains")) == 1
