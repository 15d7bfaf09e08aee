"""A user lists the contacts that can own a name, or creates one.

Everything is shown in the user's own forms, because it is personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View

from handlers import messages
from handlers.messages import words
from handlers.questions import render
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.context import Services
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.responder import Reply
from handlers.views import contacts as views
from handlers.views.contacts import Return
from handlers.views.question_inputs import typed_answers
from handlers.views.questions import AnswersPage, loading
from ordering.model.contact import Contact, LegalForm, checked
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError, RegistrarRefused
from ordering.model.question import OWNER_CONTACT, Question


def register(app: AsyncApp, services: Services) -> None:
    @app.action(Act.NEW_CONTACT)
    async def new_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _new(services, did, reply), Interaction.of_action(body), at_once=True)

    @app.action(Act.SHOW_CONTACTS)
    async def show_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _show(services, did, reply), Interaction.of_action(body), at_once=True)

    @app.action(Act.LEGAL_FORM)
    async def legal_form_chosen(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(_other_fields, Interaction.of_action(body))

    @app.view(Form.CONTACT)
    async def contact_submitted(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        did = Interaction.of_form(body, stays=True)
        form, typed = _typed(did)
        values, wrong = checked(form, typed)
        if wrong:
            errors = {name: messages.refusal(error).text for name, error in wrong.items()}
            await ack(response_action="errors", errors=errors)
            return
        await ack(response_action="update", view=note(RenderedMessage.from_text(words.contacts.CREATING)))
        services.start(lambda did, reply: _make(services, did, reply, form, values), did)


async def _new(services: Services, did: Interaction, reply: Reply) -> None:
    """Open the form for a new contact on top of the current form, and keep what was typed in the current one."""
    at = AnswersPage.read(did.value)
    questions = await _questions(services, did, at)
    back = Return(did.value, did.form or "", typed_answers(questions, did.values or {}))
    await reply.open_form(views.contact_form(str(back), LegalForm.CORPORATION, {}), button=words.buttons.NEW_CONTACT)


async def _show(services: Services, did: Interaction, reply: Reply) -> None:
    await reply.open_form(loading(words.contacts.ASKING), button=words.buttons.SHOW_CONTACTS)
    person = await services.person(did)
    async with services.at_ovh(did, reply) as threads:
        contacts = await threads.call(services.workflow.contacts, by=person)
    await reply.show_form(
        views.contacts_list(contacts), otherwise=RenderedMessage.from_text(words.contacts.LIST_CLOSED)
    )


async def _other_fields(did: Interaction, reply: Reply) -> None:
    await reply.show_form(with_other_fields(did), otherwise=RenderedMessage.from_text(words.contacts.FORM_CLOSED))


def with_other_fields(did: Interaction) -> View:
    """Return the form for the chosen legal form. What was typed is kept, and shown again when its field returns."""
    form, fields = _typed(did)
    back = Return.read(did.metadata)
    typed = {**back.kept, **fields}
    return views.contact_form(str(back.keeping(typed, form)), form, typed)


async def _make(services: Services, did: Interaction, reply: Reply, form: LegalForm, values: Mapping[str, str]) -> None:
    """Create the contact, and select it in the form below."""
    back = Return.read(did.metadata)
    try:
        person = await services.person(did)
        async with services.at_ovh(did, reply) as threads:
            contact = await threads.call(services.workflow.create_contact, form, values, by=person)
    except OrderingError as refusal:
        again = views.contact_form(did.metadata, form, values, problem=sentence(refusal))
        await reply.show_form(again, otherwise=_not_made(refusal))
        return
    at = AnswersPage.read(back.at)
    try:
        await _choose(services, did, back, at, contact)
    except OrderingError as refusal:
        await reply.send(RenderedMessage.from_text(words.contacts.created_only(contact.id, sentence(refusal))))
    else:
        await reply.send(RenderedMessage.from_text(words.contacts.created(contact.id, DomainName(at.domain))))


def _not_made(refusal: OrderingError) -> RenderedMessage | Secret:
    """Return why no contact was created. OVH's own words may quote personal data that the user typed."""
    rendered = RenderedMessage.from_text(sentence(refusal))
    if not isinstance(refusal, RegistrarRefused):
        return rendered
    return Secret(rendered, otherwise=RenderedMessage.from_text(words.contacts.REFUSED_AFTER_CLOSING))


async def _choose(services: Services, did: Interaction, back: Return, at: AnswersPage, contact: Contact) -> None:
    """Render the form below again, with this contact."""
    asked = [question.label for question in await _questions(services, did, at) if question.is_of_contacts]
    label = OWNER_CONTACT if OWNER_CONTACT in asked else asked[0] if asked else OWNER_CONTACT
    below = Reply(services.client, replace(did, form=back.view))
    await render(services, did, below, at, {**back.typed, label: contact.id})


async def _questions(services: Services, did: Interaction, at: AnswersPage) -> tuple[Question, ...]:
    cart = await services.bridge.call(services.workflow.may_answer, at.cart_id, by=await services.person(did))
    line = cart.line(DomainName(at.domain))
    return (line.questions or ()) if line else ()


def _typed(did: Interaction) -> tuple[LegalForm, dict[str, str]]:
    typed = {name: value or "" for name, value in (did.values or {}).items()}
    return LegalForm(typed.pop(Act.LEGAL_FORM, "")), typed
