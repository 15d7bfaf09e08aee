"""A payer pays the order, or opens it at OVH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.messages import words
from handlers.toolkit.action_ids import Act
from handlers.toolkit.context import Services
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction, cart_and_mark, cart_number
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import on_click
from handlers.toolkit.stamps import Decision
from handlers.views.payment import fetching_link, invoice_link, order_link
from ordering.model.errors import NotPossible
from ordering.model.sales_order import MethodId


def register(app: AsyncApp, services: Services, inbox: Inbox) -> None:
    on_click(app, inbox, Act.PAY, _pay)

    @app.action(Act.METHOD)
    async def method_chosen(ack: AsyncAck) -> None:
        await ack()  # the Pay click carries the choice

    @app.action(Act.OPEN_ORDER)
    async def order_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _open_order(services, did, reply), Interaction.of_action(body), at_once=True)

    @app.action(Act.OPEN_INVOICE)
    async def invoice_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(
            lambda did, reply: _open_invoice(services, did, reply), Interaction.of_action(body), at_once=True
        )


async def _pay(services: Services, did: Interaction, _reply: Reply) -> str:
    person = await services.person(did)
    method = _method(did.typed(Act.METHOD))
    clicked = Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.pay,
        clicked.cart_id,
        payer=person,
        method=method,
        mark=clicked.mark,
        stamp=clicked.stamp,
        clicked_at=did.clicked_at,
    )
    return words.decisions.paying(cart.id, cart.order.total if cart.order else None)


async def _open_order(services: Services, did: Interaction, reply: Reply) -> None:
    await _open_for_link(did, reply, button=words.buttons.OPEN_ORDER)
    person = await services.person(did)
    cart_id, mark = cart_and_mark(did.value)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        url = await threads.call(services.workflow.order_link, cart_id, payer=person, mark=mark)
    await reply.send(order_link(url, await services.bridge.call(services.workflow.cart, cart_id)))


async def _open_invoice(services: Services, did: Interaction, reply: Reply) -> None:
    await _open_for_link(did, reply, button=words.buttons.OPEN_INVOICE)
    person = await services.person(did)
    cart_id = cart_number(did.value)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        url = await threads.call(services.workflow.invoice_link, cart_id, payer=person)
    await reply.send(invoice_link(url, await services.bridge.call(services.workflow.cart, cart_id)))


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
