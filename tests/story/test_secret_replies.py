"""A bearer link appears only in a form or an ephemeral message, never in a message that stays."""

import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Bot
from handlers.messages import words as catalogue
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn, Secret
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.responder import MOST_USES, Reply
from sandbox.slack import Actor
from tests.refusing import said
from tests.story.conftest import Story

LINK = "orderPassword"
BEARER = (LINK, "passwd=")  # of an order's link, and of an invoice's
INSTEAD = "where only you would see it, so I didn't send it."


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def client(bot: Bot) -> AsyncWebClient:
    return bot.services.client


def lasting(story: Story) -> list[dict[str, Any]]:
    """What holds the link and stays: messages that are not ephemeral, edits of them, and Homes."""
    kept = []
    for kind, shown in story.slack.state.archive:
        is_message = kind in {"message", "edit"} and shown.get("only_for") is None
        if _holds_link(shown) and (is_message or shown.get("type") == "home"):
            kept.append(shown)
    return kept


def shown(story: Story) -> list[str]:
    """Where the link was shown at all."""
    return [kind for kind, payload in story.slack.state.archive if _holds_link(payload)]


def _holds_link(payload: dict[str, Any]) -> bool:
    return any(part in str(payload) for part in BEARER)


async def home_of_dan(story: Story) -> Any:
    await story.ordered()
    await story.dan.open_home()
    return await story.home_says(story.dan, catalogue.paying.KEEPS_OPEN)


async def told(story: Story, who: Actor, words: str) -> None:
    """Wait for the answer in the bot's own conversation."""
    await story.sees(who, words, channel=who.id)


async def test_home_shows_the_order_link_in_a_form(story: Story):
    """From Home the link opens in a form, which is gone when it is closed."""
    await story.dan.click(await home_of_dan(story), "Open order")
    await story.slack.until(lambda: story.dan.modal and LINK in str(story.dan.modal.view))
    story.dan.close_modal()
    assert story.dan.modal is None
    assert shown(story) == ["view"]
    assert lasting(story) == []


async def test_home_shows_a_refusal_in_the_form(story: Story):
    """An approver who is no payer reads why in the form, without a link."""
    await story.ordered()
    await story.cleo.open_home()
    home = await story.home_says(story.cleo, catalogue.home.NOTHING_WAITING)
    text = {"type": "plain_text", "text": "Open order"}
    await story.cleo.press(home, "b", {"type": "button", "action_id": Act.OPEN_ORDER, "value": "1", "text": text})
    await story.slack.until(lambda: story.cleo.modal and said("not_payer") in story.cleo.modal.plain_text())
    assert shown(story) == []


async def test_an_invoice_link_from_home_is_no_message(story: Story):
    """The sibling: an invoice's link is a bearer link, too."""
    card = await story.ordered()
    await story.dan.click(card, "Pay")
    delivered = await story.card("Open invoice")
    button = next(e for b in delivered.blocks for e in b.get("elements", []) if _label(e) == "Open invoice")
    await story.dan.open_home()
    home = await story.home_says(story.dan, catalogue.home.RECENTLY_BOUGHT)
    await story.dan.press(home, "b", button)
    await story.slack.until(lambda: story.dan.modal and "Open invoice" in story.dan.modal.plain_text())
    assert set(shown(story)) == {"view"}
    assert lasting(story) == []


async def test_a_form_closed_too_early_gets_no_message_with_the_link(story: Story):
    """Where the payer closes the form before OVH answers, a message says what to do, and holds no link."""
    home = await home_of_dan(story)
    story.ovh.faults.add("GET", "/me/order/*", "slow", times=5, seconds=1)
    await story.dan.click(home, "Open order")
    await story.slack.until(lambda: story.dan.modal)
    story.dan.close_modal()
    await told(story, story.dan, INSTEAD)
    assert shown(story) == []


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("expired_trigger_id", "form_too_late"),
        ("exchanged_trigger_id", "form_too_late"),
        ("internal_error", "form_not_opened"),
    ],
)
async def test_a_trigger_that_died_gets_no_message_with_the_link(story: Story, error: str, why: str):
    """Where Slack opens no form, the person reads that the link could not be shown, and to press again."""
    home = await home_of_dan(story)
    story.slack.faults.add("views.open", "error", error=error)
    await story.dan.click(home, "Open order")
    await told(story, story.dan, said("link_not_shown", reason={"error": why, "button": "Open order"}))
    assert shown(story) == []


async def test_a_form_that_slack_does_not_update_gets_no_link(story: Story):
    """A lost update of the form is no reason for a message with the link."""
    home = await home_of_dan(story)
    story.slack.faults.add("views.update", "500", times=2)
    await story.dan.click(home, "Open order")
    await told(story, story.dan, INSTEAD)
    assert shown(story) == []


