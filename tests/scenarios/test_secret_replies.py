"""A bearer link appears only in a form or an ephemeral message, never in a message that stays."""

import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from handlers.messages import words as catalogue
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.responder import MOST_USES, Reply
from sandbox.slack import Actor
from tests.refusing import said
from tests.saying import HOLE
from tests.scenarios.conftest import Scenario

LINK = "orderPassword"
BEARER = (LINK, "passwd=")  # of an order's link, and of an invoice's
INSTEAD = catalogue.paying.link_not_shown(HOLE, button=HOLE).split(HOLE)[1]  # between the link and the button


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def client(bot: Bot) -> AsyncWebClient:
    return bot.services.client


def lasting(scenario: Scenario) -> list[dict[str, Any]]:
    """What holds the link and stays: messages that are not ephemeral, edits of them, and Homes."""
    kept = []
    for kind, shown in scenario.slack.state.archive:
        is_message = kind in {"message", "edit"} and shown.get("only_for") is None
        if _holds_link(shown) and (is_message or shown.get("type") == "home"):
            kept.append(shown)
    return kept


def shown(scenario: Scenario) -> list[str]:
    """Where the link was shown at all."""
    return [kind for kind, payload in scenario.slack.state.archive if _holds_link(payload)]


def _holds_link(payload: dict[str, Any]) -> bool:
    return any(part in str(payload) for part in BEARER)


async def home_of_dan(scenario: Scenario) -> Any:
    await scenario.ordered()
    await scenario.dan.open_home()
    return await scenario.home_says(scenario.dan, catalogue.paying.KEEPS_OPEN)


async def told(scenario: Scenario, who: Actor, words: str) -> None:
    """Wait for the answer in the bot's own conversation."""
    await scenario.sees(who, words, channel=who.id)


async def test_home_shows_the_order_link_in_a_form(scenario: Scenario):
    """From Home the link opens in a form, which is gone when it is closed."""
    await scenario.dan.click(await home_of_dan(scenario), "Open order")
    await scenario.slack.until(lambda: scenario.dan.modal and LINK in str(scenario.dan.modal.view))
    scenario.dan.close_modal()
    assert scenario.dan.modal is None
    assert shown(scenario) == ["view"]
    assert lasting(scenario) == []


async def test_home_shows_a_refusal_in_the_form(scenario: Scenario):
    """An approver who is no payer reads why in the form, without a link."""
    await scenario.ordered()
    await scenario.cleo.open_home()
    home = await scenario.home_says(scenario.cleo, catalogue.home.NOTHING_WAITING)
    text = {"type": "plain_text", "text": "Open order"}
    await scenario.cleo.press(home, "b", {"type": "button", "action_id": Act.OPEN_ORDER, "value": "1", "text": text})
    await scenario.slack.until(lambda: scenario.cleo.modal and said("not_payer") in scenario.cleo.modal.plain_text())
    assert shown(scenario) == []


async def test_an_invoice_link_from_home_is_no_message(scenario: Scenario):
    """The sibling: an invoice's link is a bearer link, too."""
    card = await scenario.ordered()
    await scenario.dan.click(card, "Pay")
    delivered = await scenario.card("Open invoice")
    button = next(e for b in delivered.blocks for e in b.get("elements", []) if _label(e) == "Open invoice")
    await scenario.dan.open_home()
    home = await scenario.home_says(scenario.dan, catalogue.home.RECENTLY_BOUGHT)
    await scenario.dan.press(home, "b", button)
    await scenario.slack.until(lambda: scenario.dan.modal and "Open invoice" in scenario.dan.modal.plain_text())
    assert set(shown(scenario)) == {"view"}
    assert lasting(scenario) == []


async def test_a_form_closed_too_early_gets_no_message_with_the_link(scenario: Scenario):
    """Where the payer closes the form before OVH answers, a message says what to do, and holds no link."""
    home = await home_of_dan(scenario)
    scenario.ovh.faults.add("GET", "/me/order/*", "slow", times=5, seconds=1)
    await scenario.dan.click(home, "Open order")
    await scenario.slack.until(lambda: scenario.dan.modal)
    scenario.dan.close_modal()
    await told(scenario, scenario.dan, INSTEAD)
    assert shown(scenario) == []


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("expired_trigger_id", "form_too_late"),
        ("exchanged_trigger_id", "form_too_late"),
        ("internal_error", "form_not_opened"),
    ],
)
async def test_a_trigger_that_died_gets_no_message_with_the_link(scenario: Scenario, error: str, why: str):
    """Where Slack opens no form, the person reads that the link could not be shown, and to press again."""
    home = await home_of_dan(scenario)
    scenario.slack.faults.add("views.open", "error", error=error)
    await scenario.dan.click(home, "Open order")
    await told(scenario, scenario.dan, said("link_not_shown", reason={"error": why, "button": "Open order"}))
    assert shown(scenario) == []


