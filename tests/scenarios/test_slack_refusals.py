"""Permanent refusals of Slack: nothing is retried silently, and people get the message another way."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from bot.app import Bot
from bot.settings import read_settings
from handlers.messages import words as catalogue
from handlers.messages.en import states
from handlers.toolkit.slack_errors import KINDS, Kind
from ordering.model.cart import CartState
from ordering.process.outbox import Outbox
from sandbox.slack import Actor, Message
from sandbox.slack.faults import ALWAYS
from store.engine import open_engines
from store.transactions import SqlStore
from tests.saying import HOLE, after_hole
from tests.scenarios.conftest import Scenario

T = TypeVar("T")


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


def cards(who: Actor, name: str) -> list[Message]:
    """The cards in a person's own conversation with the bot."""
    shown = ((m, m.plain_text()) for m in who.messages(name) if not m.thread_ts)
    return [m for m, text in shown if "*Cart #1*" in text or catalogue.card.TO_APPROVE in text]


async def eventually(look: Callable[[], T | None], seconds: float = 15) -> T:
    """Wait until `look` returns something true: for what no change in Slack announces, such as a line of the log."""
    async with asyncio.timeout(seconds):
        while not (found := look()):  # noqa: ASYNC110 - nothing announces a change
            await asyncio.sleep(0.05)
    return found


async def card_of(scenario: Scenario, name: str, words: str, seconds: float = 15) -> Message:
    return await scenario.sees(scenario.slack.person(name), words, channel=name, seconds=seconds)


async def test_a_channel_archived_after_the_request_loses_nobody(scenario: Scenario):
    """Fidelity S1: the card of an archived channel goes to those who decide, and they can decide there."""
    await scenario.requested()
    await scenario.cleo.open_home()
    scenario.slack.state.world.channel("approvals").archived = True
    await scenario.cleo.click(await scenario.home_says(scenario.cleo, "#1 from"), "Approve")
    await scenario.sees(scenario.ada, "<#C0APPROVALS> is archived", channel="ada")
    card = await card_of(scenario, "dan", catalogue.paying.KEEPS_OPEN)
    await card_of(scenario, "cleo", catalogue.paying.KEEPS_OPEN)
    await eventually(
        lambda: [line for line in scenario.slack.thread(card) if catalogue.thread.READY_TO_PAY in line.text]
    )
    await scenario.dan.click(card, "Pay")
    await card_of(scenario, "ada", catalogue.card.DELIVERED)
    assert [len(cards(scenario.slack.person(name), name)) for name in ("ada", "cleo", "dan")] == [1, 1, 1]
    assert len([m for m in scenario.ada.messages("ada") if "is archived" in m.text]) == 1


@pytest.mark.parametrize("word", ["posting_to_channel_denied", "restricted_action_read_only_channel"])
async def test_a_card_that_its_channel_refuses_reaches_the_approvers(scenario: Scenario, word: str):
    """A read-only channel, or one that the bot may not post to: approvers get the card directly."""
    scenario.slack.state.world.channel("approvals").refuses_posts = word
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    card = await card_of(scenario, "cleo", catalogue.card.TO_APPROVE)
    await scenario.cleo.click(card, "Approve")
    await card_of(scenario, "cleo", catalogue.paying.KEEPS_OPEN)


@pytest.mark.parametrize("word", sorted(KINDS[Kind.PLACE] | {"a_word_of_next_year", "missing_scope", "no_permission"}))
async def test_no_refusal_of_a_channel_hides_a_card(scenario: Scenario, word: str):
    """Whatever the word for a channel that takes nothing, the approvers have the card."""
    scenario.slack.faults.add("chat.postMessage", "error", error=word, channel="C0APPROVALS", times=ALWAYS)
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    await card_of(scenario, "cleo", catalogue.card.TO_APPROVE)


@pytest.mark.parametrize("settings", [{"DESK_APPROVERS": "S0APPROVERS"}], indirect=True)
async def test_the_people_of_an_approver_group_get_the_card(scenario: Scenario):
    """A group has no conversation of its own: its members do."""
    scenario.slack.state.world.channel("approvals").archived = True
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    await card_of(scenario, "cleo", catalogue.card.TO_APPROVE)


