"""Members of the organisation act at every entry; strangers, apps and people who left do not, and read why."""

from typing import Any

import pytest

from bot.app import Bot
from handlers.messages import words as catalogue
from handlers.toolkit.action_ids import Act, Form
from ordering.model.cart import CartState
from sandbox.slack import Actor, Message
from sandbox.slack.world import (
    FOREIGN_ORGANISATION,
    FOREIGN_TEAM,
    ORGANISATION,
    SISTER_TEAM,
    TEAM,
    User,
)
from sandbox.stage import Stage
from tests.refusing import said
from tests.saying import result_of
from tests.scenarios.conftest import Scenario

CHANNELS = ("domains", "approvals")
COMMANDS = ["search name.ovh", "add name.ovh", "remove name.ovh", "cart", "pending", "show 1", "history"]
STRANGER = said("person_stranger")
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a foreign person who shares the channel": ({"team": FOREIGN_TEAM}, STRANGER),
    "one of a foreign organisation": (
        {"team": FOREIGN_TEAM, "organisation": FOREIGN_ORGANISATION, "teams": (FOREIGN_TEAM,), "stranger": None},
        STRANGER,
    ),
    "a sister workspace's member": (
        {"team": SISTER_TEAM, "organisation": ORGANISATION, "teams": (SISTER_TEAM,)},
        STRANGER,
    ),
    "a deactivated member": ({"deleted": True}, said("person_deactivated")),
    "an invited person": ({"invited": True}, said("person_invited")),
    "a workflow's bot": ({"workflow_bot": True}, said("person_bot")),
}


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_APPROVERS": "U0CLEO,U0DAN,W0MARA,W0EVE", "DESK_PAYERS": "U0DAN,W0MARA,W0EVE"}


