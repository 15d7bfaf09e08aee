"""Slack: what people type and click comes in here, what they see goes out from here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers import (
    approval,
    cart,
    command,
    contacts,
    details,
    home,
    offers,
    owners,
    payment,
    questions,
    recovery_mode,
    years,
)
from handlers import recovery as attention
from handlers.home import Homes
from handlers.search import buttons as search_clicks
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.command_name import code
from handlers.toolkit.context import Desk
from handlers.toolkit.deduplication import Once
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import outdated
from handlers.toolkit.responder import Reply
from handlers.toolkit.slack_errors import SlackAlerts


def register(app: AsyncApp, desk: Desk, inbox: Inbox, *, alerts: SlackAlerts | None = None) -> Homes:
    """Give an app all its listeners, and return the Homes that are to be refreshed when something changes.

    `inbox` takes the clicks that decide; `alerts` is what the operator must know about Slack.
    """
    app.middleware(Once(apart_from=inbox.kinds))
    command.register(app, desk)
    search_clicks.register(app, desk)
    cart.register(app, desk, inbox)
    offers.register(app, desk)
    years.register(app, desk)
    questions.register(app, desk)
    contacts.register(app, desk)
    approval.register(app, desk, inbox)
    details.register(app, desk)
    owners.register(app, desk)
    attention.register(app, desk, inbox)
    recovery_mode.register(app, desk, inbox)
    payment.register(app, desk, inbox)
    homes = home.register(app, desk, alerts)
    _answer_the_rest(app, desk)
    return homes


def _answer_the_rest(app: AsyncApp, desk: Desk) -> None:
    """A button or a form of an older version of the desk still gets an answer."""

    async def outlived(_did: Interaction, reply: Reply) -> None:
        await reply.tell(
            Drawn.saying(f"That button is from an older message. {code('pending')} shows the newest state.")
        )

    @app.action(re.compile(".*"))
    async def unknown_button(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(outlived, Interaction.of_action(body))

    @app.view(re.compile(".*"))
    async def unknown_form(ack: AsyncAck) -> None:
        await ack(response_action="update", view=outdated())
