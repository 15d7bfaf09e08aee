"""The *Details* button of a card: a form with everything that the card may fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.messages import words
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.interaction import Interaction, cart_number
from handlers.toolkit.responder import Reply
from handlers.views.details import details_modal

_CLOSED = RenderedMessage.from_text(words.details.CLOSED)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(Act.DETAILS)
    async def details_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _show(services, did, reply), Interaction.of_action(body), at_once=True)


async def _show(services: Services, did: Interaction, reply: Reply) -> None:
    """Open the form, or turn its page. The trigger expires after three seconds, so only the database is read before."""
    number, _, page = did.value.partition(" ")
    cart, _events = await services.bridge.call(
        services.workflow.timeline, cart_number(number), by=await services.person(did)
    )
    waived = services.workflow.policy.waive_retraction
    form = details_modal(cart, waive_retraction=waived, page=int(page) if page.isdecimal() else 0)
    if did.form:
        await reply.show_form(form, otherwise=_CLOSED)
    else:
        await reply.open_form(form, button=words.buttons.DETAILS)
