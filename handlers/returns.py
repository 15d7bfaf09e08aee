"""An approver asks for changes; the requester edits the returned request and requests approval again."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.cart import form_again
from handlers.messages import words
from handlers.messages.en import decisions as says
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import PURPOSE, REASON, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.error_messages import handed_back, sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import checking
from handlers.toolkit.payloads import CartAsShown, CartNumber, Decision
from handlers.toolkit.responder import Reply
from handlers.views import returns as views
from handlers.views.trial import with_trial
from ordering.model.errors import OrderingError


def register(router: Router) -> None:
    router.button(Act.ASK_FOR_CHANGES, Decision, _ask_what, at_once=True)
    router.decision_form(Form.CHANGES, Decision, _return, faults=_without_reason)
    router.button(Act.EDIT, CartNumber, _edit, at_once=True)
    router.decision_form(Form.EDIT, CartAsShown, _request_again, faults=_without_purpose, waiting=checking)


def _without_reason(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(REASON) else {REASON: words.returns.WHAT_TO_CHANGE_MISSING}


def _without_purpose(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(PURPOSE) else {PURPOSE: words.cart.PURPOSE_MISSING}


async def _ask_what(services: Services, did: Interaction, reply: Reply, decision: Decision) -> None:
    person = await services.person(did)
    cart = await services.decisions.call(
        services.workflow.approvals.may_return,
        decision.cart_id,
        approver=person,
        mark=decision.mark,
        stamp=decision.stamp,
    )
    await reply.open_form(views.changes_modal(cart, clicked=decision), button=words.buttons.ASK_FOR_CHANGES)


async def _return(services: Services, did: Interaction, reply: Reply, decision: Decision) -> None:
    """Return the request. If it is too late, the typed reason is returned to the approver."""
    person, reason = await services.person(did), did.typed(REASON)
    try:
        cart = await services.decisions.call(
            services.workflow.approvals.ask_for_changes,
            decision.cart_id,
            approver=person,
            reason=reason,
            mark=decision.mark,
            stamp=decision.stamp,
        )
    except OrderingError as refusal:
        await reply.send(handed_back(refusal, {says.YOUR_REASON: reason}))
        return
    services.wake()
    await reply.send(RenderedMessage.from_text(says.returned(cart.id)))


async def _edit(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    """Open the form. The trigger expires after three seconds, so only the database is read before."""
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.approval_requests.may_edit, of.cart_id, by=person)
    form = views.edit_modal(cart, trial=services.workflow.policy.trial)
    await reply.open_form(form, button=words.buttons.EDIT_REQUEST)


async def _request_again(services: Services, did: Interaction, reply: Reply, of: CartAsShown) -> None:
    """Check the request with OVH and request approval again; the form shows the result."""
    try:
        person = await services.person(did)
        approvers = await services.members.everyone_in(services.workflow.policy.deciders)
        async with services.at_ovh(did, reply) as threads:
            cart = await threads.call(
                services.workflow.approval_requests.request,
                of.cart_id,
                requester=person,
                purpose=did.typed(PURPOSE),
                approvers=approvers,
                sure=of.asked,
                mark=of.mark,
            )
    except OrderingError as refusal:
        await _refused(services, did, reply, of, refusal)
        return
    services.wake()
    channel = services.workflow.policy.approval_channel or cart.channel
    total = cart.quote.total if cart.quote else None
    text = words.cart.requested(cart.id, channel, total, here=channel == cart.channel)
    await reply.send(RenderedMessage.from_text(with_trial(text, cart)))


async def _refused(services: Services, did: Interaction, reply: Reply, of: CartAsShown, refusal: OrderingError) -> None:
    """Show the form again with the problem, unless the request can no longer be edited."""
    text = RenderedMessage.from_text(sentence(refusal))
    person = await services.person(did)
    try:
        cart = await services.bridge.call(services.workflow.approval_requests.may_edit, of.cart_id, by=person)
    except OrderingError:
        await reply.send(text)
        return
    if cart.mark != of.mark:
        await reply.send(text)
        return
    await reply.show_form(form_again(services, did, cart, refusal), otherwise=text)
