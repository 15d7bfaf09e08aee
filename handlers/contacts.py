"""A user lists the contacts that can own a name, or creates one.

Everything is shown in the user's own forms, because it is personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.models.views import View

from handlers import messages
from handlers.messages import words
from handlers.messages.en import contact_fields
from handlers.questions import may_answer, name_to_own, render
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.text.mrkdwn import escape
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.country_names import countries_as_registrar_takes
from handlers.toolkit.email_address import email_faults
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.identity_numbers import doubtful, fingerprint
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.ovh_queue import LineFull
from handlers.toolkit.payloads import AnswersSheet, CartNumber, NewContact, Nothing
from handlers.toolkit.phone import phones_as_registrar_takes
from handlers.toolkit.responder import Reply
from handlers.views import contacts as views
from handlers.views.owner_inputs import as_meant
from handlers.views.question_inputs import Filled
from handlers.views.questions import loading
from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError, RegistrarRefused
from ordering.model.owner_form import as_far_as_valid, form_fields, judged
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.question import OWNER_CONTACT, Reach, mark
from ordering.model.question_sheet import Typed

_CLOSED = RenderedMessage.from_text(words.contacts.FORM_CLOSED)
_log = structlog.get_logger()


def register(router: Router) -> None:
    router.button(Act.NEW_CONTACT, CartNumber, _new, at_once=True)
    router.button(Act.SHOW_CONTACTS, Nothing, _show, at_once=True)
    router.button(Act.LEGAL_FORM, NewContact, _other_fields)
    router.button(Act.OWNER_OF, NewContact, _other_fields)
    # What registries need was read before: only the database is read before the acknowledgement.
    router.saved_form(Form.CONTACT, NewContact, _submitted)


async def _new(services: Services, did: Interaction, reply: Reply, _cart: CartNumber) -> None:
    """Open the form for a new contact on top of the current form, and keep what was typed in the current one."""
    at = AnswersSheet.read(did.metadata)
    await reply.open_form(loading(words.contacts.ASKING_NEEDS), button=words.buttons.NEW_OWNER)
    cart = await may_answer(services, did, at.cart_id)
    filled = Filled(at, cart.lines, did.values or {})
    domain, person = name_to_own(at, cart), await services.person(did)
    names = await services.bridge.call(services.workflow.registry_needs.names_to_own, at.cart_id, domain, by=person)
    back = NewContact(at, did.form or "", domain, kept_below(filled), others=len(names) - 1)
    reach = Reach.EVERY if back.others else Reach.ONE
    needs = await _read_needs(services, did, reply, back, reach, LegalForm.CORPORATION, {})
    form = views.contact_form(back, LegalForm.CORPORATION, {}, needs=needs, reach=reach)
    await reply.show_form(form, otherwise=_CLOSED)


def kept_below(filled: Filled) -> dict[str, str]:
    """Return what was typed in the form below, by name and label: what was not touched is left out."""
    return {
        f"{domain.ascii} {label}": text
        for domain, typed in filled.typed.items()
        for label, text in typed.items()
        if mark(label, text) not in filled.seen[domain]
    }


def typed_below(back: NewContact) -> dict[DomainName, dict[str, str]]:
    """Return what was typed in the form below, as `kept_below` wrote it."""
    typed: dict[DomainName, dict[str, str]] = {}
    for key, text in back.typed.items():
        name, _, label = key.partition(" ")
        typed.setdefault(DomainName.parse(name), {})[label] = text
    return typed


async def _show(services: Services, did: Interaction, reply: Reply, _clicked: Nothing) -> None:
    person = await services.person(did)
    services.workflow.policy.may_see_owners(person)
    await reply.open_form(loading(words.contacts.ASKING), button=words.buttons.SHOW_CONTACTS)
    async with services.at_ovh(did, reply) as threads:
        contacts = await threads.call(services.workflow.contacts.in_full, by=person)
    await reply.show_form(
        views.contacts_list(contacts), otherwise=RenderedMessage.from_text(words.contacts.LIST_CLOSED)
    )


async def _other_fields(services: Services, did: Interaction, reply: Reply, back: NewContact) -> None:
    form, typed = typed_contact(did)
    needs = await _known_needs(services, did, back, form, {**back.kept, **typed})
    await reply.show_form(with_other_fields(did, back, needs), otherwise=_CLOSED)


def with_other_fields(
    did: Interaction, back: NewContact, needs: OwnerNeeds, *, problem: str | None = None, warns: bool = False
) -> View:
    """Return the form for the chosen legal form. What was typed is kept, and shown again when its field returns."""
    form, fields = _typed(did)
    typed = {**back.kept, **fields}
    back = views.keeping(back, typed, form_fields(form, needs))
    return views.contact_form(back, form, typed, needs=needs, reach=_reach(did), problem=problem, warns=warns)


async def _submitted(services: Services, did: Interaction, back: NewContact) -> dict[str, Any]:
    """Return the acknowledgement: errors at their fields, the form with more fields, or that the contact is made."""
    form, typed = typed_contact(did)
    needs = await _known_needs(services, did, back, form, typed)
    values, wrong = judged(form, as_meant(needs, typed), needs)
    wrong |= email_faults(typed)
    if any(field.name not in typed and field.name in wrong for field in form_fields(form, needs)):
        more = with_other_fields(did, back, needs, problem=words.contacts.MORE_NEEDED)
        return {"response_action": "update", "view": more}
    if wrong:
        errors = {did.block_of(name): messages.refusal(error).text for name, error in wrong.items()}
        return {"response_action": "errors", "errors": errors}
    services.start(lambda did, reply: _make(services, did, reply, back, form, values), did)
    return {"response_action": "update", "view": note(RenderedMessage.from_text(words.contacts.CREATING))}


async def _known_needs(
    services: Services, did: Interaction, back: NewContact, form: LegalForm, typed: Mapping[str, str]
) -> OwnerNeeds:
    """Return what registries need as far as it was read before, without asking OVH."""
    at, person = back.at, await services.person(did)
    read = services.workflow.registry_needs.of_new_owner

    async def needs_with(values: Mapping[str, str]) -> OwnerNeeds:
        return await services.bridge.call(
            read, at.cart_id, back.domain, form, values, by=person, reach=_reach(did), at_once=True
        )

    values = as_far_as_valid(form, typed)
    needs = await needs_with(values)
    meant = as_meant(needs, values)
    return needs if meant == values else await needs_with(meant)


async def _read_needs(
    services: Services,
    did: Interaction,
    reply: Reply,
    back: NewContact,
    reach: Reach,
    form: LegalForm,
    values: Mapping[str, str],
) -> OwnerNeeds:
    """Return what registries need. Nothing is known of it if the user's other requests to OVH are too many."""
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            read = services.workflow.registry_needs.of_new_owner
            return await threads.call(read, back.at.cart_id, back.domain, form, values, by=person, reach=reach)
    except LineFull as error:
        _log.warning("needs_not_read", why=str(error))
        return views.UNKNOWN_NEEDS


