"""A user chooses between several offers for one name."""

from __future__ import annotations

from handlers import messages
from handlers.cart import added
from handlers.messages import words
from handlers.questions import learn_quietly
from handlers.toolkit.action_ids import OFFER, Act, Form
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import NameOffered, OfferChoice
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views import offers as views
from ordering.model.choosing import ChoiceNeeded


def register(router: Router) -> None:
    router.button(Act.CHOOSE, NameOffered, _ask, at_once=True)
    router.form(Form.OFFER, OfferChoice, _add, waiting=lambda carried: views.asking(carried.domain))


async def _ask(desk: Desk, did: Interaction, reply: Reply, clicked: NameOffered) -> None:
    """Open the form immediately, because its trigger expires in three seconds; fill it when OVH has answered."""
    name, person = clicked.domain, await desk.person(did)
    await reply.open_form(views.asking(name), button=words.buttons.ADD_TO_CART)
    async with desk.at_ovh(did, reply) as threads:
        offers = await threads.call(desk.workflow.cart_editing.offers_of, name, by=person)
    form = views.offer_modal(name, did.channel or "", offers)
    await reply.show_form(form, otherwise=views.choice(words.prices.offers_for(name), name, offers))


async def _add(desk: Desk, did: Interaction, reply: Reply, of: OfferChoice) -> None:
    channel, name = of.channel, of.domain
    person = await desk.person(did)
    try:
        async with desk.at_ovh(did, reply) as threads:
            cart = await threads.call(desk.workflow.cart_editing.add, channel, name, by=person, seen=did.typed(OFFER))
    except ChoiceNeeded as needed:
        said = messages.refusal(needed).text
        form = views.offer_modal(name, channel, needed.offers, problem=said)
        await reply.show_form(form, otherwise=views.choice(said, name, needed.offers))
        return
    desk.wake()
    await reply.tell(Drawn.saying(added(cart, [name])))
    desk.work.start(learn_quietly(desk, did.user, cart.id))
