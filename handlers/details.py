"""The *Details* button of a card: a form with everything that the card may fold."""

from __future__ import annotations

from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartPage
from handlers.toolkit.responder import Reply
from handlers.views.details import details_modal

_CLOSED = RenderedMessage.from_text(words.details.CLOSED)


def register(router: Router) -> None:
    router.button(Act.DETAILS, CartPage, _show, at_once=True)


async def _show(services: Services, did: Interaction, reply: Reply, at: CartPage) -> None:
    """Open the form, or turn its page. The trigger expires after three seconds, so only the database is read before."""
    person, policy = await services.person(did), services.workflow.policy
    here = did.metadata if did.form else did.channel  # a page is turned in the form, which knows where it was opened
    cart, _events = await services.bridge.call(services.workflow.queries.timeline, at.cart_id, by=person, here=here)
    form = details_modal(
        cart,
        waive_retraction=policy.waive_retraction,
        sees_owners=policy.sees_owners(person),
        page=at.page,
        here=here or "",
    )
    if did.form:
        await reply.show_form(form, otherwise=_CLOSED)
    else:
        await reply.open_form(form, button=words.buttons.DETAILS)
