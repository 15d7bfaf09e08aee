"""A user chooses for how many years names are registered."""

from __future__ import annotations

from handlers.messages import words
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartNumber, YearsForm
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views.cautions import caution_for
from handlers.views.years import touched, years_modal


def register(router: Router) -> None:
    router.button(Act.YEARS, CartNumber, _ask, at_once=True)
    router.form(Form.YEARS, YearsForm, _save, channel=lambda carried: carried.channel)


async def _ask(desk: Desk, did: Interaction, reply: Reply, of: CartNumber) -> None:
    person = await desk.person(did)
    cart = await desk.bridge.call(desk.workflow.queries.cart, of.cart_id)
    desk.workflow.policy.may_change(cart, person)
    caution = caution_for(desk.workflow.policy, cart, person)
    await reply.open_form(years_modal(cart, caution=caution), button=words.buttons.YEARS)


async def _save(desk: Desk, did: Interaction, reply: Reply, of: YearsForm) -> None:
    person = await desk.person(did)
    chosen, seen = touched(did.values or {})
    if not chosen:
        await reply.tell(Drawn.saying(words.years.unchanged(of.cart_id)))
        return
    cart = await desk.bridge.call(desk.workflow.cart_editing.set_years, of.cart_id, chosen, by=person, seen=seen)
    desk.wake()
    changed = ((line.domain, line.years) for line in cart.lines if line.domain in chosen)
    await reply.tell(Drawn.saying(words.years.changed(cart.id, changed)))