async def _make(
    services: Services, did: Interaction, reply: Reply, back: NewContact, form: LegalForm, values: Mapping[str, str]
) -> None:
    """Create the contact, and select it in the form below."""
    needs = await _read_needs(services, did, reply, back, _reach(did), form, values)
    if wrong := needs.wrong:
        reasons = {_label(name, needs): escape(messages.refusal(error).text) for name, error in wrong.items()}
        again = with_other_fields(did, back, needs, problem=words.contacts.wrong_fields(reasons))
        await reply.show_form(again, otherwise=_CLOSED)
        return
    doubts = doubtful(values)
    if doubts and fingerprint(values) != back.checked:
        warned = replace(back, checked=fingerprint(values))
        problem = words.contacts.wrong_fields({_label(name, needs): words.contacts.DOUBTFUL for name in doubts})
        again = with_other_fields(did, warned, needs, problem=problem, warns=True)
        await reply.show_form(again, otherwise=_CLOSED)
        return
    try:
        person = await services.person(did)
        async with services.at_ovh(did, reply) as threads:
            contact = await threads.call(services.workflow.contacts.create, form, values, by=person)
    except OrderingError as refusal:
        again = with_other_fields(did, back, needs, problem=sentence(refusal))
        await reply.show_form(again, otherwise=_not_made(refusal))
        return
    try:
        await _choose(services, did, back, contact)
    except OrderingError as refusal:
        await reply.send(RenderedMessage.from_text(words.contacts.created_only(contact.id, sentence(refusal))))
    else:
        await reply.send(RenderedMessage.from_text(words.contacts.created(contact.id, back.domain)))


def _not_made(refusal: OrderingError) -> RenderedMessage | Secret:
    """Return why no contact was created. OVH's own words may quote personal data that the user typed."""
    rendered = RenderedMessage.from_text(sentence(refusal))
    if not isinstance(refusal, RegistrarRefused):
        return rendered
    return Secret(rendered, otherwise=RenderedMessage.from_text(words.contacts.REFUSED_AFTER_CLOSING))


async def _choose(services: Services, did: Interaction, back: NewContact, contact: Contact) -> None:
    """Render the form below again, with this contact as the owner of the names that it was made for."""
    at, person = back.at, await services.person(did)
    cart = await may_answer(services, did, at.cart_id)
    if cart.line(back.domain) is None:
        raise NotPossible(code="name_not_in_cart", cart=cart.id, name=back.domain.ascii)
    names = await services.bridge.call(
        services.workflow.registry_needs.names_to_own, at.cart_id, back.domain, by=person
    )
    owned = names if _reach(did) is Reach.EVERY else names[:1]
    before: Typed = typed_below(back)
    typed = {name: {**before.get(name, {}), OWNER_CONTACT: contact.id} for name in owned}
    below = Reply(services.client, replace(did, form=back.view))
    await render(services, did, below, at, typed={**before, **typed}, is_redrawn=True)


def _label(name: str, needs: OwnerNeeds) -> str:
    """Return the escaped label of a field, in the registry's words if it needs the field."""
    asked = next((each for each in needs.fields if each.name == name), None)
    return escape(asked.words.label if asked else contact_fields.LABELS.get(name, name))


def typed_contact(did: Interaction) -> tuple[LegalForm, dict[str, str]]:
    """Return the legal form and the fields, the phone numbers with the country code of the address."""
    form, typed = _typed(did)
    typed = countries_as_registrar_takes(typed)
    return form, phones_as_registrar_takes(typed, typed.get("country", ""))


def _typed(did: Interaction) -> tuple[LegalForm, dict[str, str]]:
    typed = {name: value or "" for name, value in (did.values or {}).items() if name != Act.OWNER_OF}
    return LegalForm(typed.pop(Act.LEGAL_FORM, "")), typed


def _reach(did: Interaction) -> Reach:
    """Return for which names the contact is; the form asks only where there are several without an owner."""
    return Reach(did.typed(Act.OWNER_OF) or Reach.ONE)
