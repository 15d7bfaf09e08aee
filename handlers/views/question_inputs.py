"""Render one question as one input within Slack's limits, and read the answers back by name and label."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from slack_sdk.models.blocks import (
    Block,
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
from handlers.toolkit.blocks import context
from handlers.toolkit.mrkdwn import cut, escape, plain
from handlers.toolkit.payloads import AnswersSheet, Asked
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.domain_name import DomainName
from ordering.model.question import ACCEPT_CONDITIONS, OWNER_CONTACT, Kind, Question, mark
from ordering.model.question_sheet import Ask

# Slack's limits: a label and hint, an option's text and value, and the options in a group.
# A label and hint may be far longer than what people read.
_LABEL, _HINT, _OPTION, _VALUE, _GROUP = 150, 300, 75, 150, 100
_MOST_OPTIONS = 500  # above this a list helps no one, and a whole form may have 250 KB
_MOST_BYTES = 100_000  # of the options of one list
_LONGEST_ID, _KEY = 200, 8
_NAMES = 700  # characters of all names in a form's metadata
FIELD = "answer."  # prefix of the ids of these inputs
_NO_CONTACT = "default"  # an option's value cannot be empty
_MOST_SAID = 1_000  # characters of what OVH says about conditions
_ADDRESS = re.compile(r"https?://[^\s<>\"|]*[^\s<>\"|.,;:!?)]")  # without the punctuation after it
Contacts = Sequence[Contact]


def answer_input(ask: Ask, contacts: Contacts, action_id: str, *, place: str, names: str = "") -> InputBlock:
    """Return the input for one question, with what the form holds for it.

    `place` tells inputs for other names apart, `names` says in the hint for which names it is.
    """
    question = ask.question
    is_owner = question.label == OWNER_CONTACT and question.is_of_contacts
    block_id = f"{action_id}#{place}"
    if question.is_of_contacts:
        # Slack keeps a user's choice as long as the ids are the same, so a new choice of ours needs a new id.
        block_id = f"{block_id}@{ask.text or _NO_CONTACT}"
    hint = "" if is_owner else question_labels.hint(question)
    return InputBlock(
        block_id=block_id[-_LONGEST_ID:],
        label=words.questions.OWNER if is_owner else _title(question),
        hint=cut(plain(f"{hint} {names}"), _HINT) or None,
        element=_element(question, contacts, ask.text, action_id),
        optional=not (question.must_be_answered or is_owner),  # there is always a choice of the owner
        dispatch_action=True if is_owner else None,
    )


def conditions_note(question: Question) -> list[Block]:
    """Return what OVH says about the conditions that a user is asked to accept, with their link; empty without it."""
    if question.label != ACCEPT_CONDITIONS or not question.explanation:
        return []
    text = _ADDRESS.sub(lambda found: f"<{found[0]}>", escape(cut(question.explanation, _MOST_SAID)))
    return [context(words.questions.conditions(text))]


def _title(question: Question) -> str:
    return cut(plain(question_labels.title(question.label)), _LABEL) or words.questions.UNNAMED


def field_id(question: Question) -> str:
    """Return an input's action id without its number: the label, or a digest if Slack cannot hold it."""
    label = question.label
    return f"{FIELD}{label if label and len(label) < _LONGEST_ID and '@' not in label else digest(label)}"


def names_and_inputs(
    lines: Iterable[Line], asks: Sequence[tuple[Ask, str]], before: AnswersSheet | None
) -> tuple[tuple[str, ...], tuple[Asked, ...]]:
    """Return what a form's metadata keeps: its names, in full if there is room, else as digests, and its inputs.

    `before` is the form that this one replaces while its user fills it in: what that one showed counts as seen.
    """
    asked_names = {name for ask, _ in asks for name in ask.domains}
    names = [line.domain for line in lines if line.domain in asked_names]
    places = {name: place for place, name in enumerate(names)}
    inputs = tuple(
        Asked(
            _key(action_id),
            frozenset(places[name] for name in ask.domains),
            _mark_before(ask, before) or mark(ask.question.label, ask.saved),
        )
        for ask, action_id in asks
    )
    full = tuple(name.ascii for name in names)
    fits = sum(map(len, full)) + len(full) <= _NAMES
    return full if fits else tuple(map(_short, full)), inputs


