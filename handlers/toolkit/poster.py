"""Post and update messages; only this module decides how to go on if Slack refuses their content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.slack_errors import FAILURES, Kind, SlackAlerts, read

# Error codes with which Slack refuses a reply in a thread: the reply then goes to the channel.
_NO_THREAD = {
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "cannot_reply_to_message",
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Posted:
    """The place of a message. For a user's id Slack returns the conversation, and updates need that id."""

    channel: str
    ts: str


def is_person(channel: str) -> bool:
    """Return whether a channel is given as a user's id, which stands for their direct conversation with the bot."""
    return channel.startswith(("U", "W"))


def is_direct(channel: str) -> bool:
    """Return whether a channel is a user's direct conversation with the bot."""
    return is_person(channel) or channel.startswith("D")


class Poster:
    """Sends messages. Raises `FAILURES` if a message could not be sent, and reports what the operator must fix."""

    def __init__(self, client: AsyncWebClient, alerts: SlackAlerts) -> None:
        self._client = client
        self._alerts = alerts

    async def post(self, channel: str, rendered: RenderedMessage, *, thread_ts: str | None = None) -> Posted:
        """Post a message; as plain text if Slack refuses its content, outside the thread if Slack refuses that."""
        try:
            return await self._sent("chat_postMessage", channel, rendered, thread_ts=thread_ts)
        except FAILURES as error:
            if thread_ts is None or read(error).word not in _NO_THREAD:
                raise
        return await self._sent("chat_postMessage", channel, rendered)

    async def update(self, at: Posted, rendered: RenderedMessage) -> Posted:
        """Update a message, or replace it by plain text if Slack refuses its content."""
        await self._sent("chat_update", at.channel, rendered, ts=at.ts)
        return at

    async def delete(self, at: Posted) -> None:
        """Delete a message of the bot. Raises `FAILURES`."""
        await self._client.chat_delete(channel=at.channel, ts=at.ts)

    async def whisper(self, channel: str, user: str, text: str) -> None:
        """Show a text to one member of a channel, until they reload Slack. Raises `FAILURES`."""
        await self._client.chat_postEphemeral(channel=channel, user=user, text=text)

    async def _sent(self, method: str, channel: str, rendered: RenderedMessage, **more: Any) -> Posted:  # noqa: ANN401 - Slack's arguments
        about = words.slack.DIRECT_MESSAGES if is_direct(channel) else words.slack.CHANNEL_MESSAGES
        try:
            answer = await self._once(method, channel, rendered.text, rendered.blocks, more)
        except FAILURES as error:
            refusal = self._alerts.report_failure(error, about=about)
            if refusal.kind is not Kind.CONTENT:
                raise
            _log.error("content_refused", method=method, error=refusal.word, details=refusal.details)
            # Without any blocks, so that the text arrives whichever block Slack refuses.
            answer = await self._once(method, channel, rendered.text, [], more)
        self._alerts.clear(about)
        return Posted(str(answer.get("channel") or channel), str(answer.get("ts") or more.get("ts") or ""))

    async def _once(self, method: str, channel: str, text: str, blocks: Any, more: dict[str, Any]) -> Any:  # noqa: ANN401 - Slack's answer
        if method == "chat_update":
            return await self._client.chat_update(channel=channel, text=text, blocks=blocks, **more)
        given: list[Block] | None = blocks or None
        more = {name: value for name, value in more.items() if value is not None}
        return await self._client.chat_postMessage(
            channel=channel, text=text, blocks=given, unfurl_links=False, unfurl_media=False, **more
        )
