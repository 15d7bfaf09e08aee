"""Answers to the person who asked, by the best way that is open."""

from __future__ import annotations

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.parsing import Interaction
from handlers.views.drawn import Drawn

MOST_USES = 5  # Slack takes at most five answers by one response_url
_FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
_log = structlog.get_logger()


class Reply:
    """Tells one person something: by response_url, else in their channel for them alone, else directly."""

    def __init__(self, client: AsyncWebClient, interaction: Interaction) -> None:
        self._client = client
        self._to = interaction
        self._used = 0

    @property
    def uses_left(self) -> int:
        return MOST_USES - self._used if self._to.response_url else 0

    async def tell(self, drawn: Drawn, *, replace: bool = False) -> None:
        """Show something to this person alone; with `replace`, in place of what they clicked or were told last."""
        if self.uses_left and await self._by_response_url(drawn, replace=replace):
            return
        if self._to.channel and await self._in_channel(drawn, self._to.channel):
            return
        await self._directly(drawn)

    async def _by_response_url(self, drawn: Drawn, *, replace: bool) -> bool:
        self._used += 1
        webhook = AsyncWebhookClient(self._to.response_url or "", timeout=10)
        try:
            answer = await webhook.send(
                text=drawn.text,
                blocks=drawn.blocks,
                response_type="ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except _FAILURES as error:
            _log.warning("response_url_unreachable", error=type(error).__name__)
            return False
        if answer.status_code != 200:  # noqa: PLR2004 - the status of success
            _log.warning("response_url_refused", status=answer.status_code)
        return answer.status_code == 200  # noqa: PLR2004 - the status of success

    async def _in_channel(self, drawn: Drawn, channel: str) -> bool:
        try:
            await self._client.chat_postEphemeral(
                channel=channel, user=self._to.user, text=drawn.text, blocks=drawn.blocks
            )
        except _FAILURES as error:
            _log.info("ephemeral_refused", error=type(error).__name__)
            return False
        return True

    async def _directly(self, drawn: Drawn) -> None:
        try:
            await self._client.chat_postMessage(
                channel=self._to.user, text=drawn.text, blocks=drawn.blocks, unfurl_links=False, unfurl_media=False
            )
        except _FAILURES as error:
            _log.warning("answer_lost", user=self._to.user, error=type(error).__name__)
