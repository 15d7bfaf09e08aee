"""The rules of registries in OVH's recursive format, and whether data satisfies them.

The format and its operators are those of OVH's guide on eligibility rules. In the responses to invalid data, class,
count and `details` are OVH's, and so are the words for a missing field. The other sentences are invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sandbox.ovh.contacts import LEGAL_FORMS
from sandbox.ovh.countries import COUNTRIES, LANGUAGES, WITHOUT_ZIP
from sandbox.ovh.errors import OvhError
from sandbox.ovh.extensions import Extension
from sandbox.ovh.questions import Question
from sandbox.ovh.registries import REQUIRED as _REQUIRED
from sandbox.ovh.registries import condition, registry_of

Rule = dict[str, Any]
Data = Mapping[str, Any]
# OVH's own list in the rule of .com: fewer than contacts may have. That other rules take all six is a guess.
_LEGAL_FORMS = ["association", "corporation", "individual", "other"]
# The keys of a check's body, which its `details` also begin with.
_PEOPLE = {"OWNER_CONTACT": "owner", "ADMIN_ACCOUNT": "adminAccount", "TECH_ACCOUNT": "techAccount"}
_NAMES = _PEOPLE | {"ACCEPT_CONDITIONS": "extras.acceptCondition", "DOMAIN_CONFIG": "domain"}
_TYPES = {"/me/contact": "contact", "Nichandle": "contact", "String": "string[]"}

# Building a rule


def rule_of(extension: Extension, label: str, action: str = "create") -> Rule:
    """Return the rule for creating a name, or for another action on it."""
    questions = [q for q in extension.questions(label) if q.label not in {*_PEOPLE, "DNS"}]
    return {"and": [*_people(extension, action), *map(_question, questions)], "constraints": []}


def eligibility_of(extension: Extension) -> Rule:
    """Return the part of the rule about who owns and administers the name."""
    return {"and": _people(extension, "create"), "constraints": []}


def checked_rule_of(extension: Extension, label: str) -> Rule:
    """Return the part of the rule that the check can judge: its body has no room for other answers."""
    questions = [q for q in extension.questions(label) if q.label in {"ACCEPT_CONDITIONS", "DOMAIN_CONFIG"}]
    return {"and": [*_people(extension, "create"), *map(_question, questions)], "constraints": []}


def _people(extension: Extension, action: str) -> list[Rule]:
    registry = registry_of(extension.name)
    fields = [*_every_owner(LEGAL_FORMS if registry.fields else _LEGAL_FORMS), *registry.rules(action)]
    if extension.area is None:
        return [_contact("OWNER_CONTACT", fields)]
    fields += _place(extension.area, "ADMIN_ACCOUNT")
    return [
        _contact("OWNER_CONTACT", fields),
        _contact("ADMIN_ACCOUNT", _place(extension.area, "OWNER_CONTACT")),
    ]


def _question(question: Question) -> Rule:
    """Return the rule for a label that is not a contact; a JSON answer has a format of its own."""
    constraints: list[Rule] = [_REQUIRED] if question.needed and question.label != "OWNER_LEGAL_AGE" else []
    if question.must_be_true and question.label != "OWNER_LEGAL_AGE":
        constraints.append({"operator": "shouldbetrue"})
    if question.allowed:
        constraints.append({"operator": "contains", "values": list(question.allowed)})
    if question.pattern:
        constraints.append({"operator": "match", "value": question.pattern})
    kind = "domain" if question.type == "json" else _TYPES.get(question.type, question.type)
    rule: Rule = {"label": question.label, "type": kind, "description": question.help, "constraints": constraints}
    if question.keys:
        rule["fields"] = {"and": [_field(key) for key in question.keys], "constraints": []}
    return rule


def _every_owner(legal_forms: Sequence[str]) -> list[Rule]:
    """Return the fields of every extension's owner."""
    person, organisation = condition({"legalForm": ["individual"]}), condition({"!legalForm": ["individual"]})
    return [
        _field("address.city"), _field("address.country", {"operator": "contains", "values": list(COUNTRIES)}),
        _field("address.line1"), _field("email"), _field("phone"),
        _field("language", {"operator": "contains", "values": list(LANGUAGES)}),
        _field("legalForm", {"operator": "contains", "values": list(legal_forms)}),
        _field("firstName", when=person), _field("lastName", when=person),
        _field("organisationName", when=organisation),
        _field("address.zip", when=condition({"!address.country": WITHOUT_ZIP})),
    ]  # fmt: skip


