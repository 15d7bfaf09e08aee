"""Inputs for what registries need of an owner, within Slack's limits: in words, and for which names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, DividerBlock, InputBlock, Option, PlainTextInputElement, StaticSelectElement
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from handlers.messages import words
from handlers.messages.en import contact_fields
from handlers.text.mrkdwn import cut, escape, escape_markup, plain
from handlers.toolkit.blocks import context
from handlers.views.question_inputs import token_of
from ordering.model.contact import LONGEST_FIELD, Field, LegalForm
from ordering.model.owner_needs import NeededField, OwnerNeeds

_LABEL, _HINT, _OPTION, _PLACEHOLDER = 150, 300, 75, 150
_GAP = "field."  # prefix of the ids of a contact's fields in a form with other contacts
_MOST_OPTIONS, _MOST_IN_ALL = 100, 400  # of a list, and of a form, which may have 250 KB


def needed_inputs(form: LegalForm, needs: OwnerNeeds, fields: Sequence[Field], typed: Mapping[str, str]) -> list[Block]:
    """Return the inputs for what registries need, and a line about names whose needs are not all known."""
    needed = {each.name: each for each in _listable(needs.fields)}
    blocks: list[Block] = [
        _needed(needed[each.name], typed.get(each.name, ""))
        if each.name in needed
        else _guessed(each, typed.get(each.name, ""), needed=form in each.needed_of)
        for each in fields
    ]
    blocks += _notes(needs)
    return [DividerBlock(), *blocks] if blocks else []


def _notes(needs: OwnerNeeds) -> list[Block]:
    """Return the registries' own pages, and the names whose needs are not all known."""
    pages = list(dict.fromkeys(each.words.page for each in needs.fields if each.words.page))
    names = [escape_markup(str(name)) for name in needs.undecided]
    return [
        *([context(words.contacts.pages(pages))] if pages else []),
        *([context(words.contacts.undecided(names))] if names else []),
    ]


def gap_inputs(
    contact_id: str, needs: OwnerNeeds, typed: Mapping[str, str], wrong: Mapping[str, str], *, lists: bool = True
) -> list[Block]:
    """Return the inputs for what a contact lacks, in a form with other contacts; `wrong` are reasons by field.

    Without `lists` every value is typed, because the options have no room.
    """
    blocks: list[Block] = []
    for each in _listable(needs.fields, most=_MOST_IN_ALL if lists else 0):
        blocks.append(_needed(each, typed.get(each.name, ""), action_id=gap_id(each.name, contact_id)))
        if each.name in wrong:
            blocks.append(context(words.contacts.wrong_value(escape(wrong[each.name]))))
    return [*blocks, *_notes(needs)]


def gap_id(name: str, contact_id: str) -> str:
    """Return the action id of a contact's field in a form with other contacts."""
    return f"{_GAP}{name}@{contact_id}"


def typed_gaps(values: Mapping[str, str | None]) -> dict[str, dict[str, str]]:
    """Return what was typed for contacts, by contact and field; an empty field is left out."""
    typed: dict[str, dict[str, str]] = {}
    for action_id, value in values.items():
        name, _, contact_id = action_id.removeprefix(_GAP).partition("@")
        if action_id.startswith(_GAP) and value:
            typed.setdefault(contact_id, {})[name] = " ".join(value.split())
    return typed


def needed_fields(needs: OwnerNeeds) -> tuple[Field, ...]:
    """Return the fields that are needed of an owner of any legal form."""
    return tuple(Field(each.name, needed_of=frozenset(LegalForm), choices=each.allowed) for each in needs.fields)


def as_meant(needs: OwnerNeeds, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed and chosen, where an option's value is too long for Slack the value itself."""
    values = {each.name: {token_of(value): value for value in each.allowed} for each in needs.fields}
    return {name: values.get(name, {}).get(text, text) for name, text in typed.items()}


def _listable(fields: Sequence[NeededField], most: int = _MOST_IN_ALL) -> Iterator[NeededField]:
    """Yield the fields, without their options where those are too many for a list or a form: they are typed then."""
    room = most
    for each in fields:
        fits = len(each.allowed) <= min(room, _MOST_OPTIONS)
        room -= len(each.allowed) if fits else 0
        yield each if fits else replace(each, allowed=())


def _needed(asked: NeededField, typed: str, *, action_id: str = "") -> InputBlock:
    names = words.contacts.for_names([str(domain) for domain in asked.domains])
    hint = words.contacts.hint(names, asked.words.help, asked.words.example)
    return InputBlock(
        block_id=action_id or asked.name,
        label=cut(plain(asked.words.label), _LABEL) or asked.name,
        hint=cut(plain(hint), _HINT),
        element=_element(asked, typed, action_id or asked.name),
        optional=False,
    )


def _element(asked: NeededField, typed: str, action_id: str) -> InputInteractiveElement:
    if not asked.allowed:
        example = cut(plain(asked.words.example), _PLACEHOLDER)
        return PlainTextInputElement(
            action_id=action_id,
            max_length=min(asked.longest, LONGEST_FIELD),
            initial_value=typed[: min(asked.longest, LONGEST_FIELD)] or None,
            placeholder=example or None,
        )
    options = [_option(value, asked.words.options.get(value, value)) for value in asked.allowed]
    chosen = next((option for option in options if option.value == token_of(typed)), None)
    return StaticSelectElement(action_id=action_id, options=options, initial_option=chosen)


def _option(value: str, text: str) -> Option:
    return Option(value=token_of(value), text=cut(plain(text), _OPTION) or words.questions.INVISIBLE)


def _guessed(asked: Field, typed: str, *, needed: bool) -> InputBlock:
    return InputBlock(
        block_id=asked.name,
        label=contact_fields.label(asked),
        hint=contact_fields.hint(asked) or None,
        element=PlainTextInputElement(
            action_id=asked.name, max_length=LONGEST_FIELD, initial_value=typed[:LONGEST_FIELD] or None
        ),
        optional=not needed,
    )
