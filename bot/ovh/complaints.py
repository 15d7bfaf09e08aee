"""OVH's no to a cart, taken apart: which line it is about, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.ovh.errors import Complained
from ordering.cart_line import Line
from ordering.domain_name import DomainName
from ordering.pre_flight import Finding, LinesRefused, Mend
from ordering.question import Question, in_order

# https://github.com/ovh/order-cart-examples, issue 5: one line for each field, without the name that it is about.
_MANDATORY = re.compile(r"Custom field (\S+) is mandatory\b.*")
Asked = dict[DomainName, tuple[Question, ...]]
Eligibility = Callable[[Line], Mapping[str, str]]


def open_questions(lines: Sequence[Line], asked: Asked) -> list[Finding]:
    """What must be answered before this cart can be bought, line by line."""
    known = [replace(line, questions=asked.get(line.domain, ())) for line in lines]
    return [_unanswered(line, question) for line in known for question in line.open_questions]


def of_dry_run(refusal: Complained, lines: Sequence[Line], asked: Asked, *, eligibility: Eligibility) -> LinesRefused:
    """Put each part of OVH's no at its line; where it names an owner's fields, `eligibility` tells whose they are."""
    demanded = [found[1] for line in refusal.lines if (found := _MANDATORY.fullmatch(line))]
    for label in demanded:
        _insist(label, lines, asked)
    findings = open_questions(lines, asked)
    if refusal.details:
        findings += _not_eligible(refusal, lines, eligibility)
    elif not findings or len(demanded) < len(refusal.lines):
        findings.append(_whole(refusal, lines))
    return LinesRefused(findings, asked)


def of_line(refusal: Complained, line: Line, asked: Asked, mend: Mend) -> LinesRefused:
    """OVH's no to one step that was about one line."""
    return LinesRefused([Finding(f"{line.domain}: {refusal}", line.domain, mend)], asked)


def _insist(label: str, lines: Sequence[Line], asked: Asked) -> None:
    """Mark a question as one that OVH does not go without, at the lines where it may be meant.

    OVH does not say of which name it speaks: so of all that ask this and have no answer, and of all that there are
    where nothing lists it.
    """
    listing = [line for line in lines if any(question.label == label for question in asked.get(line.domain, ()))]
    for line in listing or lines:
        questions = asked.get(line.domain, ())
        known = next((question for question in questions if question.label == label), Question(label))
        if line.answer_to(known) is None and known.standing is None:
            others = [question for question in questions if question.label != label]
            asked[line.domain] = in_order([*others, replace(known, insisted=True)])


def _unanswered(line: Line, question: Question) -> Finding:
    return Finding(f"{line.domain}: the registry asks for {question.noun}.", line.domain, Mend.ANSWER)


def _not_eligible(refusal: Complained, lines: Sequence[Line], eligibility: Eligibility) -> Iterator[Finding]:
    """The fields that break a registry's rule. Of several lines each is asked about, for OVH names none."""
    found = False
    for line in lines:
        details = refusal.details if len(lines) == 1 else eligibility(line)
        for field, why in details.items():
            found = True
            yield Finding(f"{line.domain}: {_field_in_words(field)} {why.rstrip('.')}.", line.domain, Mend.ANSWER)
    if not found:
        yield Finding(str(refusal))


def _whole(refusal: Complained, lines: Sequence[Line]) -> Finding:
    others = [line for line in refusal.lines if not _MANDATORY.fullmatch(line)]
    said = f"OVH said no: {'; '.join(others).rstrip('.')}." if others else str(refusal)
    return Finding(said, lines[0].domain if len(lines) == 1 else None)


def _field_in_words(field: str) -> str:
    """`owner.address.zip` as “the owner's zip”."""
    whose, _, rest = field.partition(".")
    return f"the {whose}'s {rest.rpartition('.')[2]}" if rest else field
