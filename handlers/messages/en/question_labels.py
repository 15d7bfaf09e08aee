"""What people read about a registry's questions, by the registrar's label.

Source: OVH's guides on ordering names and on eligibility rules, which explain these labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ordering.model.question import Kind, Question


@dataclass(frozen=True, slots=True)
class Words:
    """A question, a hint, the requested thing as a noun, and how a channel reads its answer.

    `summary` has a `{value}` or the author `{by}`. A private answer has none: it may be a birthday or a code.
    """

    title: str
    hint: str
    noun: str
    summary: str | None = None


_THE_BOTS_ACCOUNT = "An account such as ab12345-ovh. Leave it empty to use the OVH account that I order with."
BY_LABEL: Mapping[str, Words] = {
    "OWNER_CONTACT": Words(
        "Who will own the name?",
        "The registry records this contact as the owner. OVH makes a copy of it for the name.",
        "the owner",
        "owner: contact {value}",
    ),
    "ADMIN_ACCOUNT": Words(
        "Which OVH account administers it?",
        _THE_BOTS_ACCOUNT,
        "the administrative account",
        "administered by {value}",
    ),
    "TECH_ACCOUNT": Words(
        "Which OVH account is its technical contact?",
        _THE_BOTS_ACCOUNT,
        "the technical account",
        "technical contact {value}",
    ),
    "DNS": Words(
        "Which name servers?",
        "Two or more, with commas between them: ns1.example.net, ns2.example.net. Leave it empty to use OVH's.",
        "the name servers",
        "name servers {value}",
    ),
    "OWNER_LEGAL_AGE": Words(
        "Is the owner of legal age?",
        "OVH asks this for every name, also when a company owns it.",
        "the owner's legal age",
        "owner of legal age: {value}",
    ),
    "ACCEPT_CONDITIONS": Words(
        "Do you accept the registry's own conditions?",
        "Read them on the registry's site first. Yes is a legal statement, and it is recorded as yours.",
        "a yes to its conditions",
        "the registry's conditions accepted by {by}",
    ),
    "REASON": Words(
        "Why does the team want this name?",
        "The registry may decide based on this, for a city's name for example. Approvers read it too.",
        "the reason",
        "reason: “{value}”",
    ),
    "CLAIMS_NOTICE": Words(
        "Do you take note of the trademark claim?",
        "Someone has a trademark like this name and may object. Your answer is a legal statement, recorded as yours.",
        "a yes to the trademark notice",
        "the trademark notice acknowledged by {by}",
    ),
    "PROTECTED_CODE": Words(
        "Which code did the registry give you?",
        "The registry protects this name. It gives a code to those who may have it.",
        "the registry's code",
    ),
    "DOMAIN_CONFIG": Words(
        "What does the registry want to know about the name, as JSON?",
        'Such as {"reason": "…", "audience": "…"}: this registry wants a small record, not a text.',
        "the registry's record",
    ),
}
# For a label that neither the table above nor the registrar explains.
HINTS_BY_KIND: Mapping[Kind, str] = {
    Kind.TEXT: "",
    Kind.CHOICE: "",
    Kind.YES_NO: "",
    Kind.CONTACT: "",
    Kind.ACCOUNT: "An OVH account, such as ab12345-ovh.",
    Kind.NAME_SERVERS: "Two or more, with commas between them: ns1.example.net, ns2.example.net.",
    Kind.JSON: 'As JSON, such as {"name": "value"}.',
}
NOT_EXPLAINED = "OVH gives no explanation of this field."
_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", re.ASCII)
_YES_NO = {"true": "yes", "false": "no"}


def title(label: str) -> str:
    """Return a question in words; an unknown label is written like words."""
    known = BY_LABEL.get(label)
    return known.title if known else _like_words(label, first=str.upper)


def hint(question: Question) -> str:
    """Return the help text of a question: ours, else the registrar's, else that it gives none."""
    known = BY_LABEL.get(question.label)
    if known or question.explanation:
        return known.hint if known else question.explanation
    return " ".join(filter(None, [NOT_EXPLAINED, HINTS_BY_KIND[question.kind]]))


def noun(label: str) -> str:
    """Return the requested thing as a noun, as in “the reason”."""
    known = BY_LABEL.get(label)
    return known.noun if known else _like_words(label, first=str.lower)


def summary(label: str, *, value: str, by: str) -> str:
    """Return an answer that a channel may read; `value` and `by` are ready for mrkdwn."""
    known = BY_LABEL.get(label)
    template = known.summary if known and known.summary else f"{label}: {{value}}"
    return template.format(value=_YES_NO.get(value, value), by=by)


def _like_words(label: str, *, first: Callable[[str], str]) -> str:
    """Return COMPANY_MOTTO as “Company motto” or “company motto”, and any other label unchanged."""
    if not _CODE.fullmatch(label):
        return label
    text = label.replace("_", " ").lower()
    return first(text[0]) + text[1:]
