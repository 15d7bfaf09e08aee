"""Contacts that can own a name: a form to create one, and the list.

It is personal data, shown only in one user's forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, InputBlock, Option, PlainTextInputElement, StaticSelectElement
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en import contact_fields
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.mrkdwn import cut, escape
from handlers.toolkit.payloads import NewContact
from ordering.model.contact import LONGEST_FIELD, Contact, Field, LegalForm, fields_of

_MOST_SHOWN = 80


def keeping(back: NewContact, typed: Mapping[str, str], form: LegalForm) -> NewContact:
    """Return a copy that keeps what was typed in fields that this legal form does not show."""
    shown = {each.name for each in fields_of(form)}
    return replace(back, kept={name: text for name, text in typed.items() if text and name not in shown})


def contact_form(back: NewContact, form: LegalForm, typed: Mapping[str, str], *, problem: str | None = None) -> View:
    """Return the form for a new contact; its legal form decides the fields. `back` is where it returns to."""
    blocks: list[Block] = [section(words.contacts.not_created(problem))] if problem else []
    blocks.append(context(words.contacts.WHERE_IT_GOES))
    blocks.append(_legal_form(form))
    blocks += [_input(each, typed.get(each.name, ""), needed=form in each.needed_of) for each in fields_of(form)]
    return View(
        type="modal",
        callback_id=Form.CONTACT,
        private_metadata=str(back),
        title=words.contacts.NEW_CONTACT,
        submit=words.contacts.CREATE,
        close=words.buttons.BACK,
        blocks=blocks,
    )


def contacts_list(contacts: Sequence[Contact]) -> View:
    """Return the contacts in full, for one user only."""
    shown = contacts[:_MOST_SHOWN]
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.contacts.AT_OVH,
        close=words.buttons.BACK,
        blocks=fold(
            [
                section(words.contacts.all_of_them(len(contacts), len(shown))),
                listed([section(in_full(contact)) for contact in shown], rank=1, more=_older),
            ],
            VIEW,
        ).blocks,
    )


def _older(number: int) -> Block:
    return context(words.contacts.older(number))


def _legal_form(chosen: LegalForm) -> InputBlock:
    options = [Option(value=form.value, text=contact_fields.LEGAL_FORMS[form]) for form in LegalForm]
    element = StaticSelectElement(
        action_id=Act.LEGAL_FORM,
        options=options,
        initial_option=next(option for option in options if option.value == chosen.value),
    )
    return InputBlock(block_id=Act.LEGAL_FORM, label=words.contacts.WHO_IS_IT, element=element, dispatch_action=True)


def _input(asked: Field, typed: str, *, needed: bool) -> InputBlock:
    return InputBlock(
        block_id=asked.name,
        label=contact_fields.label(asked),
        hint=contact_fields.hint(asked) or None,
        element=_element(asked, typed),
        # A postal code is checked by country, which is typed in the same form.
        optional=not needed,
    )


def _element(asked: Field, typed: str) -> InputInteractiveElement:
    if not asked.choices:
        return PlainTextInputElement(action_id=asked.name, max_length=LONGEST_FIELD, initial_value=typed or None)
    options = [Option(value=choice, text=choice) for choice in asked.choices]
    chosen = next((option for option in options if option.value == typed), None)
    return StaticSelectElement(action_id=asked.name, options=options, initial_option=chosen)


def in_full(contact: Contact) -> str:
    """Return a contact's id, legal form, name, address, e-mail address and phone, one per line."""
    known = contact.values
    person = " ".join(filter(None, [known.get("first_name"), known.get("last_name")]))
    address = ", ".join(
        filter(
            None, [known.get("line1"), " ".join(filter(None, [known.get("zip"), contact.place])), known.get("province")]
        )
    )
    told = [known.get("organisation"), person, address, known.get("email"), known.get("phone")]
    lines = "\n".join(escape(line) for line in told if line)
    return cut(f"*{contact.id}*  {contact_fields.LEGAL_FORMS[contact.legal_form]}\n{lines}", 2000)
