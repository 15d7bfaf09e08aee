"""Contacts that can own a name: a form to create one, and the list.

It is personal data, shown only in one user's forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en import contact_fields
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.payloads import NewContact
from handlers.views.owner_inputs import needed_inputs
from ordering.model.contact import LONGEST_FIELD, Contact, Field, LegalForm, fields_of
from ordering.model.owner_form import form_fields
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.question import Reach

_MOST_SHOWN, _OPTION = 80, 75
_MOST_TOLD = 2900  # characters
UNKNOWN_NEEDS = OwnerNeeds()


def keeping(back: NewContact, typed: Mapping[str, str], fields: Iterable[Field]) -> NewContact:
    """Return a copy that keeps what was typed in fields other than these."""
    visible = {each.name for each in fields}
    return replace(back, kept={name: text for name, text in typed.items() if text and name not in visible})


def contact_form(
    back: NewContact,
    form: LegalForm,
    typed: Mapping[str, str],
    *,
    needs: OwnerNeeds = UNKNOWN_NEEDS,
    reach: Reach = Reach.ONE,
    problem: str | None = None,
    warns: bool = False,
) -> View:
    """Return the form for a new contact; its legal form and the needs of the registries decide the fields.

    `back` is where it returns to, `reach` for which names it is, where the cart has others without an owner. `warns`:
    a number looks wrong, and is saved if the form is sent again.
    """
    blocks: list[Block] = [section(cut(words.contacts.not_created(problem), _MOST_TOLD))] if problem else []
    blocks.append(context(words.contacts.WHERE_IT_GOES))
    if back.others:
        blocks.append(_owner_of(back, reach))
    blocks.append(_legal_form(form))
    fields = form_fields(form, needs)
    own = {each.name for each in fields_of(form)}
    usual = [each for each in fields if each.name in own and contact_fields.is_usual(each.name)]
    blocks += [_input(each, typed.get(each.name, ""), needed=form in each.needed_of) for each in usual]
    blocks += needed_inputs(form, needs, [each for each in fields if each not in usual], typed)
    return View(
        type="modal",
        callback_id=Form.CONTACT,
        private_metadata=str(back),
        title=words.contacts.NEW_CONTACT,
        submit=words.contacts.CREATE_ANYWAY if warns else words.contacts.CREATE,
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


def _owner_of(back: NewContact, chosen: Reach) -> InputBlock:
    name = str(back.domain)
    choices = {Reach.EVERY: words.contacts.owns_all(back.others + 1), Reach.ONE: words.contacts.owns_only(name)}
    options = [Option(value=reach.value, text=cut(text, _OPTION)) for reach, text in choices.items()]
    element = RadioButtonsElement(
        action_id=Act.OWNER_OF,
        options=options,
        initial_option=next(option for option in options if option.value == chosen.value),
    )
    return InputBlock(block_id=Act.OWNER_OF, label=words.contacts.WHAT_IT_OWNS, element=element, dispatch_action=True)


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