@pytest.fixture(params=["workspace", "organisation"])
def installed(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def organisation(stage: Stage, installed: str) -> Stage:
    """A Grid organisation, before the bot asks whose token it has."""
    stage.slack.state.world.join_grid(org_wide=installed == "organisation")
    return stage


@pytest.fixture
def grid(organisation: Stage, bot: Bot) -> Scenario:
    """The bot, started after the organisation is there."""
    return Scenario(organisation)


def enter(scenario: Scenario, **facts: Any) -> Actor:
    """Let Eve, who is listed as approver and payer, into the channels."""
    scenario.slack.state.world.add(User("W0EVE", "eve", "Eve Somebody", **facts), *CHANNELS)
    return scenario.slack.person("eve")


async def test_org_colleagues_search_add_request_and_approve(grid: Scenario):
    """A person whose home is another workspace of the organisation does all that a member does, in both modes."""
    mara = User("W0MARA", "mara", "Mara Elsewhere", team=SISTER_TEAM, organisation=ORGANISATION)
    mara.teams = (SISTER_TEAM, TEAM)
    grid.slack.state.world.add(mara, *CHANNELS)
    me = grid.slack.person("mara")
    await me.command("search name.ovh")
    found = await grid.sees(me, result_of("name.ovh"))
    await me.click(found, "Add to cart")
    cart = await grid.sees(me, "Request approval")
    await me.click(cart, "Request approval")
    await grid.slack.until(lambda: me.modal)
    assert await me.submit(purpose="Ours") == {}
    card = await grid.card(catalogue.card.TO_APPROVE)
    await grid.cleo.click(card, "Approve")
    await grid.payable()

    await grid.search_and_add("second.ovh")
    await grid.request()
    await me.open_home()
    home = await grid.home_says(me, "second.ovh")
    await me.click(home, "Approve")
    await grid.card("second.ovh")
    await grid.home_says(me, catalogue.paying.KEEPS_OPEN)
    await me.click(await grid.home_says(me, catalogue.paying.KEEPS_OPEN), "Pay")
    await grid.slack.until(lambda: [order for order in grid.orders if order.payments], 15)


@pytest.mark.parametrize("installed", ["organisation"], indirect=True)
async def test_an_org_wide_install_serves_every_workspace(grid: Scenario):
    """With an org-wide install a colleague of another workspace, without ours, may approve."""
    me = enter(grid, team=SISTER_TEAM, organisation=ORGANISATION, teams=(SISTER_TEAM,))
    await me.click(await grid.requested(), "Approve")
    await grid.payable()


@pytest.mark.parametrize("installed", ["workspace"], indirect=True)
@pytest.mark.parametrize("who", REFUSED)
async def test_refuses_others_at_every_entry(grid: Scenario, who: str):
    """Command, button, form and Home each answer with the one sentence, and nothing changes."""
    facts, why = REFUSED[who]
    card = await grid.requested()
    me = enter(grid, **facts)
    for typed in COMMANDS:
        await me.command(typed)
        await grid.sees(me, why)
        grid.slack.state.messages["C0DOMAINS"] = grid.slack.messages("domains")  # so that each answer is seen
    for button in ("Approve", "Reject"):
        await grid.clicks_in_vain(me, card, button, why)
    await grid.clicks_in_vain(me, await grid.sees(grid.ada, "Withdraw"), "Withdraw", why)
    await me.open_home()
    assert catalogue.card.TO_APPROVE not in (await grid.home_says(me, why)).plain_text()
    grid.slack.state.modals[me.id].append(grid.slack.state.open(me.id, _a_rejection(card)))
    assert await me.submit(reason="No") == {}
    await grid.sees(me, why, channel="eve")
    assert catalogue.card.TO_APPROVE in card.plain_text()
    assert grid.checkouts() == 0
    assert len(grid.slack.messages("domains")) == 1


@pytest.mark.parametrize("installed", ["workspace"], indirect=True)
async def test_no_button_at_all_acts_for_a_stranger(grid: Scenario, bot: Bot):
    """Every button that the bot knows is pressed by a stranger, from a message and from Home: nothing happens."""
    await grid.requested()
    me = enter(grid, team=FOREIGN_TEAM)
    waiting = catalogue.states.WORDS[CartState.SUBMITTED].title
    await grid.slack.until(lambda: [waiting in m.text for m in grid.slack.messages("domains")] == [True])
    before = _facts(grid)
    for act in Act:
        button = _button(act)
        block = {"type": "actions", "block_id": "b", "elements": [button]}
        await me.press(grid.slack.state.post(_message(block)), "b", button)
        await me.press(grid.slack.state.open(me.id, {"type": "home", "blocks": [dict(block)]}), "b", button)
    await bot.services.work.drain(10)
    assert [m for m in me.messages("domains") if STRANGER in m.plain_text()]
    assert _facts(grid) == before


@pytest.mark.parametrize("installed", ["workspace"], indirect=True)
@pytest.mark.parametrize("kind", ["500", "empty", "error"])
async def test_refuses_everyone_while_slack_is_silent(grid: Scenario, kind: Any):
    """If Slack does not describe the person, search, button and Home refuse and say what to do."""
    card = await grid.requested()
    me = enter(grid)
    grid.slack.faults.add("users.info", kind, times=100)
    await me.command("search name.ovh")
    await grid.sees(me, said("person_unreadable", to="search"))
    await grid.clicks_in_vain(me, card, "Approve", said("person_unreadable", to="decide"))
    await me.open_home()
    await grid.home_says(me, said("person_unreadable", to="look"))
    assert grid.checkouts() == 0


def _facts(scenario: Scenario) -> tuple[object, ...]:
    calls = [call for call in scenario.ovh.calls if call.method != "GET"]
    shown = [m.text for c in ("domains", "approvals") for m in scenario.slack.messages(c) if m.text != "planted"]
    return len(scenario.orders), len(calls), shown


def _button(act: Act) -> dict[str, Any]:
    return {"type": "button", "action_id": act.value, "value": "1 1", "text": {"type": "plain_text", "text": "Go"}}


def _message(block: dict[str, Any]) -> Message:
    return Message("1.000001", "C0DOMAINS", "planted", [block])


def _a_rejection(card: Message) -> dict[str, Any]:
    """The form that this card's *Reject* would open."""
    buttons = [element for block in card.blocks for element in block.get("elements", [])]
    [reject] = [button for button in buttons if button.get("action_id") == Act.REJECT.value]
    return {
        "type": "modal", "callback_id": Form.REJECT.value, "private_metadata": reject["value"],
        "title": {"type": "plain_text", "text": "Reject"}, "submit": {"type": "plain_text", "text": "Reject"},
        "blocks": [
            {
                "type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Why?"},
                "element": {"type": "plain_text_input", "action_id": "reason"},
            }
        ],
    }  # fmt: skip
