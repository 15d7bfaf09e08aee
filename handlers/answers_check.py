"""Have OVH check a cart once its last open question is answered, and show what it objects to."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from handlers.messages import words
from handlers.messages.en.findings import finding
from handlers.routing.services import Services
from handlers.text.mrkdwn import escape
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersSheet
from handlers.toolkit.responder import Reply
from handlers.views.request_form import request_form
from ordering.model.errors import OrderingError
from ordering.model.preflight_findings import Finding, Fix

_MOST_NAMES = 10  # each costs a few of the sixty calls a minute that OVH accepts; the request checks all of them
_log = structlog.get_logger()


async def check_in_background(services: Services, did: Interaction, at: AnswersSheet) -> None:
    """Check the cart as a request would. The request form below shows the result, else a message with what to fix."""
    below = Below(services, did, at)
    await below.show([], checking=True)
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.cart, at.cart_id)
    if not cart.is_editable or len(cart.lines) > _MOST_NAMES:
        return
    try:
        async with services.ovh.place(did.user) as threads:
            findings = await threads.call(services.workflow.approval_requests.check, at.cart_id, by=person)
    except OrderingError as error:
        _log.info("answers_not_checked", cart=at.cart_id, why=str(error))  # the request checks again
        return
    services.wake()
    if at.below:
        await below.show(findings, checking=False)
    elif any(found.fix is Fix.ANSWER for found in findings):
        texts = [escape(finding(found.data).text) for found in findings]
        reply = Reply(services.client, Interaction(did.user, "", channel=cart.channel))
        await reply.send(RenderedMessage.from_text(words.questions.check_found(texts)))


class Below:
    """The request form under the answers. It is changed only while it shows what this bot put there last."""

    def __init__(self, services: Services, did: Interaction, at: AnswersSheet) -> None:
        self._services = services
        self._at = at
        view, _, self._hash = at.below.partition(" ")
        self._reply = Reply(services.client, Interaction(did.user, "", form=view))

    async def show(self, findings: Sequence[Finding], *, checking: bool) -> None:
        """Show the request form with what is answered, and with what OVH objects to."""
        if not self._hash:
            return
        cart = await self._services.bridge.call(self._services.workflow.queries.cart, self._at.cart_id)
        if not cart.is_editable:
            return
        refused = {found.domain for found in findings}
        ready = [] if checking else [line.domain for line in cart.lines if line.domain not in refused]
        answered = [line.domain for line in cart.lines if line.answers and not line.open_questions]
        form = request_form(
            cart,
            purpose=self._at.purpose,
            findings=findings,
            ready=ready,
            answered_now=answered if checking else (),
            trial=self._services.workflow.policy.trial,
        )
        self._hash = await self._reply.replace_form(form, unchanged_since=self._hash) or ""
