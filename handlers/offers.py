"""A user chooses between several offers for one name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers import messages
from handlers.cart import added
from handlers.messages import words
from handlers.questions import learn_quietly
from handlers.toolkit.action_ids import OFFER, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply
from handlers.views import offers as views
from ordering.model.domain_name import DomainName
from ordering.model.offer_selection import ChoiceNeeded


def register(app: AsyncApp, services: Services) -> None:
    @app.action(Act.CHOOSE)
    async def choose_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _ask(services, did, reply), Interaction.of_action(body), at_once=True)

    @app.view(Form.OFFER)
    async def offer_chosen(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        did = Interaction.of_form(body, stays=True)
        await ack(response_action="update", view=views.asking(_about(did)[1]))
        services.start(lambda did, reply: _add(services, did, reply), did)


async def _ask(services: Services, did: Interaction, reply: Reply) -> None:
    """Open the form immediately, because its trigger expires in three seconds; fill it when OVH has answered."""
    name, person = DomainName.parse(did.value), await services.person(did)
    await reply.open_form(views.asking(name), button=words.buttons.ADD_TO_CART)
    async with services.at_ovh(did, reply) as threads:
        offers = await threads.call(services.workflow.offers_of, name, by=person)
    form = views.offer_modal(name, did.channel or "", offers)
    await reply.show_form(form, otherwise=views.choice(words.prices.offers_for(name), name, offers))


async def _add(services: Services, did: Interaction, reply: Reply) -> None:
    channel, name = _about(did)
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            cart = await threads.call(services.workflow.add, channel, name, by=person, seen=did.typed(OFFER))
    except ChoiceNeeded as needed:
        text = messages.refusal(needed).text
        form = views.offer_modal(name, channel, needed.offers, problem=text)
        await reply.show_form(form, otherwise=views.choice(text, name, needed.offers))
        return
    services.wake()
    await reply.send(RenderedMessage.from_text(added(cart, [name])))
    services.work.start(learn_quietly(services, did.user, cart.id))


def _about(did: Interaction) -> tuple[str, DomainName]:
    channel, _, name = did.metadata.partition(" ")
    return channel, DomainName(name)
