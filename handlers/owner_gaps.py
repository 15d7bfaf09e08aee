"""Fill in what registries need of contacts that exist. What a contact has is neither shown nor changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers import messages
from handlers.messages import words
from handlers.routing.services import Services
from handlers.toolkit.country_names import countries_as_registrar_takes
from handlers.toolkit.email_address import email_faults
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.identity_numbers import doubtful, fingerprint
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.phone import PHONES, phones_as_registrar_takes
from handlers.toolkit.responder import Reply
from handlers.views.owner_inputs import as_meant, gap_id, needed_fields
from ordering.model.contact import Field, LegalForm, checked
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.owner_needs import OwnerGaps

Fields = Mapping[str, Mapping[str, str]]  # by contact, then by field


@dataclass(frozen=True, slots=True)
class Completed:
    """What became of the fields: all filled in, or why not.

    `wrong` are sentences at the fields, `problem` one about all. `checked` is the fingerprint of numbers that look
    wrong: what is sent again with it is filled in.
    """

    fields: Fields
    wrong: Fields = field(default_factory=dict)
    problem: str = ""
    checked: str = ""


def typed_faults(fields: Fields) -> dict[str, str]:
    """Return what is wrong by itself, by action id. What registries take is checked later, phone numbers too."""
    faults: dict[str, str] = {}
    for contact_id, fields_typed in fields.items():
        typed = countries_as_registrar_takes(fields_typed)
        own = {name: text for name, text in typed.items() if name not in PHONES}
        _, wrong = checked(LegalForm.OTHER, own, [Field(name) for name in own])
        found = {name: error for name, error in {**wrong, **email_faults(own)}.items() if name in own}
        faults |= {gap_id(name, contact_id): messages.refusal(error).text for name, error in found.items()}
    return faults


async def complete(
    services: Services,
    did: Interaction,
    reply: Reply,
    owners: Mapping[DomainName, str],
    fields: Fields,
    *,
    checked: str,
) -> Completed:
    """Fill in contacts, unless registries need more or something else, or a number looks wrong for the first time.

    `owners` are the contacts that were chosen for names. Nothing is filled in if one field is wrong.
    """
    chosen = {name: contact for name, contact in owners.items() if contact in fields}
    gaps = await _gaps(services, did, reply, chosen, fields)
    meant = {contact: _meant(gaps[contact], typed) for contact, typed in fields.items() if contact in gaps}
    if meant != fields:
        gaps = await _gaps(services, did, reply, chosen, meant)
    values, wrong = _judged(gaps, meant)
    if wrong:
        return Completed(meant, wrong)
    doubts = _doubts(gaps, values)
    if doubts and fingerprint(values) != checked:
        return Completed(meant, doubts, checked=fingerprint(values))
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            for contact, filled in values.items():
                await threads.call(services.workflow.contacts.complete, contact, filled, by=person)
    except OrderingError as refusal:
        return Completed(meant, problem=words.contacts.not_completed(sentence(refusal)))
    return Completed(meant)


async def _gaps(
    services: Services, did: Interaction, reply: Reply, owners: Mapping[DomainName, str], fields: Fields
) -> dict[str, OwnerGaps]:
    person = await services.person(did)
    async with services.at_ovh(did, reply) as threads:
        return await threads.call(services.workflow.registry_needs.of_owners, owners, fields, by=person)


def _meant(gaps: OwnerGaps, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as the registrar takes it; a phone number may be one of the contact's own country."""
    meant = countries_as_registrar_takes(as_meant(gaps.missing, typed))
    return phones_as_registrar_takes(meant, meant.get("country") or gaps.contact.values.get("country", ""))


def _judged(gaps: Mapping[str, OwnerGaps], meant: Fields) -> tuple[dict[str, dict[str, str]], Fields]:
    """Return the values, and one sentence for each field that is wrong or still missing."""
    values: dict[str, dict[str, str]] = {}
    wrong: dict[str, dict[str, str]] = {}
    for contact, typed in meant.items():
        each = gaps[contact]
        values[contact], invalid = checked(each.contact.legal_form, typed, needed_fields(each.missing))
        errors = each.missing.wrong | {name: error for name, error in invalid.items() if name in typed}
        if errors:
            wrong[contact] = {name: messages.refusal(error).text for name, error in errors.items()}
    return values, wrong


def _doubts(gaps: Mapping[str, OwnerGaps], values: Fields) -> Fields:
    """Return a warning for each number that was typed and has wrong check digits."""
    doubts: dict[str, dict[str, str]] = {}
    for contact, filled in values.items():
        names = [name for name in doubtful({**gaps[contact].contact.values, **filled}) if name in filled]
        if names:
            doubts[contact] = dict.fromkeys(names, words.contacts.DOUBTFUL)
    return doubts
