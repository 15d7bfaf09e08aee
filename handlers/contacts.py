"""A user lists the contacts that can own a name, or creates one.

Everything is shown in the user's own forms, because it is personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slack_sdk.models.views import View

from handlers import messages
from handlers.messages import words
from handlers.questions import draw
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import Drawn, Secret
from handlers.toolkit.context import Desk
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import AnswersPage, NewContact, Nothing
from handlers.toolkit.phone import as_registrar_takes
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views import contacts as views
from handlers.views.question_inputs import typed_answers
from handlers.views.questions import loading
from ordering.model.contact import Contact, LegalForm, checked
from ordering.model.errors import OrderingError, RegistrarRefused
from ordering.model.question import OWNER_CONTACT, Question


def register(router: Router) -> None:
    router.button(Act.NEW_CONTACT, AnswersPage, _new, at_once=True)
    router.button(Act.SHOW_CONTACTS, Nothing, _show, at_once=True)
    router.button(Act.LEGAL_FORM, NewContact, _other_fields)
    router.form(Form.CONTACT, NewContact, _make, faults=_wrong_fields, waiting=_creating)


def _wrong_fields(did: Interaction) -> Mapping[str, str]:
    _, wrong = checked(*typed_contact(did))
    return {name: messages.refusal(error).text for name, error in wrong.items()}


def _creating(_back: NewContact) -> View:
    return note(Drawn.saying(words.contacts.CREATING))


async def _new(desk: Desk, did: Interaction, reply: Reply, at: AnswersPage) -> None:
    """Open the form for a new contact on top of the current form, and keep what was typed in the current one."""
    questions = await _questions(desk, did, at)
    back = NewContact(at, did.form or "", typed_answers(questions, did.values or {}))
    await reply.open_form(views.contact_form(back, LegalForm.CORPORATION, {}), button=words.buttons.NEW_CONTACT)


async def _show(desk: Desk, did: Interaction, reply: Reply, _clicked: Nothing) -> None:
    await reply.open_form(loading(words.contacts.ASKING), button=words.buttons.SHOW_CONTACTS)
    person = await desk.person(did)
    async with desk.at_ovh(did, reply) as threads:
        contacts = await threads.call(desk.workflow.contacts.all, by=person)
    await reply.show_form(views.contacts_list(contacts), otherwise=Drawn.saying(words.contacts.LIST_CLOSED))


async def _other_fields(_desk: Desk, did: Interaction, reply: Reply, back: NewContact) -> None:
    await reply.show_form(with_other_fields(did, back), otherwise=Drawn.saying(words.contacts.FORM_CLOSED))


def with_other_fields(did: Interaction, back: NewContact) -> View:
    """Return the form for the chosen legal form. What was typed is kept, and shown again when its field returns."""
    form, shown = _typed(did)
    typed = {**back.kept, **shown}
    return views.contact_form(views.keeping(back, typed, form), form, typed)


async def _make(desk: Desk, did: Interaction, reply: Reply, back: NewContact) -> None:
    """Create the contact, and select it in the form below."""
    form, typed = typed_contact(did)
    values, _ = checked(form, typed)
    try:
        person = await desk.person(did)
        async with desk.at_ovh(did, reply) as threads:
            contact = await threads.call(desk.workflow.contacts.create, form, values, by=person)
    except OrderingError as refusal:
        again = views.contact_form(back, form, values, problem=sentence(refusal))
        await reply.show_form(again, otherwise=_not_made(refusal))
        return
    try:
        await _choose(desk, did, back, contact)
    except OrderingError as refusal:
        await reply.tell(Drawn.saying(words.contacts.created_only(contact.id, sentence(refusal))))
    else:
        await reply.tell(Drawn.saying(words.contacts.created(contact.id, back.at.domain)))


def _not_made(refusal: OrderingError) -> Drawn | Secret:
    """Return why no contact was created. OVH's own words may quote personal data that the user typed."""
    said = Drawn.saying(sentence(refusal))
    if not isinstance(refusal, RegistrarRefused):
        return said
    return Secret(said, otherwise=Drawn.saying(words.contacts.REFUSED_AFTER_CLOSING))


async def _choose(desk: Desk, did: Interaction, back: NewContact, contact: Contact) -> None:
    """Render the form below again, with this contact."""
    asked = [question.label for question in await _questions(desk, did, back.at) if question.is_of_contacts]
    label = OWNER_CONTACT if OWNER_CONTACT in asked else asked[0] if asked else OWNER_CONTACT
    below = Reply(desk.client, replace(did, form=back.view))
    await draw(desk, did, below, back.at, {**back.typed, label: contact.id})


async def _questions(desk: Desk, did: Interaction, at: AnswersPage) -> tuple[Question, ...]:
    cart = await desk.bridge.call(desk.workflow.questions.may_answer, at.cart_id, by=await desk.person(did))
    line = cart.line(at.domain)
    return (line.questions or ()) if line else ()


def typed_contact(did: Interaction) -> tuple[LegalForm, dict[str, str]]:
    """Return the legal form and the fields, the phone number with the country code of the address."""
    form, typed = _typed(did)
    if "phone" in typed:
        typed["phone"] = as_registrar_takes(typed["phone"], typed.get("country", ""))
    return form, typed


def _typed(did: Interaction) -> tuple[LegalForm, dict[str, str]]:
    typed = {name: value or "" for name, value in (did.values or {}).items()}
    return LegalForm(typed.pop(Act.LEGAL_FORM, "")), typed
