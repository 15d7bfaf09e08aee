"""Attributes OVH's rejection of a cart to its lines, with fixes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Protocol

from ordering.model.cart_line import Line, as_asked
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, quoted
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused
from ordering.model.question import Question, in_order
from registrars.ovh.api.errors import CartRejected
from registrars.ovh.carts.field_words import label_of_fault, words_for
from registrars.ovh.carts.requirements import sent

# https://github.com/ovh/order-cart-examples, issue 5: one line per field, without the name that it is about.
_FIELD = re.compile(r"Custom field (\S+) (.+?)(?: for product \S+)?\.?")
_MISSING = "is mandatory"
# Data that none of our forms has: the rule engine's names for the account that the bot's API key belongs to.
_OF_ACCOUNT = frozenset({"adminAccount", "techAccount"})
Requirements = dict[DomainName, tuple[Question, ...]]


class RejectionProbe(Protocol):
    """Narrows an ambiguous rejection down to the cart line that caused it."""

    def without(self, lines: Sequence[Line]) -> Sequence[str]:
        """Remove lines from the cart permanently, and return OVH's remaining error messages."""

    def eligibility(self, line: Line) -> Mapping[str, str]:
        """Return the fields of a line's owner and accounts that break its registry's rule."""


def open_questions(lines: Sequence[Line], requirements: Requirements) -> list[Finding]:
    """Return the questions that must be answered before this cart can be bought, line by line."""
    known = as_asked(lines, requirements)
    return [_unanswered(line, question) for line in known for question in line.open_questions]


def of_dry_run(
    refusal: CartRejected, lines: Sequence[Line], requirements: Requirements, probe: RejectionProbe
) -> LinesRefused:
    """Attribute each part of OVH's rejection to its line: OVH names fields, and never their domain name."""
    messages = [line for line in refusal.lines if _FIELD.fullmatch(line)]
    others = [line for line in refusal.lines if not _FIELD.fullmatch(line)]
    findings: list[Finding] = []
    for rejection, meant in _attributed(messages, lines, requirements, probe).items():
        label, why = _read(rejection)
        if why.startswith(_MISSING):
            _insist(label, meant, requirements)
        else:
            findings += [_wrong_answer(label, why, line) for line in meant]
    findings = [*open_questions(lines, requirements), *findings]
    if refusal.details:
        findings += _not_eligible(refusal, as_asked(lines, requirements), probe)
    elif others or not findings:
        findings.append(_whole(refusal, others, lines))
    return LinesRefused(findings, requirements)


def of_line(refusal: CartRejected, line: Line, requirements: Requirements, fix: Fix) -> LinesRefused:
    """Return OVH's rejection of one step that was about one line."""
    return LinesRefused([Finding.of_refusal(refusal, line.domain, fix)], requirements)


def of_rule(line: Line, faults: Mapping[str, str]) -> list[Finding]:
    """Return a rule's objections to a line: one finding each for its owner, its accounts and its answers."""
    named = sorted((field, text) for field, text in faults.items() if not field.startswith("_"))
    return [_of_one(line, whose, list(faulty)) for whose, faulty in groupby(named, key=_whose_field)]


def _attributed(
    messages: Sequence[str], lines: Sequence[Line], requirements: Requirements, probe: RejectionProbe
) -> dict[str, list[Line]]:
    """Return the lines that each error message is about: all candidates, or fewer if there are too many."""
    may_be = {rejection: _candidates(rejection, lines, requirements) for rejection in messages}
    too_many = {rejection: meant for rejection, meant in may_be.items() if len(meant) > messages.count(rejection)}
    return may_be | _narrowed(too_many, messages, probe)


def _candidates(rejection: str, lines: Sequence[Line], requirements: Requirements) -> list[Line]:
    """Return the candidate lines of an error message.

    For a missing value these are the lines with that question unanswered, or all lines if none has the question. For a
    wrong value these are the lines that sent one.
    """
    label, why = _read(rejection)
    asking = {line.domain: _question(label, line, requirements) for line in lines}
    if not why.startswith(_MISSING):
        return [line for line in lines if (q := asking[line.domain]) and sent(q, line.answer_to(q)) is not None]
    lacking = [line for line in lines if (q := asking[line.domain]) and sent(q, line.answer_to(q)) is None]
    return lacking or ([] if any(asking.values()) else list(lines))


