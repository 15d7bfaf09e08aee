"""A user chooses for how many years names are registered."""

from __future__ import annotations

from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartNumber, YearsForm
from handlers.toolkit.responder import Reply
from handlers.views.cautions import caution_for
from handlers.views.years import touched, years_modal


def register(router: Router) -> None:
    router.button(Act.YEARS, CartNumber, _ask, at_once=True)
    router.form(Form.YEARS, YearsForm, _save, channel=lambda carried: carried.channel)


async def _ask(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.cart, of.cart_id)
    services.workflow.policy.may_change(cart, person)
    caution = caution_for(services.workflow.policy, cart, person)
    await reply.open_form(years_modal(cart, caution=caution), button=words.buttons.YEARS)


async def _save(services: Services, did: Interaction, reply: Reply, of: YearsForm) -> None:
    person = await services.person(did)
    chosen, seen = touched(did.values or {})
    if not chosen:
        await reply.send(RenderedMessage.from_text(words.years.unchanged(of.cart_id)))
        return
    cart = await services.bridge.call(
        services.workflow.cart_editing.set_years, of.cart_id, chosen, by=person, seen=seen
    )
    services.wake()
    changed = ((line.domain, line.years) for line in cart.lines if line.domain in chosen)
    await reply.send(RenderedMessage.from_text(words.years.changed(cart.id, changed)))
