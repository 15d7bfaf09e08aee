"""Pseudonyms of personal data in the audit log: what stands in the chain, and what stands next to it.

The chain can only grow, so a name in it could never be erased. New events hold a pseudonym instead: a digest of the
name, or of what a person wrote, with a random salt. The text and its salt stand next to the chain, and erasing both
leaves a chain that is whole and tells nothing. An event of an earlier version holds the text itself.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ordering.model.cart import Cart
from ordering.model.erasure import ERASED
from ordering.model.events import Event
from ordering.model.facts import canonical

_SALT_BYTES = 16
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{7,}")  # of a user, also one that the cart's row does not name
PSEUDONYM = re.compile(r"(person|purpose|reason|note):[0-9a-f]{64}")


class Subject(StrEnum):
    """What a pseudonym stands for. The values begin the pseudonym, and are stored."""

    PERSON = "person"
    PURPOSE = "purpose"
    REASON = "reason"
    NOTE = "note"


_WRITTEN = (Subject.PURPOSE, Subject.REASON, Subject.NOTE)  # texts of a cart, under these keys of its facts
Text = tuple[Subject, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A text next to the chain; `text` and `salt` are None once they were erased."""

    pseudonym: str
    text: str | None
    salt: str | None

    @property
    def is_intact(self) -> bool:
        """Whether the text is the one that the pseudonym was made of, or erased as a whole."""
        if self.text is None or self.salt is None:
            return self.text is self.salt is None
        return self.pseudonym == _pseudonym(Subject(self.pseudonym.partition(":")[0]), self.text, self.salt)

    @classmethod
    def new(cls, subject: Subject, text: str) -> Kept:
        salt = secrets.token_hex(_SALT_BYTES)
        return cls(_pseudonym(subject, text, salt), text, salt)


def _pseudonym(subject: Subject, text: str, salt: str) -> str:
    return f"{subject.value}:{hashlib.sha256(canonical([salt, text]).encode()).hexdigest()}"


def people_of(cart: Cart) -> frozenset[str]:
    """Return everybody whom the cart's row names."""
    payment, attempt = cart.payment, cart.attempt
    named = {cart.created_by, cart.requester, cart.rejected_by, *cart.approved_by, *cart.people_who_shaped}
    named |= {payment.by if payment else None, attempt.denied_by if attempt else None}
    named.add(payment.statement.by if payment and payment.statement else None)
    return frozenset(person for person in named if person)


def personal_texts(facts: Mapping[str, Any], events: Sequence[Event], people: frozenset[str]) -> set[Text]:
    """Return the texts of a cart's facts and new events that get a pseudonym."""
    texts: set[Text] = set()
    for subject in _WRITTEN:
        if isinstance(text := facts.get(subject.value), str) and _is_text(text):
            texts.add((subject, text))
    people |= {event.by for event in events if event.by}
    rest = {key: value for key, value in facts.items() if key not in _WRITTEN}
    found = {text for text in _strings([rest, *(event.data for event in events), *people]) if _is_person(text, people)}
    return texts | {(Subject.PERSON, text) for text in found}


def _is_text(text: str) -> bool:
    return text != ERASED and not PSEUDONYM.fullmatch(text)


def _is_person(text: str, people: frozenset[str]) -> bool:
    return _is_text(text) and (text in people or _SLACK_ID.fullmatch(text) is not None)


def veiled_facts(facts: Mapping[str, Any], pseudonyms: Mapping[Text, str]) -> str:
    """Return a cart's facts as they stand in the chain."""
    written = {
        subject.value: pseudonyms.get((subject, facts[subject.value]), facts[subject.value])
        for subject in _WRITTEN
        if subject.value in facts
    }
    rest = {key: value for key, value in facts.items() if key not in written}
    return canonical(_replaced(rest, _person_by(pseudonyms)) | written)


def veiled(event: Event, pseudonyms: Mapping[Text, str]) -> Event:
    """Return an event as it stands in the chain."""
    person = _person_by(pseudonyms)
    return replace(event, by=event.by and person(event.by), data=_replaced(event.data, person))


def _person_by(pseudonyms: Mapping[Text, str]) -> Callable[[str], str]:
    return lambda text: pseudonyms.get((Subject.PERSON, text), text)


def unveiled(content: Any, texts: Mapping[str, str | None]) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Return facts or data with the texts that stand next to the chain; an erased person keeps the pseudonym."""

    def text_of(found: str) -> str:
        if found not in texts:
            return found
        erased = found if found.startswith(Subject.PERSON) else ERASED
        return texts[found] or erased

    return _replaced(content, text_of)


def _replaced(content: Any, text_of: Callable[[str], str]) -> Any:  # noqa: ANN401 - as above
    if isinstance(content, str):
        return text_of(content)
    if isinstance(content, list | tuple):
        return [_replaced(each, text_of) for each in content]
    if isinstance(content, Mapping):
        return {key: _replaced(value, text_of) for key, value in content.items()}
    return content


def _strings(content: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if isinstance(content, str):
        yield content
    elif isinstance(content, list | tuple | set | frozenset):
        for each in content:
            yield from _strings(each)
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _strings(value)


def pseudonyms_in(text: str | None) -> set[str]:
    """Return the pseudonyms in a text of the chain."""
    return {found[0] for found in PSEUDONYM.finditer(text or "")}
