"""What was answered to the registries, in words that a channel may read: never personal data, never a code."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.views.text import counted, cut, escape, escape_markup, person
from ordering.cart_line import Line
from ordering.question import OWNER_CONTACT, Answer

_REASON = 200
# What others may read of an answer, by its label: everything else may hold a birthday, a number of identity, a code.
_SAID = {
    "REASON": "reason: “{value}”",
    "ACCEPT_CONDITIONS": "the registry's conditions accepted by {by}",
    "CLAIMS_NOTICE": "the trademark notice acknowledged by {by}",
    OWNER_CONTACT: "owner: contact {value}",
    "OWNER_LEGAL_AGE": "owner of legal age: {value}",
    "ADMIN_ACCOUNT": "administered by {value}",
    "TECH_ACCOUNT": "technical contact {value}",
    "DNS": "name servers {value}",
}


def answered(lines: Iterable[Line]) -> list[str]:
    """A line of text for each name that somebody answered something for."""
    return [f"*{escape_markup(str(line.domain))}*  {_of(line)}" for line in lines if line.answers]


def _of(line: Line) -> str:
    said = [_said(answer) for answer in line.answers if answer.label in _SAID]
    others = [answer for answer in line.answers if answer.label not in _SAID]
    if others:
        by = ", ".join(person(user) for user in sorted({answer.by for answer in others}))
        said.append(f"{counted(len(others), 'more answer' if said else 'answer')} by {by}")
    return ", ".join(said)


def _said(answer: Answer) -> str:
    value = {"true": "yes", "false": "no"}.get(answer.value, answer.value)
    return _SAID[answer.label].format(value=cut(escape(value), _REASON), by=person(answer.by))