@pytest.mark.parametrize("settings", [{"DESK_APPROVERS": "S0APPROVERS"}], indirect=True)
async def test_a_stumble_over_the_group_explains_once(scenario: Scenario):
    """The group cannot be read three times: the requester still hears once why the card came directly."""
    scenario.slack.state.world.channel("approvals").archived = True
    await scenario.search_and_add("name.ovh")
    scenario.slack.faults.add("usergroups.users.list", "error", error="internal_error", times=3)
    await scenario.request()
    await card_of(scenario, "cleo", catalogue.card.TO_APPROVE, seconds=25)
    not_here = catalogue.news.archived("C0APPROVALS", 1)
    (said,) = (m.text for m in scenario.ada.messages("ada") if not_here in m.text)
    assert catalogue.news.sent_directly(not_here, told=2, others=0) in said


async def test_closed_conversations_leave_the_card_in_home(scenario: Scenario):
    """Where no message can show a card, Home does, and the operator's log names the channel setting."""
    with capture_logs() as logged:
        scenario.slack.state.world.channel("approvals").archived = True
        for user in ("U0ADA", "U0CLEO", "U0DAN"):
            scenario.slack.faults.add("chat.postMessage", "error", error="user_disabled", channel=user, times=ALWAYS)
        await scenario.search_and_add("name.ovh")
        await scenario.request()
        await eventually(lambda: [line for line in logged if "DESK_APPROVAL_CHANNEL" in str(line)])
        await scenario.cleo.open_home()
        await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE)


@pytest.mark.parametrize("word", ["invalid_blocks", "msg_too_long", "restricted_action"])
async def test_a_requester_hears_of_a_card_that_nobody_sees(scenario: Scenario, word: str):
    """Slack takes no message at all: the requester learns in the channel what to do, once, and Home shows the cart."""
    await scenario.search_and_add("name.ovh")
    await scenario.sees(scenario.ada, "*Cart #")
    scenario.slack.faults.add("chat.postMessage", "error", error=word, times=ALWAYS)
    await scenario.request()
    await scenario.sees(scenario.ada, catalogue.news.shown_nowhere(1))
    await scenario.cleo.open_home()
    await scenario.cleo.click(await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE), "Approve")
    await eventually(lambda: scenario.checkouts() == 1, seconds=40)
    assert len([m for m in scenario.ada.messages("domains") if m.text == catalogue.news.shown_nowhere(1)]) == 1


async def test_a_refused_update_freezes_no_other_message(scenario: Scenario):
    """A message that is refused for good is left, and the cart's others go on."""
    await scenario.requested()
    waiting = states.WORDS[CartState.SUBMITTED].title
    status = await scenario.sees(scenario.ada, f"{waiting} · €3.59*\n<@U0CLEO>")
    scenario.slack.faults.add("chat.update", "error", error="is_inactive", channel="C0DOMAINS", times=ALWAYS)
    await scenario.cleo.click(await scenario.card(catalogue.card.TO_APPROVE), "Approve")
    await scenario.payable()
    assert waiting in status.plain_text()


@pytest.mark.parametrize("kind", ["error", "hang", "html_503", "dropped"])
async def test_a_message_that_must_wait_holds_back_no_other(scenario: Scenario, kind):
    """While Slack fails on the cart's own message, the approval card is still updated."""
    await scenario.requested()
    scenario.slack.faults.add(
        "chat.update", kind, error="org_login_required", channel="C0DOMAINS", times=ALWAYS, seconds=4
    )
    await scenario.cleo.click(await scenario.card(catalogue.card.TO_APPROVE), "Approve")
    await scenario.payable(seconds=25)


async def test_refused_content_arrives_as_plain_text(scenario: Scenario):
    """Blocks that Slack refuses are a bug of ours, and the words arrive all the same."""
    with capture_logs() as logged:
        scenario.slack.faults.add("chat.postMessage", "error", error="msg_blocks_too_long", channel="C0APPROVALS")
        await scenario.search_and_add("name.ovh")
        await scenario.request()
        card = await scenario.card("Approve €3.59? #1:")
        assert card.blocks == []
        assert [line["log_level"] for line in logged if line["event"] == "content_refused"] == ["error"]


