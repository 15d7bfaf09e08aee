"""An approver or payer views who will own the names. It is personal data, so only their own form shows it."""

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
from handlers.views import owners as views

_CLOSED = RenderedMessage.from_text(words.owners.CLOSED)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(Act.SHOW_OWNER)
    async def owner_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _show(services, did, reply), Interaction.of_action(body), at_once=True)


async def _show(services: Services, did: Interaction, reply: Reply) -> None:
    """Check the right, open the form within three seconds, then query OVH."""
    person, number = await services.person(did), cart_number(did.value)
    cart = await services.bridge.call(services.workflow.may_see_owners, number, by=person)
    await reply.open_form(views.reading_owners(), button=words.buttons.SHOW_OWNER)
    async with services.at_ovh(did, reply) as threads:
        owners = await threads.call(services.workflow.owners_of, number, by=person)
    await reply.show_form(views.owners_form(cart, owners), otherwise=_CLOSED)
