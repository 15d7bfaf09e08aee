"""A payer pays the order, or opens it at OVH."""

from __future__ import annotations

from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import CartAsShown, CartNumber, Decision
from handlers.toolkit.responder import Reply
from handlers.views.payment import fetching_link, invoice_link, order_link
from ordering.model.errors import NotPossible
from ordering.model.sales_order import MethodId


def register(router: Router) -> None:
    router.decision(Act.PAY, Decision, _pay)
    router.ignored(Act.METHOD)  # the Pay click carries the choice
    router.button(Act.OPEN_ORDER, CartAsShown, _open_order, at_once=True)
    router.button(Act.OPEN_INVOICE, CartNumber, _open_invoice, at_once=True)


async def _pay(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    method = _method(did.typed(Act.METHOD))
    cart = await services.decisions.call(
        services.workflow.payments.pay,
        clicked.cart_id,
        payer=person,
        method=method,
        mark=clicked.mark,
        stamp=clicked.stamp,
        clicked_at=did.clicked_at,
    )
    return words.decisions.paying(cart.id, cart.order.total if cart.order else None)


async def _open_order(services: Services, did: Interaction, reply: Reply, of: CartAsShown) -> None:
    await _open_for_link(did, reply, button=words.buttons.OPEN_ORDER)
    person = await services.person(did)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        url = await threads.call(services.workflow.payments.order_link, of.cart_id, payer=person, mark=of.mark)
    await reply.send(order_link(url, await services.bridge.call(services.workflow.queries.cart, of.cart_id)))


async def _open_invoice(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    await _open_for_link(did, reply, button=words.buttons.OPEN_INVOICE)
    person = await services.person(did)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        url = await threads.call(services.workflow.payments.invoice_link, of.cart_id, payer=person)
    await reply.send(invoice_link(url, await services.bridge.call(services.workflow.queries.cart, of.cart_id)))


async def _open_for_link(did: Interaction, reply: Reply, *, button: str) -> None:
    """In Home, open a form for the link before calling OVH: Home has no ephemeral messages, and the trigger expires."""
    if did.channel is not None:
        return
    try:
        await reply.open_form(fetching_link(), button=button)
    except NotPossible as error:
        raise NotPossible(code="link_not_shown", reason=error.data) from error


def _method(chosen: str) -> MethodId | None:
    """Return the chosen method, or None if none was chosen. The rules check whether the order accepts it."""
    return int(chosen) if chosen.isdecimal() else chosen or None