async def test_a_channel_shows_the_link_to_the_payer_alone(story: Story):
    """In a channel the link is an ephemeral message, and the card that was clicked stays as it is."""
    card = await story.ordered()
    edits = card.edited
    await story.dan.click(card, "Open order")
    seen = await story.sees(story.dan, "Only you can see this.", channel="approvals")
    assert seen.only_for == story.dan.id
    assert card.edited == edits
    assert lasting(story) == []


@pytest.mark.parametrize("why", ["used", "expired"])
async def test_a_dead_response_url_falls_back_to_an_ephemeral_message(story: Story, client: AsyncWebClient, why: str):
    """A response_url that is used up or expired leaves the ephemeral message, in channels and in conversations."""
    secret, did = _secret(), _click(story, "U0DAN", "C0APPROVALS", why=why)
    await Reply(client, did).tell(secret, replace=True)
    assert [m.only_for for m in story.slack.state.messages["C0APPROVALS"] if LINK in m.text] == ["U0DAN"]
    assert lasting(story) == []


@pytest.mark.parametrize("why", ["used", "expired"])
@pytest.mark.parametrize("error", ["user_not_in_channel", "channel_not_found", "is_archived", "tomorrows_word", "500"])
async def test_no_way_but_a_lasting_message_says_so(story: Story, client: AsyncWebClient, why: str, error: str):
    """Where neither way is open, the direct message holds the stand-in: no link."""
    secret, did = _secret(), _click(story, "U0DAN", "C0APPROVALS", why=why)
    story.slack.faults.add("chat.postEphemeral", "500" if error == "500" else "error", error=error, times=2)
    await Reply(client, did).tell(secret)
    await told(story, story.dan, "no link here")
    assert shown(story) == []


async def test_a_person_outside_the_channel_gets_no_link(story: Story, client: AsyncWebClient):
    """The true refusal, not a made one: Ada is not in the approvers' channel."""
    secret, did = _secret(), _click(story, "U0ADA", "C0APPROVALS", why="expired")
    await Reply(client, did).tell(secret)
    await told(story, story.ada, "no link here")
    assert shown(story) == []


async def test_the_bots_own_conversation_keeps_no_link(story: Story, client: AsyncWebClient):
    """In a direct conversation the link is ephemeral, too, also when its response_url is dead."""
    story.slack.state.world.conversation("U0DAN")
    for why in ("", "expired"):
        did = _click(story, "U0DAN", "D0DAN", why=why)
        await Reply(client, did).tell(_secret(), replace=True)
    assert [m.only_for for m in story.slack.state.messages["D0DAN"] if LINK in m.text] == ["U0DAN", "U0DAN"]
    assert lasting(story) == []


async def test_a_secret_replaces_no_message_of_everybody(story: Story, client: AsyncWebClient):
    """`replace` would put the link into the card that the whole channel reads."""
    card = await story.ordered()
    did = _click(story, "U0DAN", "C0APPROVALS", original=card.ts)
    before = card.plain_text()
    await Reply(client, did).tell(_secret(), replace=True)
    assert card.plain_text() == before
    assert lasting(story) == []


async def test_what_a_form_typed_does_not_come_back_as_a_message(story: Story, client: AsyncWebClient):
    """Personal data of a form that was closed: the stand-in says that it is not repeated."""
    did = Interaction("U0ADA", "trigger", form="V0CLOSED")
    await Reply(client, did).show_form(note(Drawn.saying("a form")), otherwise=_secret())
    await told(story, story.ada, "no link here")
    assert shown(story) == []


def test_a_secret_is_no_message():
    """What posts messages takes a `Drawn`; the types keep the two apart, and mypy checks it."""
    assert not isinstance(_secret(), Drawn)
    assert not hasattr(_secret(), "blocks")
    assert not hasattr(_secret(), "text")


def _secret() -> Secret:
    return Secret(Drawn.saying(f"https://ovh.example/?{LINK}=x"), otherwise=Drawn.saying("no link here"))


def _click(story: Story, user: str, channel: str, *, why: str = "", original: str | None = None) -> Interaction:
    key = story.slack.state.response_url(user, channel, original=original)
    url = story.slack.state.urls[key]
    if why == "used":
        url.used = MOST_USES
    elif why == "expired":
        url.made_at = time.monotonic() - 1801
    return Interaction(
        user, "trigger", channel=channel, response_url=f"http://{story.slack.server.base}/response/{key}"
    )


def _label(element: dict[str, Any]) -> str:
    return str((element.get("text") or {}).get("text", "")) if element.get("type") == "button" else ""
