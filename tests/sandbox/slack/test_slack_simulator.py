"""The simulated Slack, met by Slack's own libraries, is no kinder than the true one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import NoSuchButton, NotAcknowledged, SlackSimulator
from sandbox.slack.block_kit import faults_of, faults_of_view
from sandbox.slack.coverage import METHOD_COVERAGE, MISSING
from sandbox.slack.web_api import METHODS

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "purpose",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "purpose"},
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = SlackSimulator()
    simulator.base = await simulator.start()  # type: ignore[attr-defined] # for the fixtures below alone
    yield simulator
    await simulator.stop()


@pytest.fixture
def client(slack) -> AsyncWebClient:
    return AsyncWebClient(slack.credentials.bot_token, base_url=slack.base)


@pytest.fixture
async def app(slack, client) -> AsyncIterator[AsyncApp]:
    made = AsyncApp(client=client, process_before_response=True, raise_error_for_unhandled_request=False)
    handler = AsyncSocketModeHandler(made, slack.credentials.app_token)
    await handler.connect_async()
    await slack.connected()
    yield made
    await handler.close_async()


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


def test_the_table_names_exactly_the_methods_that_are_answered():
    listed = {name for name, how in METHOD_COVERAGE.items() if how is not MISSING}
    assert listed == {*METHODS, "apps.connections.open"}


async def test_the_rest_is_unknown(client):
    assert await error_of(client.api_call("reactions.add")) == "unknown_method"


async def test_tokens_and_scopes_are_checked(slack, client):
    client.token = "xoxb-somebody-elses"
    assert await error_of(client.auth_test()) == "invalid_auth"
    client.token = slack.credentials.app_token
    assert await error_of(client.auth_test()) == "not_allowed_token_type"
    client.token = slack.credentials.bot_token
    assert await error_of(client.conversations_info(channel="C0DOMAINS")) == "missing_scope"


async def test_messages_are_posted_changed_and_hidden(slack, client):
    posted = await client.chat_postMessage(channel="C0DOMAINS", text="hello", blocks=[SECTION])
    await client.chat_update(channel="C0DOMAINS", ts=posted["ts"], text="bye")
    assert [m.text for m in slack.messages("domains")] == ["bye"]
    hidden = await client.chat_postEphemeral(channel="C0DOMAINS", user="U0ADA", text="only you")
    assert slack.person("ada").messages("domains")[-1].text == "only you"
    assert slack.person("ben").messages("domains")[-1].text == "bye"
    update = client.chat_update(channel="C0DOMAINS", ts=hidden["message_ts"], text="x")
    assert await error_of(update) == "message_not_found"


async def test_closed_doors_stay_closed(client):
    assert await error_of(client.chat_postMessage(channel="C0SECRET", text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    ephemeral = client.chat_postEphemeral(channel="C0APPROVALS", user="U0ADA", text="x")
    assert await error_of(ephemeral) == "user_not_in_channel"


@pytest.mark.parametrize(
    "blocks",
    [
        [SECTION] * 51,
        [SECTION | {"block_id": "a"}, SECTION | {"block_id": "a"}],
        [{"type": "actions", "elements": [BUTTON, BUTTON]}],
        [{"type": "context", "elements": [BUTTON]}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
        [{"type": "sectoin"}],
        [SECTION | {"colour": "red"}],
    ],
)
async def test_blocks_that_slack_would_not_take_are_refused(slack, client, blocks):
    assert faults_of(blocks) != []
    assert await error_of(client.chat_postMessage(channel="C0DOMAINS", text="x", blocks=blocks)) == "invalid_blocks"
    assert slack.state.faulty != []


def test_a_form_needs_a_submit_and_a_short_title():
    assert faults_of_view(MODAL) == []
    assert faults_of_view({name: value for name, value in MODAL.items() if name != "submit"}) != []
    assert faults_of_view(MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}) != []


async def test_a_command_is_delivered_and_answered(slack, app):
    @app.command("/domain")
    async def hear(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(text=f"{body['user_id']} said {body['text']}")

    ada = slack.person("ada")
    assert (await ada.command("hello"))["text"] == "U0ADA said hello"
    assert ada.messages("domains")[-1].ephemeral


async def test_a_click_is_delivered_again_with_its_trigger(slack, app, client):
    """A click comes once more later with the same trigger and elsewhere where it can."""
    came = []

    @app.action("go")
    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        came.append(body["trigger_id"])

    other = AsyncSocketModeHandler(app, slack.credentials.app_token)
    await other.connect_async()
    await slack.until(lambda: len(slack.server.sockets) == 2)
    await client.chat_postMessage(channel="C0DOMAINS", text="x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    slack.delivery.again_after = 60.0
    await slack.person("ada").click(slack.messages("domains")[-1], "Go")
    assert (len(came), slack.delivery.again) == (1, 0)
    assert await slack.delivery.all_again() == 1
    assert came == [came[0]] * 2
    assert (slack.delivery.again, slack.delivery.elsewhere) == (1, 1)
    (pressed,) = slack.delivery.pressed
    assert (pressed.user, pressed.action, pressed.value) == ("U0ADA", "go", "1")
    await other.close_async()


async def test_silence_is_not_an_acknowledgement(slack, app, monkeypatch):
    monkeypatch.setattr("sandbox.slack.delivery.DEADLINE", 0.2)
    with pytest.raises(NotAcknowledged):
        await slack.person("ada").command("hello", command="/unknown")


async def test_a_form_is_opened_refused_and_sent(slack, app, client):
    seen = []

    @app.action("go")
    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("form")
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        value = body["view"]["state"]["values"]["purpose"]["purpose"]["value"]
        seen.append(value)
        await ack(response_action="errors", errors={"purpose": "More."}) if value == "x" else await ack()

    await client.chat_postMessage(channel="C0DOMAINS", text="x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    ada = slack.person("ada")
    await ada.click(slack.messages("domains")[0], "Go")
    await slack.until(lambda: ada.modal)
    assert await ada.submit(purpose="x") == {"purpose": "More."}
    assert await ada.submit(purpose="because") == {}
    assert (ada.modal, seen) == (None, ["x", "because"])
    with pytest.raises(NoSuchButton):
        await ada.click(slack.messages("domains")[0], "Stop")


async def test_a_trigger_works_once_and_dies_soon(slack, client, monkeypatch):
    trigger = slack.state.trigger("U0ADA")
    await client.views_open(trigger_id=trigger, view=MODAL)
    assert await error_of(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    monkeypatch.setattr("sandbox.slack.state.TRIGGER_LIFE", -1.0)
    old = client.views_open(trigger_id=slack.state.trigger("U0ADA"), view=MODAL)
    assert await error_of(old) == "expired_trigger_id"


async def test_a_response_url_takes_five_answers(slack):
    url = f"http://{slack.server.base}/response/{slack.state.response_url('U0ADA', 'C0DOMAINS')}"
    async with aiohttp.ClientSession() as session:
        statuses = []
        for number in range(6):
            async with session.post(url, json={"text": str(number), "replace_original": True}) as answer:
                statuses.append(answer.status)
    assert statuses == [200] * 5 + [404]
    assert [m.text for m in slack.person("ada").messages("domains")] == ["4"]


async def test_faults_reach_the_client(slack, client):
    slack.faults.add("chat.postMessage", "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel="C0DOMAINS", text="x")
    assert error.value.response.headers["Retry-After"] == "7"
    client.retry_handlers.clear()  # by default it would post again, which shows why the bot must not rely on that
    slack.faults.add("chat.postMessage", "lost_after")
    with pytest.raises((aiohttp.ClientError, asyncio.TimeoutError)):
        await client.chat_postMessage(channel="C0DOMAINS", text="done, but the answer is lost")
    assert len(slack.messages("domains")) == 1


async def test_http_requests_carry_a_signature_that_bolt_believes(slack, client):
    app = AsyncApp(client=client, signing_secret=slack.credentials.signing_secret, process_before_response=True)

    @app.command("/domain")
    async def hear(ack: AsyncAck) -> None:
        await ack(text="heard")

    body = "command=%2Fdomain&text=x&user_id=U0ADA&team_id=T0SANDBOX"
    good: dict[str, str | Sequence[str]] = {**slack.delivery.signed(body)}
    assert (await app.async_dispatch(AsyncBoltRequest(body=body, headers=good))).status == 200
    old: dict[str, str | Sequence[str]] = {**slack.delivery.signed(body, at=1_000_000_000)}
    assert (await app.async_dispatch(AsyncBoltRequest(body=body, headers=old))).status == 401
    assert (await app.async_dispatch(AsyncBoltRequest(body=body + "&x=1", headers=good))).status == 401
