"""The Web API client repeats what may be repeated, and nothing else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import read_settings
from bot.slack_client import slack_client
from sandbox.slack import SlackSimulator


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = SlackSimulator()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def client(slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> AsyncWebClient:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_API_URL", await slack.start())
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.credentials.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.credentials.app_token)
    monkeypatch.setenv("DESK_APPROVERS", "U0CLEO")
    for name in ("APPLICATION_KEY", "APPLICATION_SECRET", "CONSUMER_KEY"):
        monkeypatch.setenv(f"OVH_{name}", "fake")
    return slack_client(read_settings())


async def test_a_post_whose_answer_was_lost_is_not_sent_again(slack: SlackSimulator, client: AsyncWebClient):
    slack.faults.add("chat.postMessage", "lost_after")
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel="C0DOMAINS", text="Once")
    assert len(slack.messages("domains")) == 1


async def test_a_question_whose_answer_was_lost_is_asked_again(slack: SlackSimulator, client: AsyncWebClient):
    slack.faults.add("users.info", "lost_after")
    assert (await client.users_info(user="U0ADA"))["ok"]


async def test_slack_saying_wait_is_heeded_for_posts_too(slack: SlackSimulator, client: AsyncWebClient):
    slack.faults.add("chat.postMessage", "ratelimited", retry_after=1)
    await client.chat_postMessage(channel="C0DOMAINS", text="Once")
    assert len(slack.messages("domains")) == 1
