"""Slack adapter: registers the listeners for commands, clicks and forms, and renders the replies."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers import (
    approval,
    buying,
    cart,
    command,
    contacts,
    conversation,
    details,
    home,
    offers,
    owners,
    payment,
    questions,
    recovery_mode,
    requests,
    returns,
    years,
)
from handlers import help as help_clicks
from handlers import recovery as attention
from handlers.home import Homes
from handlers.routing.inbox import Inbox
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.search import adding
from handlers.search import buttons as search_clicks
from handlers.toolkit.deduplication import Once
from handlers.toolkit.slack_errors import SlackAlerts


def register(app: AsyncApp, services: Services, inbox: Inbox, *, alerts: SlackAlerts | None = None) -> Homes:
    """Register all listeners on an app; return the Homes, which the caller refreshes when something changes.

    `inbox` stores the clicks that decide about a cart. `alerts` holds the Slack problems that the operator must fix.
    """
    app.middleware(Once(apart_from=inbox.kinds))
    router = Router(app, services, inbox)
    command.register(app, services)
    conversation.register(app, services)
    help_clicks.register(router)
    search_clicks.register(router)
    adding.register(router)
    cart.register(router)
    buying.register(router)
    offers.register(router)
    years.register(router)
    questions.register(router)
    contacts.register(router)
    approval.register(router)
    returns.register(router)
    details.register(router)
    requests.register(router)
    home.register_clicks(router)
    owners.register(router)
    attention.register(router)
    recovery_mode.register(router)
    payment.register(router)
    homes = home.register(app, services, alerts)
    router.answer_the_rest()
    return homes