def _narrowed(
    may_be: Mapping[str, list[Line]], messages: Sequence[str], probe: RejectionProbe
) -> dict[str, list[Line]]:
    """Remove one extension after another from the cart, and observe which error messages disappear."""
    found: dict[str, list[Line]] = {rejection: [] for rejection in may_be}
    left = Counter(messages)
    suspects = {line.domain: line for meant in may_be.values() for line in meant}
    for _, group in groupby(sorted(suspects.values(), key=_extension), key=_extension):
        if not any(left[rejection] for rejection in may_be):
            break
        gone = list(group)
        now = Counter(probe.without(gone))
        for rejection, meant in may_be.items():
            if now[rejection] < left[rejection]:
                found[rejection] += [line for line in meant if line in gone]
        left = now
    return {rejection: meant for rejection, meant in found.items() if meant}


def _insist(label: str, lines: Sequence[Line], requirements: Requirements) -> None:
    """Mark a question as one that OVH insists on; an unlisted one becomes a text question."""
    for line in lines:
        known = _question(label, line, requirements) or Question(label)
        others = [question for question in requirements.get(line.domain, ()) if question.label != label]
        requirements[line.domain] = in_order([*others, replace(known, insisted=True)])


def _question(label: str, line: Line, requirements: Requirements) -> Question | None:
    return next((question for question in requirements.get(line.domain, ()) if question.label == label), None)


def _read(rejection: str) -> tuple[str, str]:
    found = _FIELD.fullmatch(rejection)
    return (found[1], found[2]) if found else ("", rejection)


def _extension(line: Line) -> str:
    return line.domain.extension


def _of_one(line: Line, whose: str, named: Sequence[tuple[str, str]]) -> Finding:
    """Return one finding for all violations in one place; it has a button only if that form can fix them."""
    code, fix = _of_rule(line, whose)
    faults = [
        {"field": field, "said": quoted(text), **_in_words(field, line.domain.extension)} for field, text in named
    ]
    return Finding(code, line.domain, fix, {"ovh": {"faults": faults}})


def _in_words(field: str, extension: str) -> dict[str, str]:
    label = label_of_fault(field)
    return {"label": words_for(label, extension).label} if label else {}


def _of_rule(line: Line, whose: str) -> tuple[FindingCode, Fix | None]:
    if whose in _OF_ACCOUNT:
        return FindingCode.BOTS_ACCOUNT_BREAKS_RULE, None
    if whose != "owner":
        return FindingCode.ANSWERS_BREAK_RULE, Fix.ANSWER
    if line.may_have_another_owner:
        return FindingCode.OWNER_BREAKS_RULE, Fix.ANSWER
    return FindingCode.BOTS_ACCOUNT_AS_OWNER_BREAKS_RULE, None


def _whose_field(named: tuple[str, str]) -> str:
    return named[0].partition(".")[0]


def _unanswered(line: Line, question: Question) -> Finding:
    return Finding(FindingCode.QUESTION_OPEN, line.domain, Fix.ANSWER, {"label": question.label})


def _wrong_answer(label: str, why: str, line: Line) -> Finding:
    wrong: Data = {"label": label, "ovh": {"said": quoted(why)}}
    return Finding(FindingCode.ANSWER_REFUSED, line.domain, Fix.ANSWER, wrong)


def _not_eligible(refusal: CartRejected, lines: Sequence[Line], probe: RejectionProbe) -> list[Finding]:
    """Return findings for the fields that break a registry's rule.

    With several lines each is checked, as OVH names none.
    """
    named = refusal.details.items()
    own = {line: named if len(lines) == 1 else named & probe.eligibility(line).items() for line in lines}
    return [found for line in lines for found in of_rule(line, dict(own[line]))] or [Finding.of_refusal(refusal)]


def _whole(refusal: CartRejected, others: Sequence[str], lines: Sequence[Line]) -> Finding:
    only = lines[0].domain if len(lines) == 1 else None
    if not others:
        return Finding.of_refusal(refusal, only)
    return Finding(FindingCode.REFUSED_BY_OVH, only, params={"ovh": {"said": quoted("; ".join(others))}})
