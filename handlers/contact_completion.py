"""A user fills in what registries need of a contact that exists. What it has is neither shown nor changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers import messages
from handlers.messages import words
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.responder import Reply
from handlers.views import contact_completion as views
from handlers.views.contact_completion import Completion
from handlers.views.owner_inputs import as_meant, needed_fields
from handlers.views.question_inputs import typed_answers
from handlers.views.questions import AnswersPage, loading
from ordering.model.contact import Field, LegalForm, checked
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.owner_needs import OwnerGaps
from ordering.model.question import OWNER_CONTACT

_CLOSED = Drawn.saying(words.contacts.COMPLETION_CLOSED)


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(Act.COMPLETE_CONTACT)
    async def complete_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(lambda did, reply: _open(desk, did, reply), Interaction.of_action(body), at_once=True)

    @app.view(Form.COMPLETION)
    async def completion_submitted(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        did = Interaction.of_form(body, stays=True)
        # Dates, years and countries are told at their fields; what registries take is checked with OVH's rules next.
        typed = _typed(did)
        _, wrong = checked(LegalForm.OTHER, typed, [Field(name) for name in typed])
        if errors := {name: messages.refusal(error).text for name, error in wrong.items() if name in typed}:
            await ack(response_action="errors", errors=errors)
            return
        await ack(response_action="update", view=note(Drawn.saying(words.contacts.COMPLETING)))
        desk.start(lambda did, reply: _complete(desk, did, reply), did)


async def _open(desk: Desk, did: Interaction, reply: Reply) -> None:
    """Open the form with what the chosen contact lacks, on top of the form in which it is chosen."""
    at = AnswersPage.read(did.value)
    await reply.open_form(loading(words.contacts.ASKING_NEEDS), button=words.buttons.COMPLETE_CONTACT)
    number = await _chosen(desk, did, at)
    if not number:
        await reply.show_form(note(Drawn.saying(words.contacts.NO_CONTACT)), otherwise=_CLOSED)
        return
    to = Completion(at.cart_id, at.domain, number)
    gaps = await _gaps(desk, did, reply, to, {})
    await reply.show_form(views.completion_form(to, gaps, {}), otherwise=_CLOSED)


async def _complete(desk: Desk, did: Interaction, reply: Reply) -> None:
    """Fill in the contact, unless registries need more or something else than what was typed."""
    to, typed = Completion.read(did.metadata), _typed(did)
    gaps = await _gaps(desk, did, reply, to, typed)
    meant = as_meant(gaps.missing, typed)
    if meant != typed:
        gaps = await _gaps(desk, did, reply, to, meant)
    values, invalid = checked(gaps.contact.legal_form, meant, needed_fields(gaps.missing))
    wrong = gaps.missing.wrong | {name: error for name, error in invalid.items() if name in meant}
    if wrong:
        problem = views.problems(gaps, {name: messages.refusal(error).text for name, error in wrong.items()})
        await reply.show_form(views.completion_form(to, gaps, meant, problem=problem), otherwise=_CLOSED)
        return
    person = await desk.person(did)
    try:
        async with desk.at_ovh(did, reply) as threads:
            await threads.call(desk.workflow.complete_contact, to.contact, values, by=person)
    except OrderingError as refusal:
        again = views.completion_form(to, gaps, meant, problem=sentence(refusal))
        await reply.show_form(again, otherwise=_CLOSED)
        return
    await reply.tell(Drawn.saying(words.contacts.completed(to.contact)))


async def _gaps(desk: Desk, did: Interaction, reply: Reply, to: Completion, typed: Mapping[str, str]) -> OwnerGaps:
    person, domain = await desk.person(did), DomainName(to.domain)
    async with desk.at_ovh(did, reply) as threads:
        return await threads.call(desk.workflow.owner_gaps, to.cart_id, domain, to.contact, typed, by=person)


async def _chosen(desk: Desk, did: Interaction, at: AnswersPage) -> str:
    """Return the contact that is chosen in the form below, or the team's own; empty if it is the account itself."""
    cart = await desk.bridge.call(desk.workflow.may_answer, at.cart_id, by=await desk.person(did))
    line = cart.line(DomainName(at.domain))
    questions = (line.questions or ()) if line else ()
    standing = next((q.standing for q in questions if q.label == OWNER_CONTACT), None)
    return typed_answers(questions, did.values or {}).get(OWNER_CONTACT) or standing or ""


def _typed(did: Interaction) -> dict[str, str]:
    return {name: " ".join(value.split()) for name, value in (did.values or {}).items() if value}
