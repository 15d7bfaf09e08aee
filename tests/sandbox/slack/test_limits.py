"""The simulated Slack refuses what the true one refuses: whole-message limits, closed places, foreign messages."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.toolkit.slack_errors import FAILURES, KINDS, read
from sandbox.slack import SlackSimulator
from sandbox.slack.faults import ALWAYS

TITLE = {"type": "plain_text", "text": "Form"}


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def modal(**more: object) -> dict[str, object]:
    return {"type": "modal", "title": TITLE, "blocks": [section("hello")], **more}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = SlackSimulator()
    simulator.base = await simulator.start()  # type: ignore[attr-defined] # for the client below alone
    yield simulator
    await simulator.stop()


@pytest.fixture
def client(slack) -> AsyncWebClient:
    return AsyncWebClient(slack.credentials.bot_token, base_url=slack.base, timeout=5, retry_handlers=[])


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


@pytest.mark.parametrize(
    ("blocks", "fits"),
    [
        ([section("x" * 2900)] * 4, True),
        ([section("x" * 2900)] * 5, False),
        ([section("名" * 2900)], True),
        ([section("名" * 2900)] * 2, False),
        ([section("😀" * 1600)] * 2, True),
        ([section("😀" * 1700)] * 2, False),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}] * 50, True),
        ([{"type": "header", "text": {"type": "plain_text", "text": "é" * 150}}] * 50, False),
    ],
)
async def test_all_blocks_of_a_message_have_one_limit(client, blocks, fits):
    """A post and an update are refused above about 13,200 bytes of text."""
    posting = client.chat_postMessage(channel="C0DOMAINS", text="x", blocks=blocks)
    if fits:
        assert (await posting)["ok"]
    else:
        assert await error_of(posting) == "msg_blocks_too_long"
        ts = (await client.chat_postMessage(channel="C0DOMAINS", text="x"))["ts"]
        update = client.chat_update(channel="C0DOMAINS", ts=ts, text="x", blocks=blocks)
        assert await error_of(update) == "msg_blocks_too_long"


async def test_a_response_url_knows_no_such_limit(slack):
    """Slack takes by response_url what it refuses elsewhere."""
    key = slack.state.response_url("U0ADA", "C0DOMAINS")
    body = {"text": "x", "blocks": [section("x" * 2900)] * 6}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"http://{slack.server.base}/response/{key}", json=body)
        assert answer.status == 200


@pytest.mark.parametrize(("text", "fits"), [("x" * 4000, True), ("x" * 4001, False), ("名" * 1334, False)])
async def test_the_text_of_an_update_is_measured_in_bytes(client, text, fits):
    """Above 4,000 bytes of UTF-8 an update and an ephemeral message are refused, while a post is taken."""
    ts = (await client.chat_postMessage(channel="C0DOMAINS", text=text))["ts"]
    for call in (
        client.chat_update(channel="C0DOMAINS", ts=ts, text=text),
        client.chat_postEphemeral(channel="C0DOMAINS", user="U0ADA", text=text),
    ):
        if fits:
            assert (await call)["ok"]
        else:
            assert await error_of(call) == "msg_too_long"


async def test_a_long_post_is_cut_with_a_warning(slack, client):
    """chat.postMessage cuts a text of more than 40,000 characters."""
    answer = await client.chat_postMessage(channel="C0DOMAINS", text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(slack.messages("domains")[-1].text) == 40_000


async def test_a_view_of_more_than_250_kb_is_refused(slack, client):
    """The JSON of a view is measured, so a foreign script takes several bytes a character."""
    view = modal(blocks=[section("名" * 3000)] * 14)
    assert await error_of(client.views_open(trigger_id=slack.state.trigger("U0ADA"), view=view)) == "view_too_large"
    assert await error_of(client.views_publish(user_id="U0ADA", view=view | {"type": "home"})) == "view_too_large"


async def test_messages_of_an_archived_channel_stay_as_they_are(slack, client):
    """Neither update nor delete works where the channel was archived."""
    ts = (await client.chat_postMessage(channel="C0DOMAINS", text="x"))["ts"]
    slack.state.world.channel("domains").archived = True
    assert await error_of(client.chat_update(channel="C0DOMAINS", ts=ts, text="y")) == "is_inactive"
    assert await error_of(client.chat_delete(channel="C0DOMAINS", ts=ts)) == "is_inactive"


async def test_a_message_of_another_person_stays_as_it_is(slack, client):
    """The app changes its own messages alone."""
    ts = (await slack.person("ada").say("mine", channel="domains")).ts
    assert await error_of(client.chat_update(channel="C0DOMAINS", ts=ts, text="y")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel="C0DOMAINS", ts=ts)) == "cant_delete_message"


@pytest.mark.parametrize("word", ["posting_to_channel_denied", "restricted_action_read_only_channel"])
async def test_a_channel_may_refuse_posts(slack, client, word):
    """A read-only channel takes no post, and what stands there can still be changed."""
    ts = (await client.chat_postMessage(channel="C0DOMAINS", text="x"))["ts"]
    slack.state.world.channel("domains").refuses_posts = word
    assert await error_of(client.chat_postMessage(channel="C0DOMAINS", text="x")) == word
    assert (await client.chat_update(channel="C0DOMAINS", ts=ts, text="y"))["ok"]


async def test_a_pushed_view_names_the_bottom_one(slack, client):
    """root_view_id is the first view of the stack, previous_view_id the one below."""
    ids = []
    for call in (client.views_open, client.views_push, client.views_push):
        shown = (await call(trigger_id=slack.state.trigger("U0ADA"), view=modal()))["view"]
        ids.append((shown["id"], shown["previous_view_id"], shown["root_view_id"]))
    (first, *_), (second, *_), _ = ids
    assert [(below, root) for _, below, root in ids] == [(None, first), (first, first), (second, first)]


async def test_a_view_is_updated_by_the_apps_own_id(slack, client):
    """views.update knows external_id, and one id is that of one view."""
    await client.views_open(trigger_id=slack.state.trigger("U0ADA"), view=modal(external_id="mine"))
    shown = await client.views_update(external_id="mine", view=modal(external_id="mine", blocks=[section("new")]))
    assert shown["view"]["blocks"][0]["text"]["text"] == "new"
    assert await error_of(client.views_update(external_id="other", view=modal())) == "not_found"
    again = client.views_open(trigger_id=slack.state.trigger("U0BEN"), view=modal(external_id="mine"))
    assert await error_of(again) == "duplicate_external_id"


async def test_people_are_listed_in_pages(slack, client):
    """users.list keeps to the limit and goes on at the cursor."""
    found, cursor = [], ""
    while True:
        answer = await client.users_list(limit=3, cursor=cursor)
        assert len(answer["members"]) <= 3
        found += [member["id"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == list(slack.state.world.users)
    assert await error_of(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_other_ways_to_post_are_taken(slack, client):
    """Attachments alone, markdown_text and a channel by its name are fine with Slack."""
    await client.chat_postMessage(channel="#domains", attachments=[{"text": "a", "fallback": "a"}])
    await client.chat_postMessage(channel="C0DOMAINS", markdown_text="**b**")
    assert len(slack.messages("domains")) == 2
    both = client.chat_postMessage(channel="C0DOMAINS", markdown_text="**b**", text="b")
    assert await error_of(both) == "markdown_text_conflict"
    many = client.chat_postMessage(channel="C0DOMAINS", attachments=[{"text": "a", "fallback": "a"}] * 101)
    assert await error_of(many) == "too_many_attachments"
    assert await error_of(client.chat_postMessage(channel="#secret", text="x")) == "channel_not_found"


async def test_no_token_is_not_a_wrong_token(client):
    """Slack tells a missing token from a wrong one."""
    client.token = None
    assert await error_of(client.auth_test()) == "not_authed"


async def test_each_refusal_can_be_injected_for_one_place(slack, client):
    """A fault of one channel leaves the others alone, whatever the word."""
    for word in sorted(set().union(*KINDS.values())):
        slack.faults.add("chat.postMessage", "error", error=word, channel="C0DOMAINS", times=ALWAYS)
        assert (await client.chat_postMessage(channel="C0GENERAL", text="x"))["ok"]
        assert await error_of(client.chat_postMessage(channel="C0DOMAINS", text="x")) == word
        slack.faults.clear()
    assert (await client.chat_postMessage(channel="C0DOMAINS", text="x"))["ok"]


@pytest.mark.parametrize("kind", ["html_503", "text_503", "broken_json", "empty_429", "dropped", "500"])
async def test_gateways_answers_can_be_injected(slack, client, kind):
    """What is no JSON of Slack's reaches slack_sdk as it would from a proxy, and nothing is posted."""
    slack.faults.add("chat.postMessage", kind, retry_after=3)
    with pytest.raises(FAILURES) as caught:
        await client.chat_postMessage(channel="C0DOMAINS", text="x")
    assert slack.messages("domains") == []
    assert read(caught.value).retry_after == (3.0 if kind == "empty_429" else None)


async def test_a_hanging_answer_can_be_injected_for_one_place(slack, client):
    """Only calls for that channel hang."""
    slack.faults.add("chat.postMessage", "hang", seconds=1, channel="C0DOMAINS")
    hanging = asyncio.create_task(client.chat_postMessage(channel="C0DOMAINS", text="x"))
    async with asyncio.timeout(0.8):
        await client.chat_postMessage(channel="C0GENERAL", text="x")
    assert not hanging.done()
    with pytest.raises(SlackApiError):
        await hanging
