"""An authorised user decides how a cart goes on that the bot could not complete by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.messages import words
from handlers.messages.en import decisions as says
from handlers.toolkit.action_ids import ORDER, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import on_click, on_submit
from handlers.toolkit.stamps import Decision
from handlers.views import recovery as views


def register(app: AsyncApp, services: Services, inbox: Inbox) -> None:
    on_click(app, inbox, Act.TRY_AGAIN, _try_again)
    on_click(app, inbox, Act.GIVE_UP, _give_up)
    on_click(app, inbox, Act.NOTHING_ORDERED, _nothing_ordered)
    on_click(app, inbox, Act.ORDER_ANYWAY, _order_anyway)
    on_click(app, inbox, Act.IT_WAS_PAID, _it_was_paid)
    on_click(app, inbox, Act.NOT_PAID, _not_paid)
    on_submit(app, inbox, Form.ADOPT, _adopt, faults=_without_number)

    @app.action(Act.ADOPT)
    async def adopt_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _ask_which(services, did, reply), Interaction.of_action(body), at_once=True)


def _without_number(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(ORDER).isdecimal() else {ORDER: words.recovering.NUMBER_MISSING}


async def _try_again(services: Services, did: Interaction, _reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.try_again, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.trying_again(cart.id)


async def _give_up(services: Services, did: Interaction, _reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.give_up, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.closed(cart.id)


async def _nothing_ordered(services: Services, did: Interaction, reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        cart = await threads.call(
            services.workflow.nothing_ordered, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
        )
    return says.nothing_ordered(cart.id)


async def _order_anyway(services: Services, did: Interaction, _reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.order_anyway, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.ordering_anyway(cart.id)


async def _it_was_paid(services: Services, did: Interaction, _reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.it_was_paid, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.was_paid(cart.id)


async def _not_paid(services: Services, did: Interaction, _reply: Reply) -> str:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.not_paid, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    known = cart.payment
    if known is not None and known.sent_at is None:
        return says.not_paid_so_sending(cart.id)
    return says.not_paid(cart.id, known.waits_until_ovh if known else None)


async def _ask_which(services: Services, did: Interaction, reply: Reply) -> None:
    person, clicked = await services.person(did), Decision.read(did.value)
    cart = await services.decisions.call(
        services.workflow.may_recover, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    await reply.open_form(views.adopt_modal(cart, clicked=did.value), button=words.buttons.IT_IS_THIS_ORDER)


async def _adopt(services: Services, did: Interaction, reply: Reply) -> None:
    person, order_id = await services.person(did), int(did.typed(ORDER))
    clicked = Decision.read(did.metadata)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        cart = await threads.call(
            services.workflow.adopt, clicked.cart_id, order_id, by=person, mark=clicked.mark, stamp=clicked.stamp
        )
    services.wake()
    hidden = cart.order is not None and cart.order.owner_hidden
    await reply.send(RenderedMessage.from_text(says.order_named(order_id, cart.id, owner_hidden=hidden)))