def _place(area: tuple[str, str], other: str) -> list[Rule]:
    """Return the rules that require a place in the registry's area, unless the other contact is there."""
    wanted = dict(zip(("address.country", "address.city"), area, strict=True))
    elsewhere: list[Rule] = [
        {"label": label, "type": "string", "constraints": [{"operator": "ne", "value": value}]}
        for label, value in wanted.items()
    ]
    away = {"label": other, "type": "contact", "fields": {"or": elsewhere, "constraints": []}, "constraints": []}
    return [
        {
            "label": label, "type": "string", "placeholder": value,
            "constraints": [{"operator": "eq", "value": value, "conditions": away}],
        }
        for label, value in wanted.items()
    ]  # fmt: skip


def _contact(label: str, fields: list[Rule]) -> Rule:
    about = "owner" if label == "OWNER_CONTACT" else "admin"
    return {
        "label": label, "type": "contact", "description": f"rule related to the domain {about}",
        "fields": {"and": fields, "constraints": []}, "constraints": [_REQUIRED],
    }  # fmt: skip


def _field(label: str, *constraints: Rule, when: Rule | None = None) -> Rule:
    required = _REQUIRED | {"conditions": when} if when else _REQUIRED
    longest = {"operator": "maxlength", "value": "255"}
    return {"label": label, "type": "string", "constraints": [*constraints, required, longest]}


# Checking data


def broken(found: Mapping[str, str]) -> OvhError:
    """Return OVH's error for data that breaks a rule, with the result of `faults`."""
    details = {"_message": "Input data does not respect the rule"} | dict(found)
    message = f"{len(found)} constraints of rules are not respected"
    return OvhError(
        400, {"class": "Client::BadRequest::DOMDOCRuleNotRespected", "message": message, "details": details}
    )


def faults(rule: Rule, data: Data) -> dict[str, str]:
    """Return the broken constraints, by their names in OVH's `details`; `data` holds contacts and answers by label."""
    return dict(_faults(rule, data, data, ""))


def _faults(rule: Rule, data: Data, everything: Data, inside: str) -> Iterator[tuple[str, str]]:
    if rule.get("or"):
        yield from min((list(_faults(part, data, everything, inside)) for part in rule["or"]), key=len)
    for part in rule.get("and", ()):
        yield from _faults(part, data, everything, inside)
    if "label" in rule:
        value = _value(data, rule["label"])
        name = _snake(_NAMES.get(rule["label"], rule["label"].rpartition(".")[2]))
        for constraint in rule.get("constraints", ()):
            condition = constraint.get("conditions")
            if (condition is None or not faults(condition, everything)) and not _keeps(value, constraint):
                wanted = _WORDS[constraint["operator"]].format(constraint.get("value"))
                yield f"{inside}{name}", f'Field "{name}" {wanted}'
        if value and "fields" in rule:
            yield from _faults(rule["fields"], value, everything, f"{name}.")


def _keeps(value: Any, constraint: Rule) -> bool:  # noqa: ANN401 - a contact, a text, a yes
    """Return whether a value satisfies a constraint; a missing value breaks only constraints that require it."""
    operator = constraint["operator"]
    if value is None or isinstance(value, dict):
        return value is not None or operator not in {"required", "eq"}
    word = str(value).lower() if isinstance(value, bool) else str(value)  # a yes is "true", as in JSON
    return _CHECKS[operator](word, constraint)


_CHECKS: dict[str, Callable[[str, Rule], bool]] = {
    "required": lambda _given, _constraint: True,
    "shouldbetrue": lambda given, _constraint: given.lower() in {"true", "1"},
    "eq": lambda given, constraint: given == constraint["value"],
    "ne": lambda given, constraint: given != constraint["value"],
    "contains": lambda given, constraint: given in constraint["values"],
    "notcontains": lambda given, constraint: given not in constraint["values"],
    "maxlength": lambda given, constraint: len(given) <= int(constraint["value"]),
    "match": lambda given, constraint: re.fullmatch(constraint["value"], given) is not None,
    "readonly": lambda _given, _constraint: True,  # it says what an update may change, and judges no value
}
_WORDS = {
    "required": "is required", "shouldbetrue": "should be true", "eq": 'should be equal to "{}"',
    "ne": 'should not be equal to "{}"', "contains": "has a value that is not allowed",
    "notcontains": "has a value that is not allowed", "maxlength": "is longer than {}",
    "match": "does not match the expected format",
}  # fmt: skip


def _value(data: Data, label: str) -> Any:  # noqa: ANN401 - as above
    for part in label.split("."):
        data = data.get(part) or {}
    return data or None


def _snake(name: str) -> str:
    return name if name in _PEOPLE.values() else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
