"""An authorised user decides how a cart goes on that the bot could not complete by itself."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.messages import words
from handlers.messages.en import decisions as says
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import ORDER, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import Decision
from handlers.toolkit.responder import Reply
from handlers.views import recovery as views
from ordering.model.ids import OrderId


def register(router: Router) -> None:
    router.decision(Act.TRY_AGAIN, Decision, _try_again)
    router.decision(Act.GIVE_UP, Decision, _give_up)
    router.decision(Act.NOTHING_ORDERED, Decision, _nothing_ordered)
    router.decision(Act.ORDER_ANYWAY, Decision, _order_anyway)
    router.decision(Act.IT_WAS_PAID, Decision, _it_was_paid)
    router.decision(Act.NOT_PAID, Decision, _not_paid)
    router.button(Act.ADOPT, Decision, _ask_which, at_once=True)
    router.decision_form(Form.ADOPT, Decision, _adopt, faults=_without_number)


def _without_number(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(ORDER).isdecimal() else {ORDER: words.recovering.NUMBER_MISSING}


async def _try_again(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.try_again, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.trying_again(cart.id)


async def _give_up(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.give_up, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.closed(cart.id)


async def _nothing_ordered(services: Services, did: Interaction, reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        cart = await threads.call(
            services.workflow.recovery.nothing_ordered,
            clicked.cart_id,
            by=person,
            mark=clicked.mark,
            stamp=clicked.stamp,
        )
    return says.nothing_ordered(cart.id)


async def _order_anyway(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.order_anyway, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.ordering_anyway(cart.id)


async def _it_was_paid(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.it_was_paid, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    return says.was_paid(cart.id)


async def _not_paid(services: Services, did: Interaction, _reply: Reply, clicked: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.not_paid, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    known = cart.payment
    if known is not None and known.sent_at is None:
        return says.not_paid_so_sending(cart.id)
    return says.not_paid(cart.id, known.waits_until_ovh if known else None)


async def _ask_which(services: Services, did: Interaction, reply: Reply, clicked: Decision) -> None:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.recovery.may_recover, clicked.cart_id, by=person, mark=clicked.mark, stamp=clicked.stamp
    )
    await reply.open_form(views.adopt_modal(cart, clicked=clicked), button=words.buttons.IT_IS_THIS_ORDER)


async def _adopt(services: Services, did: Interaction, reply: Reply, clicked: Decision) -> None:
    person, order_id = await services.person(did), OrderId(int(did.typed(ORDER)))
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        cart = await threads.call(
            services.workflow.recovery.adopt,
            clicked.cart_id,
            order_id,
            by=person,
            mark=clicked.mark,
            stamp=clicked.stamp,
        )
    services.wake()
    hidden = cart.order is not None and cart.order.owner_hidden
    await reply.send(RenderedMessage.from_text(says.order_named(order_id, cart.id, owner_hidden=hidden)))
