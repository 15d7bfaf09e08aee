"""Posts the head of the audit log to the approval channel, where no user of the database can change it."""

from __future__ import annotations

from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.poster import Poster
from handlers.toolkit.slack_errors import SlackAlerts
from handlers.toolkit.threads import Bridge
from ordering.process.head_witness import HeadWitness

_log = structlog.get_logger()


class WitnessPost:
    """One witness a day, in the log and, where there is one, in the approval channel."""

    def __init__(
        self, heads: HeadWitness, client: AsyncWebClient, bridge: Bridge, *, channel: str | None, alerts: SlackAlerts
    ) -> None:
        self._heads = heads
        self._poster = Poster(client, alerts)
        self._bridge = bridge
        self._channel = channel

    async def post(self) -> timedelta | None:
        """Post what is due; a failure is raised, and it comes again."""
        due = await self._bridge.call(self._heads.due)
        if due is None:
            return None
        if self._channel is not None:
            await self._poster.post(self._channel, RenderedMessage.from_text(words.witness.head(due.number, str(due))))
        _log.info("audit_head", head=str(due))
        await self._bridge.call(self._heads.kept, due)
        return None
