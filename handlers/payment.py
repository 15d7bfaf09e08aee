"""A payer pays the order, or opens it at OVH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.desk import Desk
from handlers.ids import Act
from handlers.parsing import Interaction, cart_number
from handlers.reply import Reply
from handlers.views.drawn import Drawn
from handlers.views.payment import order_link
from ordering.errors import NotPossible


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(Act.METHOD)
    async def method_chosen(ack: AsyncAck) -> None:
        await ack()  # the choice comes along with Pay

    @app.action(Act.PAY)
    async def pay_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(lambda did, reply: _pay(desk, did, reply), Interaction.of_action(body))

    @app.action(Act.OPEN_ORDER)
    async def open_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(lambda did, reply: _open(desk, did, reply), Interaction.of_action(body))


async def _pay(desk: Desk, did: Interaction, reply: Reply) -> None:
    person = await desk.person(did)
    method = _method(did.typed(Act.METHOD))
    cart = await desk.bridge.call(desk.workflow.pay, cart_number(did.value), payer=person, method=method)
    desk.wake()
    total = f" {cart.order.total}" if cart.order else ""
    await reply.tell(Drawn.saying(f"Paying{total} for cart #{cart.id}. The card shows when OVH has it."))


async def _open(desk: Desk, did: Interaction, reply: Reply) -> None:
    person = await desk.person(did)
    cart_id = cart_number(did.value)
    url = await desk.bridge.call(desk.workflow.order_link, cart_id, payer=person)
    await reply.tell(order_link(url, await desk.bridge.call(desk.workflow.cart, cart_id)))


def _method(chosen: str) -> int | None:
    """The chosen method's number, None for the default; raises `NotPossible` for what the card never offered."""
    if not chosen:
        return None
    if not chosen.isdecimal():
        raise NotPossible("That payment method cannot be read. Choose one on the newest card, then press Pay again.")
    return int(chosen)
