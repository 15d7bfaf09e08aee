"""A user fills in what registries need of a contact that exists. What it has is neither shown nor changed."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.views import View

from handlers import messages
from handlers.messages import words
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import AnswersPage, Completion
from handlers.toolkit.phone import PHONES, phones_as_registrar_takes
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views import contact_completion as views
from handlers.views.owner_inputs import as_meant, needed_fields
from handlers.views.question_inputs import typed_answers
from handlers.views.questions import loading
from ordering.model.contact import Field, LegalForm, checked
from ordering.model.errors import OrderingError
from ordering.model.owner_needs import OwnerGaps
from ordering.model.question import OWNER_CONTACT

_CLOSED = RenderedMessage.from_text(words.contacts.COMPLETION_CLOSED)


def register(router: Router) -> None:
    router.button(Act.COMPLETE_CONTACT, AnswersPage, _open, at_once=True)
    router.form(Form.COMPLETION, Completion, _complete, faults=_wrong_fields, waiting=_completing)


def _wrong_fields(did: Interaction) -> Mapping[str, str]:
    """Return what is wrong by itself. What registries take is checked next, and phone numbers with the country."""
    typed = {name: text for name, text in _typed(did).items() if name not in PHONES}
    _, wrong = checked(LegalForm.OTHER, typed, [Field(name) for name in typed])
    return {did.block_of(name): messages.refusal(error).text for name, error in wrong.items() if name in typed}


def _completing(_to: Completion) -> View:
    return note(RenderedMessage.from_text(words.contacts.COMPLETING))


async def _open(services: Services, did: Interaction, reply: Reply, at: AnswersPage) -> None:
    """Open the form with what the chosen contact lacks, on top of the form in which it is chosen."""
    await reply.open_form(loading(words.contacts.ASKING_NEEDS), button=words.buttons.COMPLETE_CONTACT)
    number = await _chosen(services, did, at)
    if not number:
        await reply.show_form(note(RenderedMessage.from_text(words.contacts.NO_CONTACT)), otherwise=_CLOSED)
        return
    to = Completion(at.cart_id, at.domain, number)
    gaps = await _gaps(services, did, reply, to, {})
    await reply.show_form(views.completion_form(to, gaps, {}), otherwise=_CLOSED)


async def _complete(services: Services, did: Interaction, reply: Reply, to: Completion) -> None:
    """Fill in the contact, unless registries need more or something else than what was typed."""
    typed = _typed(did)
    gaps = await _gaps(services, did, reply, to, typed)
    country = typed.get("country") or gaps.contact.values.get("country", "")
    meant = phones_as_registrar_takes(as_meant(gaps.missing, typed), country)
    if meant != typed:
        gaps = await _gaps(services, did, reply, to, meant)
    values, invalid = checked(gaps.contact.legal_form, meant, needed_fields(gaps.missing))
    wrong = gaps.missing.wrong | {name: error for name, error in invalid.items() if name in meant}
    if wrong:
        problem = views.problems(gaps, {name: messages.refusal(error).text for name, error in wrong.items()})
        await reply.show_form(views.completion_form(to, gaps, meant, problem=problem), otherwise=_CLOSED)
        return
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            await threads.call(services.workflow.contacts.complete, to.contact, values, by=person)
    except OrderingError as refusal:
        again = views.completion_form(to, gaps, meant, problem=sentence(refusal))
        await reply.show_form(again, otherwise=_CLOSED)
        return
    await reply.send(RenderedMessage.from_text(words.contacts.completed(to.contact)))


async def _gaps(
    services: Services, did: Interaction, reply: Reply, to: Completion, typed: Mapping[str, str]
) -> OwnerGaps:
    person = await services.person(did)
    async with services.at_ovh(did, reply) as threads:
        return await threads.call(
            services.workflow.registry_needs.gaps, to.cart_id, to.domain, to.contact, typed, by=person
        )


async def _chosen(services: Services, did: Interaction, at: AnswersPage) -> str:
    """Return the contact that is chosen in the form below, or the team's own; empty if it is the account itself."""
    cart = await services.bridge.call(services.workflow.questions.may_answer, at.cart_id, by=await services.person(did))
    line = cart.line(at.domain)
    questions = (line.questions or ()) if line else ()
    standing = next((q.standing for q in questions if q.label == OWNER_CONTACT), None)
    return typed_answers(questions, did.values or {}).get(OWNER_CONTACT) or standing or ""


def _typed(did: Interaction) -> dict[str, str]:
    return {name: " ".join(value.split()) for name, value in (did.values or {}).items() if value}
