"""Slack stumbles: what was asked for happens once, what is known is reported, and one problem stays one."""

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
from tests.scenarios.conftest import Scenario

WRONG = before_hole(catalogue.failures.unforeseen(HOLE))


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


@pytest.mark.parametrize("settings", [{"DESK_APPROVAL_CHANNEL": "C0SECRET"}], indirect=True)
async def test_a_card_without_a_channel_survives_a_slack_error(scenario: Scenario):
    """A card without a channel is not lost when Slack fails too."""
    scenario.slack.faults.add("chat.postMessage", "error", error="is_archived")  # the cart's channel
    await scenario.search_and_add("name.ovh")
    await scenario.ada.command("cart")
    scenario.slack.faults.add("chat.postMessage", "error", error="is_archived")  # the approval channel
    scenario.slack.faults.add("chat.postMessage", "500")  # and then the requester
    await scenario.request()
    await scenario.sees(scenario.ada, catalogue.card.TO_APPROVE, channel="ada", seconds=15)


async def test_one_hanging_answer_delays_no_other_card(scenario: Scenario):
    scenario.slack.faults.add("chat.postMessage", "hang", seconds=8)
    await scenario.ada.command("add name.ovh")
    await scenario.sees(scenario.ada, added("name.ovh"))
    await scenario.ben.command("add other.ovh", channel="general")
    await scenario.sees(scenario.ben, "*Cart #2*", channel="general", seconds=4)


@pytest.mark.parametrize("kind", ["lost_after", "500", "error"])
async def test_a_form_that_cannot_show_the_end_does_not_hide_it(scenario: Scenario, kind: Kind):
    await scenario.search_and_add("name.ovh")
    # A quick answer closes the form without an update.
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=1, seconds=3)
    scenario.slack.faults.add("views.update", kind, times=2)
    await scenario.request()
    assert (await scenario.card(catalogue.card.TO_APPROVE)).text
    told = scenario.slack.state.messages[scenario.slack.state.world.conversation("U0ADA").id]
    if kind != "lost_after":  # then the form shows it after all
        await scenario.slack.until(lambda: [m for m in told if SENT in m.text])
    assert not [m for m in told if WRONG in m.text]


@pytest.mark.parametrize("method", ["users.info", "views.open"])
@pytest.mark.parametrize("kind", ["500", "lost_after", "error"])
async def test_no_stumble_becomes_a_riddle(scenario: Scenario, method: str, kind: Kind):
    """Whatever Slack answers: the form opens, or a sentence says what to do."""
    await scenario.search_and_add("name.ovh")
    cart = await scenario.sees(scenario.ada, "Request approval")
    scenario.slack.faults.add(method, kind)
    await scenario.ada.click(cart, "Request approval")
    not_opened = [said(code, button="Request approval") for code in ("form_not_opened", "form_too_late")]
    why = (*not_opened, said("person_unreadable", to="decide"))

    def answered() -> bool:
        told = [m for m in scenario.ada.messages("domains") if any(words in m.text for words in why)]
        return bool(told or scenario.ada.modal)

    await scenario.slack.until(answered)
    assert not [m for m in scenario.ada.messages("domains") if WRONG in m.text]


def _names(shown: Message, number: int) -> bool:
    return f"{number} names" in shown.plain_text()


def _edited_to(scenario: Scenario, shown: Message, since: int, number: int) -> bool:
    """Whether an edit since then made the message show so many names."""
    edits = [payload for kind, payload in scenario.slack.state.archive[since:] if kind == "edit"]
    return any(edit["ts"] == shown.ts and f"{number} names" in str(edit) for edit in edits)


async def test_a_drawing_that_arrives_late_does_not_hide_the_newest(scenario: Scenario, bot: Bot, monkeypatch):
    """A process dies while it updates a cart. Slack applies that update late, and then the newest one again."""
    monkeypatch.setattr(worker, "_MAY_ARRIVE_WITHIN", 12.0)
    await scenario.search_and_add("name.ovh")
    shown = await scenario.sees(scenario.ada, "*Cart #1*")
    late = scenario.slack.faults.add("chat.update", "slow", seconds=60)
    await scenario.ada.command("add other.ovh")
    await scenario.slack_hangs()
    await bot.stop()
    heir = await Bot.build(read_settings())
    await heir.start()
    try:
        await scenario.ada.command("add third.ovh")
        await scenario.slack.until(partial(_names, shown, 3), 20)
        before = len(scenario.slack.state.archive)
        late.released.set()
        # The newest may follow before anybody looks at the message: the archive has every edit.
        await scenario.slack.until(partial(_edited_to, scenario, shown, before, 2), 20)
        await scenario.slack.until(partial(_names, shown, 3), 20)
    finally:
        await heir.stop()


async def test_a_stopping_desk_says_so_to_whom_it_leaves_waiting(scenario: Scenario, bot: Bot):
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "hang", seconds=20)
    await scenario.ada.command("search name.ovh")
    await scenario.ovh_hangs()
    await bot.stop()
    await scenario.sees(scenario.ada, unknown_because("stopping", ""))
    assert not any(catalogue.search.ASKING in message.text for message in scenario.ada.messages("domains"))


async def test_a_stopping_desk_says_so_in_the_form_that_waits(scenario: Scenario, bot: Bot):
    await scenario.search_and_add("name.ovh")
    scenario.ovh.faults.add("GET", "/order/cart/*/checkout", "hang", seconds=20)
    await scenario.request()
    await scenario.ovh_hangs()
    await bot.stop()
    await scenario.form_says(catalogue.failures.RESTARTING)
