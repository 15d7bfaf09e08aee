"""Contacts that can own a name: a form to create one, and the list.

It is personal data, shown only in one user's forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from slack_sdk.models.blocks import Block, InputBlock, Option, PlainTextInputElement, StaticSelectElement
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en import contact_fields
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.mrkdwn import cut, escape
from ordering.model.contact import LONGEST_FIELD, Contact, Field, LegalForm, fields_of

_MOST_SHOWN = 80
_METADATA = 3000  # characters, Slack's limit


@dataclass(frozen=True, slots=True)
class Return:
    """Where to return the new contact: the form below, its view, and what was typed there, by label.

    `kept` is what was typed for this contact in fields that its legal form does not show, by the field's name.
    """

    at: str
    view: str
    typed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        # Keep as much as fits: Slack's clients keep what was typed in the form below, but nothing keeps the rest.
        less = (self, replace(self, typed={}), replace(self, kept={}), replace(self, typed={}, kept={}))
        rendered = [json.dumps(asdict(each)) for each in less]
        return next((text for text in rendered if len(text) <= _METADATA), rendered[-1])

    @classmethod
    def read(cls, text: str) -> Return:
        return cls(**json.loads(text))

    def keeping(self, typed: Mapping[str, str], form: LegalForm) -> Return:
        """Return a copy that keeps what was typed in fields that this legal form does not show."""
        visible = {each.name for each in fields_of(form)}
        return replace(self, kept={name: text for name, text in typed.items() if text and name not in visible})


def contact_form(back: str, form: LegalForm, typed: Mapping[str, str], *, problem: str | None = None) -> View:
    """Return the form for a new contact; its legal form decides the fields. `back` is a `Return`, as text."""
    blocks: list[Block] = [section(words.contacts.not_created(problem))] if problem else []
    blocks.append(context(words.contacts.WHERE_IT_GOES))
    blocks.append(_legal_form(form))
    blocks += [_input(each, typed.get(each.name, ""), needed=form in each.needed_of) for each in fields_of(form)]
    return View(
        type="modal",
        callback_id=Form.CONTACT,
        private_metadata=back,
        title=words.contacts.NEW_CONTACT,
        submit=words.contacts.CREATE,
        close=words.buttons.BACK,
        blocks=blocks,
    )


def contacts_list(contacts: Sequence[Contact]) -> View:
    """Return the contacts in full, for one user only."""
    visible = contacts[:_MOST_SHOWN]
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.contacts.AT_OVH,
        close=words.buttons.BACK,
        blocks=fold(
            [
                section(words.contacts.all_of_them(len(contacts), len(visible))),
                listed([section(in_full(contact)) for contact in visible], rank=1, more=_older),
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
    texts = [known.get("organisation"), person, address, known.get("email"), known.get("phone")]
    lines = "\n".join(escape(line) for line in texts if line)
    return cut(f"*{contact.id}*  {contact_fields.LEGAL_FORMS[contact.legal_form]}\n{lines}", 2000)
