"""An approver approves or rejects; a requester withdraws the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.messages import words
from handlers.messages.en import decisions as says
from handlers.toolkit.action_ids import REASON, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.error_messages import handed_back
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import on_click, on_submit
from handlers.toolkit.stamps import Decision
from handlers.views import approval as views
from ordering.model.cart import Cart
from ordering.model.errors import CartChanged, OrderingError
from ordering.model.policy import Person


def register(app: AsyncApp, services: Services, inbox: Inbox) -> None:
    on_click(app, inbox, Act.APPROVE, _approve)
    on_click(app, inbox, Act.WITHDRAW, _withdraw)
    on_click(app, inbox, Act.STOP, _stop)
    on_submit(app, inbox, Form.REJECT, _reject, faults=_without_reason)

    @app.action(Act.REJECT)
    async def reject_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _ask_reason(services, did, reply), Interaction.of_action(body), at_once=True)


def _without_reason(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(REASON) else {REASON: words.card.REASON_MISSING}


async def _approve(services: Services, did: Interaction, _reply: Reply) -> str:
    decision = Decision.read(did.value)
    person = await services.person(did)
    before, cart = await _approve_after(services, decision, person)
    if person.id in before and person.id in cart.approved_by:
        return says.approved_already(cart.id)
    needed = services.workflow.policy.approvals_needed(cart.seal.total) if cart.seal else 1
    if len(cart.approved_by) < needed:
        lost = tuple(user for user in before if user not in cart.approved_by)
        return says.approved_partly(cart.id, lost)
    return says.approved(cart.id)


async def _approve_after(services: Services, decision: Decision, person: Person) -> tuple[tuple[str, ...], Cart]:
    """Approve, with the earlier approvers' rights read from Slack again; return their ids and the approved cart.

    If another approver approves at the same moment, the earlier approvers are read again.
    """
    for last in (False, False, True):
        before = await services.decisions.call(
            services.workflow.approved_so_far, decision.cart_id, stamp=decision.stamp
        )
        earlier = [await services.members.who(user) for user in before]
        try:
            return before, await services.decisions.call(
                services.workflow.approve,
                decision.cart_id,
                approver=person,
                mark=decision.mark,
                earlier=earlier,
                stamp=decision.stamp,
            )
        except CartChanged:
            if last:
                raise
    raise AssertionError("the last try either returns or raises")


async def _withdraw(services: Services, did: Interaction, _reply: Reply) -> str:
    decision, person = Decision.read(did.value), await services.person(did)
    cart = await services.decisions.call(services.workflow.withdraw, decision.cart_id, by=person, stamp=decision.stamp)
    return says.withdrawn(cart.id)


async def _stop(services: Services, did: Interaction, _reply: Reply) -> str:
    decision, person = Decision.read(did.value), await services.person(did)
    cart = await services.decisions.call(services.workflow.stop, decision.cart_id, by=person, stamp=decision.stamp)
    return says.payment_stopped(cart.id) if cart.order is not None else says.order_stopped(cart.id)


async def _ask_reason(services: Services, did: Interaction, reply: Reply) -> None:
    decision, person = Decision.read(did.value), await services.person(did)
    cart = await services.decisions.call(
        services.workflow.may_reject, decision.cart_id, approver=person, stamp=decision.stamp
    )
    await reply.open_form(views.reject_modal(cart, clicked=did.value), button=words.buttons.REJECT)


async def _reject(services: Services, did: Interaction, reply: Reply) -> None:
    """Reject the request. If it is too late, the typed reason is returned to the approver."""
    decision, person, reason = Decision.read(did.metadata), await services.person(did), did.typed(REASON)
    try:
        cart = await services.decisions.call(
            services.workflow.reject, decision.cart_id, approver=person, reason=reason, stamp=decision.stamp
        )
    except OrderingError as refusal:
        await reply.send(handed_back(refusal, {says.YOUR_REASON: reason}))
        return
    services.wake()
    await reply.send(RenderedMessage.from_text(says.rejected(cart.id)))
