"""A user chooses for how many years names are registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.messages import words
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.interaction import Interaction, cart_number
from handlers.toolkit.responder import Reply
from handlers.views.cautions import caution_for
from handlers.views.years import touched, years_modal


def register(app: AsyncApp, services: Services) -> None:
    @app.action(Act.YEARS)
    async def years_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _ask(services, did, reply), Interaction.of_action(body), at_once=True)

    @app.view(Form.YEARS)
    async def years_chosen(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        did = Interaction.of_form(body)
        # The form is closed, so the answer goes to the cart's channel.
        in_channel = replace(did, channel=did.metadata.partition(" ")[2] or None)
        services.start(lambda did, reply: _save(services, did, reply), in_channel)


async def _ask(services: Services, did: Interaction, reply: Reply) -> None:
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.cart, cart_number(did.value))
    services.workflow.policy.may_change(cart, person)
    caution = caution_for(services.workflow.policy, cart, person)
    await reply.open_form(years_modal(cart, caution=caution), button=words.buttons.YEARS)


async def _save(services: Services, did: Interaction, reply: Reply) -> None:
    person = await services.person(did)
    chosen, seen = touched(did.values or {})
    cart_id = cart_number(did.metadata.partition(" ")[0])
    if not chosen:
        await reply.send(RenderedMessage.from_text(words.years.unchanged(cart_id)))
        return
    cart = await services.bridge.call(services.workflow.set_years, cart_id, chosen, by=person, seen=seen)
    services.wake()
    changed = ((line.domain, line.years) for line in cart.lines if line.domain in chosen)
    await reply.send(RenderedMessage.from_text(words.years.changed(cart.id, changed)))
