"""An approver or payer views who will own the names. It is personal data, so only their own form shows it."""

from __future__ import annotations

from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartNumber
from handlers.toolkit.responder import Reply
from handlers.views import owners as views

_CLOSED = RenderedMessage.from_text(words.owners.CLOSED)


def register(router: Router) -> None:
    router.button(Act.SHOW_OWNER, CartNumber, _show, at_once=True)


async def _show(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    """Check the right, open the form within three seconds, then query OVH."""
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.owners.may_see, of.cart_id, by=person)
    await reply.open_form(views.reading_owners(), button=words.buttons.SHOW_OWNER)
    async with services.at_ovh(did, reply) as threads:
        owners = await threads.call(services.workflow.owners.of_cart, of.cart_id, by=person)
    await reply.show_form(views.owners_form(cart, owners), otherwise=_CLOSED)
