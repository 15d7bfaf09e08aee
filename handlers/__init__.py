"""Slack adapter: registers the listeners for commands, clicks and forms, and renders the replies."""

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
from handlers.messages import words
from handlers.search import buttons as search_clicks
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.deduplication import Once
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import outdated
from handlers.toolkit.responder import Reply
from handlers.toolkit.slack_errors import SlackAlerts


def register(app: AsyncApp, services: Services, inbox: Inbox, *, alerts: SlackAlerts | None = None) -> Homes:
    """Register all listeners on an app; return the Homes, which the caller refreshes when something changes.

    `inbox` stores the clicks that decide about a cart. `alerts` holds the Slack problems that the operator must fix.
    """
    app.middleware(Once(apart_from=inbox.kinds))
    command.register(app, services)
    search_clicks.register(app, services)
    cart.register(app, services, inbox)
    offers.register(app, services)
    years.register(app, services)
    questions.register(app, services)
    contacts.register(app, services)
    approval.register(app, services, inbox)
    details.register(app, services)
    owners.register(app, services)
    attention.register(app, services, inbox)
    recovery_mode.register(app, services, inbox)
    payment.register(app, services, inbox)
    homes = home.register(app, services, alerts)
    _answer_the_rest(app, services)
    return homes


def _answer_the_rest(app: AsyncApp, services: Services) -> None:
    """Answer buttons and forms from an older version of the bot."""

    async def outlived(_did: Interaction, reply: Reply) -> None:
        await reply.send(RenderedMessage.from_text(words.failures.old_button()))

    @app.action(re.compile(".*"))
    async def unknown_button(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(outlived, Interaction.of_action(body))

    @app.view(re.compile(".*"))
    async def unknown_form(ack: AsyncAck) -> None:
        await ack(response_action="update", view=outdated())