def _mark_before(ask: Ask, before: AnswersSheet | None) -> str | None:
    if before is None:
        return None
    base = field_id(ask.question)
    keys = {_key(base), *(_key(f"{base}@{number}") for number in range(2, len(before.asked) + 1))}
    names = {name for domain in ask.domains for name in (domain.ascii, _short(domain.ascii))}
    places = {place for place, name in enumerate(before.names) if name in names}
    return next((each.mark for each in before.asked if each.key in keys and each.places & places), None)


def _key(action_id: str) -> str:
    return digest(action_id)[:_KEY]


def _short(name: str) -> str:
    return f"#{digest(name)[:8]}"


class Filled:
    """What a form with questions holds: for each name its answers by label, and what it had shown."""

    def __init__(self, sheet: AnswersSheet, lines: Iterable[Line], values: Mapping[str, str | None]) -> None:
        self.typed: dict[DomainName, dict[str, str]] = {}
        self.seen: dict[DomainName, set[str]] = {}
        self.block_names: dict[tuple[DomainName, str], str] = {}  # the action id, by name and label
        self.removed: dict[str, str] = {}  # answers for names that are no longer in the cart, by label
        self.removed_name = ""
        by_name = {name: line for line in lines for name in (line.domain.ascii, _short(line.domain.ascii))}
        for action_id, value in values.items():
            self._read(sheet, by_name, action_id, value or "")

    def _read(self, sheet: AnswersSheet, lines: Mapping[str, Line], action_id: str, value: str) -> None:
        about = next((each for each in sheet.asked if each.key == _key(action_id)), None)
        if about is None or not action_id.startswith(FIELD):
            return
        base = action_id.rpartition("@")[0] or action_id
        names = [name for place, name in enumerate(sheet.names) if place in about.places]
        found = [lines[name] for name in names if name in lines]
        for line in found:
            question = next((each for each in line.questions or () if field_id(each) == base), None)
            label = question.label if question else base.removeprefix(FIELD)
            self.typed.setdefault(line.domain, {})[label] = _meant(question, value)
            self.seen.setdefault(line.domain, set()).add(about.mark)
            self.block_names[line.domain, label] = action_id
        label = base.removeprefix(FIELD)
        if not found and names and mark(label, value) != about.mark:
            self.removed[label], self.removed_name = value, names[0]


def _element(question: Question, contacts: Contacts, now: str, action_id: str) -> InputInteractiveElement:
    options = _options(question, contacts, now)
    if question.kind is Kind.YES_NO:
        return RadioButtonsElement(action_id=action_id, options=options, initial_option=_chosen(options, now))
    if not options:
        return PlainTextInputElement(
            action_id=action_id,
            multiline=question.kind is Kind.JSON or question.label == "REASON",
            max_length=question.longest,
            initial_value=now[: question.longest] or None,
        )
    if len(options) <= _GROUP:
        return StaticSelectElement(
            action_id=action_id, options=options, initial_option=_chosen(options, now or _NO_CONTACT)
        )
    groups = [options[start : start + _GROUP] for start in range(0, len(options), _GROUP)]
    return StaticSelectElement(
        action_id=action_id,
        option_groups=[
            OptionGroup(label=words.questions.group(place * _GROUP + 1, place * _GROUP + len(group)), options=group)
            for place, group in enumerate(groups)
        ],
        initial_option=_chosen(options, now or _NO_CONTACT),
    )


def _options(question: Question, contacts: Contacts, now: str) -> list[Option]:
    """Return the options of a question; empty if the answer is typed."""
    if question.kind is Kind.YES_NO:
        options = {"true": words.questions.YES, "false": words.questions.NO}
        return [Option(value=value, text=options[value]) for value in options if value in (question.allowed or options)]
    if question.allowed:
        listed = [_option(value, value) for value in question.allowed[: _MOST_OPTIONS + 1]]
        fits = len(listed) <= _MOST_OPTIONS and sum(map(_size, listed)) <= _MOST_BYTES
        return listed if fits else []
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


def _size(option: Option) -> int:
    return len(json.dumps(option.to_dict()))


def _meant(question: Question | None, value: str) -> str:
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
