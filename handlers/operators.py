"""Tell the operators by direct message, each thing once, whatever process notices it."""

from __future__ import annotations

from typing import Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.poster import Poster
from handlers.toolkit.slack_errors import FAILURES, SlackAlerts, read
from handlers.toolkit.threads import Bridge
from handlers.toolkit.user_groups import people_in

_log = structlog.get_logger()


class Notices(Protocol):
    """The notices on record."""

    def begin(self, key: str) -> bool: ...

    def reached(self, key: str) -> None: ...

    def over(self, key: str) -> None: ...


class OperatorMessages:
    """Sends to all `operators`, people and user groups. While the database is away this process remembers alone."""

    def __init__(
        self, client: AsyncWebClient, notices: Notices, bridge: Bridge, operators: frozenset[str], alerts: SlackAlerts
    ) -> None:
        self._client = client
        self._poster = Poster(client, alerts)
        self._notices = notices
        self._bridge = bridge
        self._operators = operators
        self._alerts = alerts
        self._notified: set[str] = set()  # by this process

    async def tell(self, key: str, text: str) -> bool:
        """Tell the operators unless they know of `key` already; return whether an operator was reached by now.

        False if another process is about to do it, or if Slack accepted no message: try again later.
        """
        if key in self._notified:
            return True
        if not await self._is_ours(key):
            return False
        people, _ = await people_in(self._client, self._alerts, self._operators)
        reached = [person for person in people if await self._reaches(person, text)]
        if not reached:
            _log.error("no_operator_told", about=key)
            return False
        self._notified.add(key)
        await self._record("reached", key)
        return True

    async def over(self, key: str) -> None:
        """Forget what is over: when it comes back, the operators hear of it again."""
        self._notified.discard(key)
        await self._record("over", key)

    async def _is_ours(self, key: str) -> bool:
        try:
            return await self._bridge.call(self._notices.begin, key)
        except Exception as error:  # noqa: BLE001 - the database is away, which may be what they have to hear
            _log.warning("notice_not_on_record", about=key, error=type(error).__name__)
            return True

    async def _record(self, what: str, key: str) -> None:
        try:
            await self._bridge.call(getattr(self._notices, what), key)
        except Exception as error:  # noqa: BLE001 - at worst they hear of it twice
            _log.warning("notice_not_on_record", about=key, error=type(error).__name__)

    async def _reaches(self, person: str, text: str) -> bool:
        try:
            await self._poster.post(person, RenderedMessage.from_text(text))
        except FAILURES as error:
            _log.warning("operator_not_told", user=person, error=read(error).word)
            return False
        return True
