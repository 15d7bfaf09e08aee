"""Maps OVH's `requiredConfiguration` of a cart item to our questions, and our answers to OVH's format.

Every key but the label and the type may be missing, and `required` cannot be trusted: it was measured wrong both ways
(docs/ovh-api.md#required-configuration).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ordering.model.question import LEGAL, Answer, Kind, Question, in_order
from registrars.ovh.api.schemas import Json

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
    listed: Sequence[Json], *, standing: Mapping[str, str], rule: Mapping[str, Json] | None = None
) -> tuple[Question, ...]:
    """Parse a `requiredConfiguration`; `rule` is the rule engine's entry for each label."""
    return in_order(_question(entry, standing, (rule or {}).get(str(entry["label"]), {})) for entry in listed)


def sent(question: Question, answer: Answer | None) -> str | None:
    """Return the value to send to OVH: the user's answer, else the default, else None."""
    value = answer.value if answer is not None else question.standing
    if value is not None and question.is_of_contacts:
        return f"/me/contact/{value}"
    return value


def by_label(rule: Any) -> dict[str, Json]:  # noqa: ANN401 - decoded JSON of a recursive shape
    """Return every node of a rule with a label.

    Nodes inside a contact's or a record's fields are left out: the bot does not ask for those.
    """
    found: dict[str, Json] = {}
    if isinstance(rule, dict):
        if rule.get("label"):
            found[str(rule["label"])] = rule
        for branch in ("and", "or"):
            for each in rule.get(branch) or ():
                found |= by_label(each)
    return found


def _question(entry: Json, standing: Mapping[str, str], rule: Json) -> Question:
    label = str(entry["label"])
    allowed = _allowed(entry.get("allowedValues")) or _choices(rule)
    if label in LEGAL and set(allowed) == {"false"}:
        allowed = ()  # a consent that can only be refused is OVH's mistake
    kind = _kind(label, str(entry.get("type") or "").lower(), allowed)
    return Question(
        label=label,
        kind=kind,
        required=label in _NEEDED_WHERE_LISTED or (bool(entry.get("required")) and label not in _FILLED_BY_OVH),
        allowed=allowed,
        standing=standing.get(label),
        explanation=str(rule.get("description") or "")[:_MOST_TOLD],
    )


def _kind(label: str, type_: str, allowed: tuple[str, ...]) -> Kind:
    if allowed:
        return Kind.YES_NO if set(allowed) <= _YES_NO else Kind.CHOICE
    return _BY_LABEL.get(label) or _BY_TYPE.get(type_, Kind.TEXT)


def _allowed(values: Iterable[object] | None) -> tuple[str, ...]:
    values_as_text = (str(value).lower() if isinstance(value, bool) else str(value) for value in values or ())
    return tuple(dict.fromkeys(value for value in values_as_text if value.strip()))


def _choices(rule: Json) -> tuple[str, ...]:
    """Return the values that a rule's own list allows."""
    for constraint in rule.get("constraints") or ():
        if constraint.get("operator") == "contains" and not constraint.get("conditions"):
            return _allowed(constraint.get("values"))
    return ()
