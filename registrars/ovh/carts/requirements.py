"""Maps OVH's `requiredConfiguration` of a cart item to our questions, and our answers to OVH's format.

Every key but the label and the type may be missing, and `required` cannot be trusted: it was measured wrong both ways
(docs/ovh-api.md#required-configuration).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ordering.model.question import LEGAL, Answer, Kind, Question, in_order
from registrars.ovh.api.wire.carts import Requirement
from registrars.ovh.api.wire.domains import Rule

_BY_LABEL = {
    "OWNER_CONTACT": Kind.CONTACT,
    "ADMIN_ACCOUNT": Kind.ACCOUNT,
    "TECH_ACCOUNT": Kind.ACCOUNT,
    "DNS": Kind.NAME_SERVERS,
    "OWNER_LEGAL_AGE": Kind.YES_NO,
    "ACCEPT_CONDITIONS": Kind.YES_NO,
    "DOMAIN_CONFIG": Kind.JSON,
}
_BY_TYPE = {
    "bool": Kind.YES_NO,
    "boolean": Kind.YES_NO,
    "/me/contact": Kind.CONTACT,
    "/domain/contact": Kind.CONTACT,
    "contact": Kind.CONTACT,
    "nichandle": Kind.ACCOUNT,
    "json": Kind.JSON,
    "domain": Kind.JSON,
}
# OVH fills these in from the account, even if it marks them as required.
_FILLED_BY_OVH = frozenset({"OWNER_CONTACT", "ADMIN_ACCOUNT", "TECH_ACCOUNT", "DNS"})
# If one of these is listed it is needed, whatever its `required` says (OVH's guide on ordering).
_NEEDED_WHERE_LISTED = LEGAL | {"REASON", "PROTECTED_CODE"}
_YES_NO = frozenset({"true", "false"})
_MOST_TOLD = 500


def questions(
    listed: Sequence[Requirement], *, standing: Mapping[str, str], rule: Mapping[str, Rule] | None = None
) -> tuple[Question, ...]:
    """Return the questions of a `requiredConfiguration`; `rule` is the rule engine's entry for each label."""
    return in_order(_question(entry, standing, (rule or {}).get(entry.label, Rule())) for entry in listed)


def sent(question: Question, answer: Answer | None) -> str | None:
    """Return the value to send to OVH: the user's answer, else the default, else None."""
    value = answer.value if answer is not None else question.standing
    if value is not None and question.is_of_contacts:
        return f"/me/contact/{value}"
    return value


def by_label(rule: Rule) -> dict[str, Rule]:
    """Return every node of a rule with a label.

    Nodes inside a contact's or a record's fields are left out: the bot does not ask for those.
    """
    found = {rule.label: rule} if rule.label else {}
    for each in (*rule.all_of, *rule.any_of):
        found |= by_label(each)
    return found


def _question(entry: Requirement, standing: Mapping[str, str], rule: Rule) -> Question:
    label = entry.label
    allowed = _allowed(entry.allowed_values) or _choices(rule)
    if label in LEGAL and set(allowed) == {"false"}:
        allowed = ()  # a consent that can only be refused is OVH's mistake
    kind = _kind(label, (entry.type or "").lower(), allowed)
    return Question(
        label=label,
        kind=kind,
        required=label in _NEEDED_WHERE_LISTED or (bool(entry.required) and label not in _FILLED_BY_OVH),
        allowed=allowed,
        standing=standing.get(label),
        explanation=(rule.description or "")[:_MOST_TOLD],
    )


def _kind(label: str, type_: str, allowed: tuple[str, ...]) -> Kind:
    if allowed:
        return Kind.YES_NO if set(allowed) <= _YES_NO else Kind.CHOICE
    return _BY_LABEL.get(label) or _BY_TYPE.get(type_, Kind.TEXT)


def _allowed(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value and value.strip()))


def _choices(rule: Rule) -> tuple[str, ...]:
    """Return the values that a rule's own list allows."""
    for constraint in rule.constraints:
        if constraint.operator == "contains" and not constraint.is_conditional:
            return _allowed(constraint.values)
    return ()