async def test_a_form_that_slack_does_not_update_gets_no_link(scenario: Scenario):
    """A lost update of the form is no reason for a message with the link."""
    home = await home_of_dan(scenario)
    scenario.slack.faults.add("views.update", "500", times=2)
    await scenario.dan.click(home, "Open order")
    await told(scenario, scenario.dan, INSTEAD)
    assert shown(scenario) == []


async def test_a_channel_shows_the_link_to_the_payer_alone(scenario: Scenario):
    """In a channel the link is an ephemeral message, and the card that was clicked stays as it is."""
    card = await scenario.ordered()
    edits = card.edited
    await scenario.dan.click(card, "Open order")
    seen = await scenario.sees(scenario.dan, catalogue.paying.ORDER_CAUTION, channel="approvals")
    assert seen.only_for == scenario.dan.id
    assert card.edited == edits
    assert lasting(scenario) == []


@pytest.mark.parametrize("why", ["used", "expired"])
async def test_a_dead_response_url_falls_back_to_an_ephemeral_message(
    scenario: Scenario, client: AsyncWebClient, why: str
):
    """A response_url that is used up or expired leaves the ephemeral message, in channels and in conversations."""
    secret, did = _secret(), _click(scenario, "U0DAN", "C0APPROVALS", why=why)
    await Reply(client, did).send(secret, replace=True)
    assert [m.only_for for m in scenario.slack.state.messages["C0APPROVALS"] if LINK in m.text] == ["U0DAN"]
    assert lasting(scenario) == []


@pytest.mark.parametrize("why", ["used", "expired"])
@pytest.mark.parametrize("error", ["user_not_in_channel", "channel_not_found", "is_archived", "tomorrows_word", "500"])
async def test_no_way_but_a_lasting_message_says_so(scenario: Scenario, client: AsyncWebClient, why: str, error: str):
    """Where neither way is open, the direct message holds the stand-in: no link."""
    secret, did = _secret(), _click(scenario, "U0DAN", "C0APPROVALS", why=why)
    scenario.slack.faults.add("chat.postEphemeral", "500" if error == "500" else "error", error=error, times=2)
    await Reply(client, did).send(secret)
    await told(scenario, scenario.dan, "no link here")
    assert shown(scenario) == []


async def test_a_person_outside_the_channel_gets_no_link(scenario: Scenario, client: AsyncWebClient):
    """The true refusal, not a made one: Ada is not in the approvers' channel."""
    secret, did = _secret(), _click(scenario, "U0ADA", "C0APPROVALS", why="expired")
    await Reply(client, did).send(secret)
    await told(scenario, scenario.ada, "no link here")
    assert shown(scenario) == []


async def test_the_bots_own_conversation_keeps_no_link(scenario: Scenario, client: AsyncWebClient):
    """In a direct conversation the link is ephemeral, too, also when its response_url is dead."""
    scenario.slack.state.world.conversation("U0DAN")
    for why in ("", "expired"):
        did = _click(scenario, "U0DAN", "D0DAN", why=why)
        await Reply(client, did).send(_secret(), replace=True)
    assert [m.only_for for m in scenario.slack.state.messages["D0DAN"] if LINK in m.text] == ["U0DAN", "U0DAN"]
    assert lasting(scenario) == []


async def test_a_secret_replaces_no_message_of_everybody(scenario: Scenario, client: AsyncWebClient):
    """`replace` would put the link into the card that the whole channel reads."""
    card = await scenario.ordered()
    did = _click(scenario, "U0DAN", "C0APPROVALS", original=card.ts)
    before = card.plain_text()
    await Reply(client, did).send(_secret(), replace=True)
    assert card.plain_text() == before
    assert lasting(scenario) == []


async def test_what_a_form_typed_does_not_come_back_as_a_message(scenario: Scenario, client: AsyncWebClient):
    """Personal data of a form that was closed: the stand-in says that it is not repeated."""
    did = Interaction("U0ADA", "trigger", form="V0CLOSED")
    await Reply(client, did).show_form(note(RenderedMessage.from_text("a form")), otherwise=_secret())
    await told(scenario, scenario.ada, "no link here")
    assert shown(scenario) == []


def test_a_secret_is_no_message():
    """What posts messages takes a `RenderedMessage`; the types keep the two apart, and mypy checks it."""
    assert not isinstance(_secret(), RenderedMessage)
    assert not hasattr(_secret(), "blocks")
    assert not hasattr(_secret(), "text")


def _secret() -> Secret:
    return Secret(
        RenderedMessage.from_text(f"https://ovh.example/?{LINK}=x"), otherwise=RenderedMessage.from_text("no link here")
    )


def _click(scenario: Scenario, user: str, channel: str, *, why: str = "", original: str | None = None) -> Interaction:
    key = scenario.slack.state.response_url(user, channel, original=original)
    url = scenario.slack.state.urls[key]
    if why == "used":
        url.used = MOST_USES
    elif why == "expired":
        url.made_at = time.monotonic() - 1801
    return Interaction(
        user, "trigger", channel=channel, response_url=f"http://{scenario.slack.server.base}/response/{key}"
    )


def _label(element: dict[str, Any]) -> str:
    return str((element.get("text") or {}).get("text", "")) if element.get("type") == "button" else ""
