"""An approver approves or rejects; a requester withdraws the request."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.messages import words
from handlers.messages.en import decisions as says
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import REASON, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.error_messages import handed_back
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import Decision
from handlers.toolkit.responder import Reply
from handlers.views import approval as views
from ordering.model.cart import Cart
from ordering.model.errors import CartChanged, OrderingError
from ordering.model.policy import Person


def register(router: Router) -> None:
    router.decision(Act.APPROVE, Decision, _approve)
    router.decision(Act.WITHDRAW, Decision, _withdraw)
    router.decision(Act.STOP, Decision, _stop)
    router.button(Act.REJECT, Decision, _ask_reason, at_once=True)
    router.decision_form(Form.REJECT, Decision, _reject, faults=_without_reason)


def _without_reason(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(REASON) else {REASON: words.card.REASON_MISSING}


async def _approve(services: Services, did: Interaction, _reply: Reply, decision: Decision) -> str:
    person = await services.person(did)
    before, cart = await _approve_after(services, did, decision, person)
    if person.id in before and person.id in cart.approved_by:
        return says.approved_already(cart.id)
    needed = services.workflow.policy.approvals_needed(cart.seal.total) if cart.seal else 1
    if len(cart.approved_by) < needed:
        lost = tuple(user for user in before if user not in cart.approved_by)
        return says.approved_partly(cart.id, lost)
    return says.approved(cart.id)


async def _approve_after(
    services: Services, did: Interaction, decision: Decision, person: Person
) -> tuple[tuple[str, ...], Cart]:
    """Approve, with the earlier approvers' rights read from Slack again; return their ids and the approved cart.

    If another approver approves at the same moment, the earlier approvers are read again.
    """
    for last in (False, False, True):
        before = await services.decisions.call(
            services.workflow.approvals.approved_so_far, decision.cart_id, stamp=decision.stamp
        )
        earlier = [await services.members.who(user) for user in before]
        try:
            return before, await services.decisions.call(
                services.workflow.approvals.approve,
                decision.cart_id,
                approver=person,
                mark=decision.mark,
                earlier=earlier,
                stamp=decision.stamp,
                clicked_at=did.clicked_at,
            )
        except CartChanged:
            if last:
                raise
    raise AssertionError("the last try either returns or raises")


async def _withdraw(services: Services, did: Interaction, _reply: Reply, decision: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.approval_requests.withdraw, decision.cart_id, by=person, stamp=decision.stamp
    )
    return says.withdrawn(cart.id)


async def _stop(services: Services, did: Interaction, _reply: Reply, decision: Decision) -> str:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.approvals.stop, decision.cart_id, by=person, stamp=decision.stamp
    )
    return says.payment_stopped(cart.id) if cart.order is not None else says.order_stopped(cart.id)


async def _ask_reason(services: Services, did: Interaction, reply: Reply, decision: Decision) -> None:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.approvals.may_reject, decision.cart_id, approver=person, stamp=decision.stamp
    )
    await reply.open_form(views.reject_modal(cart, clicked=decision), button=words.buttons.REJECT)


async def _reject(services: Services, did: Interaction, reply: Reply, decision: Decision) -> None:
    """Reject the request. If it is too late, the typed reason is returned to the approver."""
    person, reason = await services.person(did), did.typed(REASON)
    try:
        cart = await services.decisions.call(
            services.workflow.approvals.reject, decision.cart_id, approver=person, reason=reason, stamp=decision.stamp
        )
    except OrderingError as refusal:
        await reply.send(handed_back(refusal, {says.YOUR_REASON: reason}))
        return
    services.wake()
    await reply.send(RenderedMessage.from_text(says.rejected(cart.id)))
