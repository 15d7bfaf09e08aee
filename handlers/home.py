"""App Home: kept current for those who looked at it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from handlers.announce import approval_card
from handlers.desk import Desk
from handlers.refusals import sentence
from handlers.slack_errors import FAILURES, word
from handlers.views.home import CARD, closed_home, home
from ordering.errors import NotAllowed

_VIEWERS = 50  # the last who looked; Slack lets an app publish about a hundred Homes a minute
_log = structlog.get_logger()


class Homes:
    """Publishes Homes, each only where it changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._published: OrderedDict[str, str] = OrderedDict()

    async def opened(self, user: str) -> None:
        await self._desk.work.turn()
        self._published[user] = ""
        self._published.move_to_end(user)
        if len(self._published) > _VIEWERS:
            self._published.popitem(last=False)
        await self._publish(user)

    async def refresh(self) -> None:
        """Bring the Homes of the last viewers to the newest state."""
        for user in list(self._published):
            await self._publish(user)

    async def _publish(self, user: str) -> None:
        try:
            with self._desk.command_names.in_use():
                view = await self._view(user)
            drawn = str(view.to_dict())
            if self._published.get(user) != drawn:
                await self._desk.client.views_publish(user_id=user, view=view)
                self._published[user] = drawn
        except FAILURES as error:
            _log.warning("home_not_published", user=user, error=word(error))

    async def _view(self, user: str) -> View:
        """Draw one person's Home; where they may not look, it says why."""
        desk = self._desk
        person = await desk.members.who(user)
        try:
            desk.workflow.policy.may_look(person)
        except NotAllowed as refusal:
            return closed_home(sentence(refusal))
        overview = await desk.bridge.call(desk.workflow.overview, person)
        waiting = [*overview.to_approve, *overview.to_pay, *overview.needs_attention]
        return home(overview, (approval_card(cart, desk.workflow.policy, CARD).blocks for cart in waiting))


def register(app: AsyncApp, desk: Desk) -> Homes:
    homes = Homes(desk)

    @app.event("app_home_opened")
    async def opened(event: Mapping[str, Any]) -> None:
        if event.get("tab") == "home":
            desk.work.start(homes.opened(event["user"]))

    return homes
