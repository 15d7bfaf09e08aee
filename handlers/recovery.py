"""Somebody with the right moves on what the desk could not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.toolkit.action_ids import ORDER, Act, Form
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.interaction import Interaction, cart_and_mark
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import on_click
from handlers.views import recovery as views


def register(app: AsyncApp, desk: Desk) -> None:
    on_click(app, desk, Act.TRY_AGAIN, _try_again)
    on_click(app, desk, Act.GIVE_UP, _give_up)
    on_click(app, desk, Act.NOTHING_ORDERED, _nothing_ordered)
    on_click(app, desk, Act.ORDER_ANYWAY, _order_anyway)
    on_click(app, desk, Act.IT_WAS_PAID, _it_was_paid)
    on_click(app, desk, Act.NOT_PAID, _not_paid)

    @app.action(Act.ADOPT)
    async def adopt_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(lambda did, reply: _ask_which(desk, did, reply), Interaction.of_action(body), at_once=True)

    @app.view(Form.ADOPT)
    async def adopt_submitted(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        did = Interaction.of_form(body)
        if not did.typed(ORDER).isdecimal():
            await ack(response_action="errors", errors={ORDER: "Write the order's number, like 230000123."})
            return
        await ack()
        desk.start(lambda did, reply: _adopt(desk, did, reply), did)


async def _try_again(desk: Desk, did: Interaction, _reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    cart = await desk.decisions.call(desk.workflow.try_again, cart_id, by=person, shown=shown)
    return f"Cart #{cart.id} is tried again, under the same approval."


async def _give_up(desk: Desk, did: Interaction, _reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    cart = await desk.decisions.call(desk.workflow.give_up, cart_id, by=person, shown=shown)
    return f"Cart #{cart.id} is closed. Nothing was ordered."


async def _nothing_ordered(desk: Desk, did: Interaction, reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    async with desk.at_ovh(did, reply, queue=desk.settling) as threads:
        cart = await threads.call(desk.workflow.nothing_ordered, cart_id, by=person, shown=shown)
    return f"Thank you. I'll order cart #{cart.id} again once an order of the first try would surely show."


async def _order_anyway(desk: Desk, did: Interaction, _reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    cart = await desk.decisions.call(desk.workflow.order_anyway, cart_id, by=person, shown=shown)
    return f"I'm ordering cart #{cart.id}."


async def _it_was_paid(desk: Desk, did: Interaction, reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    async with desk.at_ovh(did, reply, queue=desk.settling) as threads:
        cart = await threads.call(desk.workflow.it_was_paid, cart_id, by=person, shown=shown)
    return f"Cart #{cart.id} counts as paid. The desk follows the order, and says so if OVH does not show the payment."


async def _not_paid(desk: Desk, did: Interaction, reply: Reply) -> str:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    async with desk.at_ovh(did, reply, queue=desk.settling) as threads:
        cart = await threads.call(desk.workflow.not_paid, cart_id, by=person, shown=shown)
    return f"The order of cart #{cart.id} can be paid again. It is the same order: choose on the card how."


async def _ask_which(desk: Desk, did: Interaction, reply: Reply) -> None:
    person, (cart_id, shown) = await desk.person(did), cart_and_mark(did.value)
    cart = await desk.decisions.call(desk.workflow.may_settle, cart_id, by=person, shown=shown)
    await reply.open_form(views.adopt_modal(cart), button="It is this order…")


async def _adopt(desk: Desk, did: Interaction, reply: Reply) -> None:
    person, order_id = await desk.person(did), int(did.typed(ORDER))
    cart_id, shown = cart_and_mark(did.metadata)
    async with desk.at_ovh(did, reply, queue=desk.settling) as threads:
        cart = await threads.call(desk.workflow.adopt, cart_id, order_id, by=person, shown=shown)
    desk.wake()
    await reply.tell(Drawn.saying(f"Order {order_id} is cart #{cart.id}'s now. The card shows how it can be paid."))
