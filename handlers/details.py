"""The *Details* button of a card: a form with everything that the card may fold."""

from __future__ import annotations

from handlers.messages import words
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartPage
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views.details import details_modal

_CLOSED = Drawn.saying(words.details.CLOSED)


def register(router: Router) -> None:
    router.button(Act.DETAILS, CartPage, _show, at_once=True)


async def _show(desk: Desk, did: Interaction, reply: Reply, at: CartPage) -> None:
    """Open the form, or turn its page. The trigger expires after three seconds, so only the database is read before."""
    cart, _events = await desk.bridge.call(desk.workflow.queries.story, at.cart_id, by=await desk.person(did))
    waived = desk.workflow.policy.waive_retraction
    form = details_modal(cart, waive_retraction=waived, page=at.page)
    if did.form:
        await reply.show_form(form, otherwise=_CLOSED)
    else:
        await reply.open_form(form, button=words.buttons.DETAILS)
