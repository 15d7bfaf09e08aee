"""Render one question as one input within Slack's limits, and read the answers back by label."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from slack_sdk.models.blocks import (
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from handlers.messages import words
from handlers.messages.en import question_labels
from handlers.messages.en.contact_fields import NO_NAME
from handlers.toolkit.mrkdwn import cut, plain
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.question import LONGEST_ANSWER, Kind, Question

# Slack's limits: a label and hint, an option's text and value, and the options in a group.
# A label and hint may be far longer than what people read.
_LABEL, _HINT, _OPTION, _VALUE, _GROUP = 150, 300, 75, 150, 100
_MOST_OPTIONS = 500  # above this a list helps no one, and a whole form may have 250 KB
_PAGE_BYTES, _PAGE_QUESTIONS = 150_000, 40
_LONGEST_ID = 200
_FIELD = "answer."  # prefix of the ids of these inputs
_NO_CONTACT = "default"  # an option's value cannot be empty
Contacts = Sequence[Contact]


def pages(questions: Iterable[Question], contacts: Contacts) -> list[tuple[Question, ...]]:
    """Split questions into forms of a size that Slack accepts."""
    found: list[list[Question]] = []
    room = 0
    for question in questions:
        size = LONGEST_ANSWER + sum(_size(option) for option in _options(question, contacts))
        if not found or size > room or len(found[-1]) >= _PAGE_QUESTIONS:
            found.append([])
            room = _PAGE_BYTES
        found[-1].append(question)
        room -= size
    return [tuple(page) for page in found]


def answer_input(question: Question, line: Line, contacts: Contacts, typed: str | None) -> InputBlock:
    """Return the input for one question with its current value: typed before, answered, or the bot's own answer."""
    now = line.text_for(question) if typed is None else typed
    element = _element(question, contacts, now)
    block_id = field_id(question)
    if question.is_of_contacts:
        # Slack keeps a user's choice as long as the ids are the same, so a new choice of ours needs a new id.
        block_id = f"{block_id}@{now or _NO_CONTACT}"[:_LONGEST_ID]
    return InputBlock(
        block_id=block_id,
        label=cut(plain(question_labels.title(question.label)), _LABEL) or words.questions.UNNAMED,
        hint=cut(plain(question_labels.hint(question)), _HINT) or None,
        element=element,
        optional=not question.must_be_answered,
    )


def field_id(question: Question) -> str:
    """Return the input's action id: the label, or a digest if Slack cannot hold it."""
    label = question.label
    return f"{_FIELD}{label if label and len(label) < _LONGEST_ID else digest(label)}"


def typed_answers(questions: Iterable[Question], values: Mapping[str, str | None]) -> dict[str, str]:
    """Return what was typed and chosen in a form, by label; an empty text if nothing was.

    The questions may have changed since the form was rendered: a field that belongs to none of them is returned under
    its own name.
    """
    by_id = {field_id(question): question for question in questions}
    return {
        by_id[name].label if name in by_id else name.removeprefix(_FIELD): _read(by_id.get(name), value or "")
        for name, value in values.items()
        if name.startswith(_FIELD)
    }


def _element(question: Question, contacts: Contacts, now: str) -> InputInteractiveElement:
    options = _options(question, contacts, now)
    if question.kind is Kind.YES_NO:
        return RadioButtonsElement(action_id=field_id(question), options=options, initial_option=_chosen(options, now))
    if not options:
        return PlainTextInputElement(
            action_id=field_id(question),
            multiline=question.kind is Kind.JSON or question.label == "REASON",
            max_length=question.longest,
            initial_value=now[: question.longest] or None,
        )
    if len(options) <= _GROUP:
        return StaticSelectElement(
            action_id=field_id(question), options=options, initial_option=_chosen(options, now or _NO_CONTACT)
        )
    groups = [options[start : start + _GROUP] for start in range(0, len(options), _GROUP)]
    return StaticSelectElement(
        action_id=field_id(question),
        option_groups=[
            OptionGroup(label=words.questions.group(place * _GROUP + 1, place * _GROUP + len(group)), options=group)
            for place, group in enumerate(groups)
        ],
        initial_option=_chosen(options, now or _NO_CONTACT),
    )


def _options(question: Question, contacts: Contacts, now: str = "") -> list[Option]:
    """Return the options of a question; empty if the answer is typed."""
    if question.kind is Kind.YES_NO:
        options = {"true": words.questions.YES, "false": words.questions.NO}
        return [Option(value=value, text=options[value]) for value in options if value in (question.allowed or options)]
    if question.allowed:
        listed = question.allowed if len(question.allowed) <= _MOST_OPTIONS else ()
        return [_option(value, value) for value in listed]
    if not question.is_of_contacts:
        return []
    standing = question.standing
    default = words.questions.default_owner(standing) if standing else words.questions.ACCOUNT_OWNER
    known = [_option(contact.id, _contact(contact)) for contact in contacts[: _MOST_OPTIONS - 2]]
    strange = (
        [_option(now, words.questions.other_contact(now))]
        if now and now not in {c.id for c in contacts} | {_NO_CONTACT}
        else []
    )
    return [_option(_NO_CONTACT, default), *strange, *known]


def _option(value: str, text: str) -> Option:
    options = cut(plain(text), _OPTION) or words.questions.INVISIBLE
    return Option(value=token_of(value), text=options)


def token_of(value: str) -> str:
    """Return an option's value, or its digest if Slack cannot hold it."""
    return value if len(value) <= _VALUE and not value.startswith("#") else f"#{digest(value)}"


def _chosen(options: Sequence[Option], now: str) -> Option | None:
    return next((option for option in options if option.value == token_of(now)), None)


def _read(question: Question | None, value: str) -> str:
    if question is None:
        return value
    if question.is_of_contacts:
        return "" if value == _NO_CONTACT else value
    return next((allowed for allowed in question.allowed if token_of(allowed) == value), value)


def _contact(contact: Contact) -> str:
    return " · ".join(filter(None, [cut(plain(contact.name) or NO_NAME, 40), contact.place, contact.id]))


def digest(text: str) -> str:
    """Return the digest that replaces a text that Slack cannot hold."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _size(option: Option) -> int:
    return len(json.dumps(option.to_dict()))
