"""Slack stumbles: what was asked for happens once, what is known is told, and one trouble stays one."""

from functools import partial

import pytest

from bot import worker
from bot.app import Bot
from bot.settings import read_settings
from handlers.messages import words as catalogue
from handlers.messages.en.unknown_names import unknown_because
from sandbox.slack import Message
from sandbox.slack.faults import Kind
from tests.refusing import said
from tests.saying import HOLE, SENT, added, before_hole
from tests.story.conftest import Story

WRONG = before_hole(catalogue.failures.unforeseen(HOLE))


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


@pytest.mark.parametrize("settings", [{"DESK_APPROVAL_CHANNEL": "C0SECRET"}], indirect=True)
async def test_a_card_without_a_channel_is_not_lost_when_slack_fails_too(story: Story):
    story.slack.faults.add("chat.postMessage", "error", error="is_archived")  # the cart's channel
    await story.search_and_add("name.ovh")
    await story.ada.command("cart")
    story.slack.faults.add("chat.postMessage", "error", error="is_archived")  # the approval channel
    story.slack.faults.add("chat.postMessage", "500")  # and then the requester
    await story.request()
    await story.sees(story.ada, catalogue.card.TO_APPROVE, channel="ada", seconds=15)


async def test_one_hanging_answer_delays_no_other_card(story: Story):
    story.slack.faults.add("chat.postMessage", "hang", seconds=8)
    await story.ada.command("add name.ovh")
    await story.sees(story.ada, added("name.ovh"))
    await story.ben.command("add other.ovh", channel="general")
    await story.sees(story.ben, "*Cart #2*", channel="general", seconds=4)


@pytest.mark.parametrize("kind", ["lost_after", "500", "error"])
async def test_a_form_that_cannot_show_the_end_does_not_hide_it(story: Story, kind: Kind):
    await story.search_and_add("name.ovh")
    story.slack.faults.add("views.update", kind, times=2)
    await story.request()
    assert (await story.card(catalogue.card.TO_APPROVE)).text
    told = story.slack.state.messages[story.slack.state.world.conversation("U0ADA").id]
    if kind != "lost_after":  # then the form shows it after all
        await story.slack.until(lambda: [m for m in told if SENT in m.text])
    assert not [m for m in told if WRONG in m.text]


@pytest.mark.parametrize("method", ["users.info", "views.open"])
@pytest.mark.parametrize("kind", ["500", "lost_after", "error"])
async def test_no_stumble_becomes_a_riddle(story: Story, method: str, kind: Kind):
    """Whatever Slack answers: the form opens, or a sentence says what to do."""
    await story.search_and_add("name.ovh")
    cart = await story.sees(story.ada, "Request approval")
    story.slack.faults.add(method, kind)
    await story.ada.click(cart, "Request approval")
    not_opened = [said(code, button="Request approval") for code in ("form_not_opened", "form_too_late")]
    why = (*not_opened, said("person_unreadable", to="decide"))

    def answered() -> bool:
        told = [m for m in story.ada.messages("domains") if any(words in m.text for words in why)]
        return bool(told or story.ada.modal)

    await story.slack.until(answered)
    assert not [m for m in story.ada.messages("domains") if WRONG in m.text]


def _names(shown: Message, number: int) -> bool:
    return f"{number} names" in shown.plain_text()


async def test_a_drawing_that_arrives_late_does_not_hide_the_newest(story: Story, bot: Bot, monkeypatch):
    """A process dies while it updates a cart. Slack applies that update late, and then the newest one again."""
    monkeypatch.setattr(worker, "_MAY_ARRIVE_WITHIN", 12.0)
    await story.search_and_add("name.ovh")
    shown = await story.sees(story.ada, "*Cart #1*")
    late = story.slack.faults.add("chat.update", "slow", seconds=60)
    await story.ada.command("add other.ovh")
    await story.slack_hangs()
    await bot.stop()
    heir = await Bot.build(read_settings())
    await heir.start()
    try:
        await story.ada.command("add third.ovh")
        await story.slack.until(partial(_names, shown, 3), 20)
        late.released.set()
        await story.slack.until(partial(_names, shown, 2), 20)
        await story.slack.until(partial(_names, shown, 3), 20)
    finally:
        await heir.stop()


async def test_a_stopping_desk_says_so_to_whom_it_leaves_waiting(story: Story, bot: Bot):
    story.ovh.faults.add("GET", "/order/cart/*/domain", "hang", seconds=20)
    await story.ada.command("search name.ovh")
    await story.ovh_hangs()
    await bot.stop()
    await story.sees(story.ada, unknown_because("stopping", ""))
    assert not any(catalogue.search.ASKING in message.text for message in story.ada.messages("domains"))


async def test_a_stopping_desk_says_so_in_the_form_that_waits(story: Story, bot: Bot):
    await story.search_and_add("name.ovh")
    story.ovh.faults.add("GET", "/order/cart/*/checkout", "hang", seconds=20)
    await story.request()
    await story.ovh_hangs()
    await bot.stop()
    await story.form_says(catalogue.failures.RESTARTING)
