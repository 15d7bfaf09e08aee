"""What the names of a cart ask, each question once for all names that can share the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.question import OF_ONE_NAME, OWNER_CONTACT, Question

Typed = Mapping[DomainName, Mapping[str, str]]  # what a form holds for each name, by label


@dataclass(frozen=True, slots=True)
class Ask:
    """One question for several names. `saved` is their answer so far as a form shows it, `text` what it shows now."""

    question: Question
    domains: tuple[DomainName, ...]
    saved: str
    text: str

    @property
    def is_touched(self) -> bool:
        """Whether the form holds something that is not saved yet."""
        return self.text != self.saved


@dataclass(frozen=True, slots=True)
class Section:
    """Names of one extension that are answered together: their owner, and the questions that must be answered."""

    domains: tuple[DomainName, ...]
    owner: Ask | None
    needed: tuple[Ask, ...]

    @property
    def contact(self) -> str:
        """The chosen contact: a user's choice, else the team's own; empty for the account's data."""
        if self.owner is None:
            return ""
        return self.owner.text or self.owner.question.standing or ""


def sections(lines: Iterable[Line], typed: Typed, *, focus: DomainName | None = None) -> tuple[Section, ...]:
    """Return the names whose questions are known, grouped by extension, owner and open questions.

    `typed` goes before what is saved. For the name in `focus` the answered questions are asked again, too.
    """
    groups: dict[Hashable, list[Line]] = {}
    for line in lines:
        if line.questions is None:
            continue
        asked = _needed(line, focus=line.domain == focus)
        alone = line.domain if any(question.label in OF_ONE_NAME for question in asked) else None
        texts = tuple(_text(line, question, typed) for question in asked)
        owner = owner_question(line)
        chosen = owner and (line.text_for(owner), _text(line, owner, typed))
        groups.setdefault((line.domain.extension, asked, texts, owner, chosen, alone), []).append(line)
    return tuple(_section(group, typed, focus=focus) for group in groups.values())


def options(lines: Iterable[Line], typed: Typed, *, focus: DomainName | None = None) -> tuple[Ask, ...]:
    """Return the questions that can stay as they are, each once for all names with the same question and answer."""
    groups: dict[Hashable, list[Line]] = {}
    for line in lines:
        needed = _needed(line, focus=line.domain == focus)
        for question in line.questions or ():
            if question in needed or question == owner_question(line):
                continue
            # The conditions of one registry are not those of another, and a code is for one name alone.
            scope = line.domain if question.label in OF_ONE_NAME else line.domain.extension if question.is_legal else ""
            key = (question, scope, line.text_for(question), _text(line, question, typed))
            groups.setdefault(key, []).append(line)
    return tuple(_ask(key[0], group, typed) for key, group in groups.items() if isinstance(key, tuple))


def owners_together(quiet: Iterable[Section]) -> tuple[Ask, ...]:
    """Return the owners of names without open questions, once for all names with the same question and owner."""
    found: dict[Hashable, Ask] = {}
    for owner in (section.owner for section in quiet):
        if owner is not None:
            key = (owner.question, owner.saved, owner.text)
            known = found.get(key)
            found[key] = replace(owner, domains=(*(known.domains if known else ()), *owner.domains))
    return tuple(found.values())


def owner_question(line: Line) -> Question | None:
    """Return the question who will own a name; None if it is not asked, or not for a contact."""
    asked = (q for q in line.questions or () if q.label == OWNER_CONTACT and q.is_of_contacts)
    return next(asked, None)


def _needed(line: Line, *, focus: bool) -> tuple[Question, ...]:
    owner = owner_question(line)
    return tuple(
        question
        for question in line.questions or ()
        if question != owner
        and question.must_be_answered
        and (line.answer_to(question) is None or focus)
    )  # fmt: skip


def _section(group: list[Line], typed: Typed, *, focus: DomainName | None) -> Section:
    first = group[0]
    owner = owner_question(first)
    return Section(
        tuple(line.domain for line in group),
        _ask(owner, group, typed) if owner else None,
        tuple(_ask(question, group, typed) for question in _needed(first, focus=first.domain == focus)),
    )


def _ask(question: Question, group: list[Line], typed: Typed) -> Ask:
    first = group[0]
    domains = tuple(line.domain for line in group)
    return Ask(question, domains, first.text_for(question), _text(first, question, typed))


def _text(line: Line, question: Question, typed: Typed) -> str:
    return typed.get(line.domain, {}).get(question.label, line.text_for(question))
