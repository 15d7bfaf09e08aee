"""A user chooses between several offers for one name."""

from __future__ import annotations

from handlers import messages
from handlers.cart import added
from handlers.messages import words
from handlers.questions import learn_quietly
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import OFFER, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import NameOffered, OfferChoice
from handlers.toolkit.responder import Reply
from handlers.views import offers as views
from ordering.model.offer_selection import ChoiceNeeded


def register(router: Router) -> None:
    router.button(Act.CHOOSE, NameOffered, _ask, at_once=True)
    router.form(Form.OFFER, OfferChoice, _add, waiting=lambda carried: views.asking(carried.domain))


async def _ask(services: Services, did: Interaction, reply: Reply, clicked: NameOffered) -> None:
    """Open the form immediately, because its trigger expires in three seconds; fill it when OVH has answered."""
    name, person = clicked.domain, await services.person(did)
    await reply.open_form(views.asking(name), button=words.buttons.ADD_TO_CART)
    async with services.at_ovh(did, reply) as threads:
        offers = await threads.call(services.workflow.cart_editing.offers_of, name, by=person)
    form = views.offer_modal(name, did.channel or "", offers)
    await reply.show_form(form, otherwise=views.choice(words.prices.offers_for(name), name, offers))


async def _add(services: Services, did: Interaction, reply: Reply, of: OfferChoice) -> None:
    channel, name = of.channel, of.domain
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            cart = await threads.call(
                services.workflow.cart_editing.add, channel, name, by=person, seen=did.typed(OFFER)
            )
    except ChoiceNeeded as needed:
        text = messages.refusal(needed).text
        form = views.offer_modal(name, channel, needed.offers, problem=text)
        await reply.show_form(form, otherwise=views.choice(text, name, needed.offers))
        return
    services.wake()
    await reply.send(RenderedMessage.from_text(added(cart, [name])))
    services.work.start(learn_quietly(services, did.user, cart.id))