@pytest.mark.parametrize("kind", ["html_503", "text_503", "broken_json", "empty_429", "dropped"])
async def test_an_odd_answer_to_a_post_loses_no_card(scenario: Scenario, kind):
    """Gateways, empty rate limits and dropped lines pass: the card comes, once."""
    scenario.slack.faults.add("chat.postMessage", kind, channel="C0APPROVALS", times=2)
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    await scenario.card(catalogue.card.TO_APPROVE)
    assert len([m for m in scenario.cleo.messages("approvals") if catalogue.card.TO_APPROVE in m.plain_text()]) == 1


async def test_a_deleted_card_is_posted_again(scenario: Scenario):
    """When Slack says that the message is gone, the card is posted again."""
    card = await scenario.requested()
    scenario.slack.state.messages[card.channel].remove(card)
    await scenario.ada.command("show 1")
    await scenario.cleo.open_home()
    await scenario.cleo.click(await scenario.home_says(scenario.cleo, "#1 from"), "Approve")
    await scenario.payable()


async def test_alerts_the_operator_about_a_missing_scope(scenario: Scenario):
    """The log names the scope and what to do, at error level, once."""
    with capture_logs() as logged:
        scenario.slack.faults.add("chat.postMessage", "error", error="missing_scope", channel="C0DOMAINS", times=ALWAYS)
        await scenario.search_and_add("name.ovh", "other.ovh")
        alarm = await eventually(lambda: [line for line in logged if line["event"] == "slack_needs_the_operator"])
        await asyncio.sleep(1)  # a second alarm would come with the next try
        assert [line["log_level"] for line in alarm] == ["error"]
        fix = catalogue.slack.refused(HOLE, "missing_scope", scope=HOLE)
        assert alarm[0]["sentence"].endswith(after_hole(fix))


async def test_forty_long_names_are_shown_and_decided(scenario: Scenario):
    """The findings' cart: forty Japanese names, which froze the channel's message, are approved from the card."""
    names = [f"日本語のとても長い名前の例をたくさん並べる{number:02}.com" for number in range(40)]
    for some in (20, 40):
        await scenario.ada.command(f"add {' '.join(names[some - 20 : some])}")
        await scenario.sees(scenario.ada, f"Cart #1 now has {some} names", seconds=40)
    await scenario.sees(scenario.ada, "*Cart #1*  40 names", seconds=20)
    await scenario.request(purpose="理由" * 150)
    card = await scenario.card(catalogue.card.TO_APPROVE, seconds=60)
    await scenario.cleo.click(card, "Details")
    form = await scenario.slack.until(lambda: scenario.cleo.modal)
    assert all(name in form.plain_text() for name in names)


async def test_one_home_that_hangs_makes_no_other_wait(scenario: Scenario):
    """A Home for which Slack does not answer delays no other Home."""
    await scenario.dan.open_home()
    await scenario.home_says(scenario.dan, catalogue.home.NOTHING_WAITING)
    await scenario.cleo.open_home()
    await scenario.home_says(scenario.cleo, catalogue.home.NOTHING_WAITING)
    scenario.slack.faults.add("views.publish", "hang", channel="U0DAN", times=ALWAYS, seconds=30)
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    async with asyncio.timeout(8):
        await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE)


async def test_a_refused_home_says_where_to_look(scenario: Scenario):
    """A Home that Slack refuses is replaced by a plain one."""
    scenario.slack.faults.add("views.publish", "error", error="view_too_large", channel="U0CLEO")
    await scenario.cleo.open_home()
    await scenario.home_says(scenario.cleo, catalogue.home.refused_by_slack())


async def test_a_restart_changes_the_direct_cards(scenario: Scenario, bot: Bot):
    """Where a card was brought to is kept as the conversation's own id, which alone Slack changes messages by."""
    scenario.slack.state.world.channel("approvals").archived = True
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    card = await card_of(scenario, "cleo", catalogue.card.TO_APPROVE)
    await card_of(scenario, "dan", catalogue.card.TO_APPROVE)
    outbox = Outbox(SqlStore(open_engines(read_settings().database_url.get_secret_value())))
    await eventually(lambda: not outbox.outdated())  # by then it is noted where they stand
    await bot.stop()
    heir = await Bot.build(read_settings())
    await heir.start()
    try:
        await scenario.cleo.click(card, "Approve")
        await card_of(scenario, "cleo", catalogue.paying.KEEPS_OPEN)
        assert len(cards(scenario.cleo, "cleo")) == 1
    finally:
        await heir.stop()
