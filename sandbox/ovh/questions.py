"""The questions that a registry may ask about an item in a cart, and the dry run's complaints about answers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

# Types as OVH writes them: in carts some are paths or have capitals.
_FORMS = {
    "/me/contact": r"/(me|domain)/contact/\d+", "Nichandle": r"[a-z]{2}\d+-[a-z]+", "number": r"\d+",
    "date_ISO8601": r"\d{4}-\d\d-\d\d", "bool": r"true|false",
    "String": r"[a-z0-9-]+(\.[a-z0-9-]+)+(,[a-z0-9-]+(\.[a-z0-9-]+)+)*",  # only DNS has it; its syntax is a guess
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One configuration label.

    `needed` is what the dry run demands; `says` is what `required` claims, which may differ, or None if the key is left
    out. `must_be_true` is for consents; `keys` are the keys that a JSON answer must have.
    """

    label: str
    type: str
    needed: bool = False
    says: bool | None = None
    fields: tuple[str, ...] | None = None
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    must_be_true: bool = False
    keys: tuple[str, ...] = ()
    help: str = ""

    def but(self, **changes: Any) -> Question:  # noqa: ANN401 - any of the fields above
        """Return the same question with a registry's changes."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return an order.cart.ConfigurationRequirements; every key but label and type may be missing, as at OVH."""
        as_json: dict[str, Any] = {"label": self.label, "type": self.type}
        if self.says is not None:
            as_json |= {"required": self.says, "fields": list(self.fields) if self.fields else None}
        if self.allowed:
            as_json["allowedValues"] = list(self.allowed)
        return as_json

    def error(self, value: str) -> str | None:
        """Return the dry run's complaint about an answer; only those about missing labels are OVH's own words."""
        if self.allowed and value not in self.allowed:
            return f"Custom field {self.label} has a value that is not allowed for product domain"
        if self.must_be_true and value != "true":
            return f"Custom field {self.label} must be true for product domain"
        if self.type == "json":
            return self._json_error(value)
        form = self.pattern or _FORMS.get(self.type, r"(?s).*\S.*")
        return None if re.fullmatch(form, value) else f"Custom field {self.label} is invalid for product domain"

    def _json_error(self, value: str) -> str | None:
        try:
            given = json.loads(value)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return f"Custom field {self.label} is invalid for product domain"
        missing = [key for key in self.keys if not given.get(key)]
        return f"Custom field {self.label} lacks {', '.join(missing)} for product domain" if missing else None


LEGAL_AGE = Question(
    "OWNER_LEGAL_AGE", "bool", needed=True, must_be_true=True,
    help="The owner must be of legal age to acquire a domain name.",
)  # fmt: skip
OWNER = Question("OWNER_CONTACT", "/me/contact", help="Rule related to the domain owner.")
ADMIN = Question("ADMIN_ACCOUNT", "Nichandle", help="Rule related to the admin account.")
TECH = Question("TECH_ACCOUNT", "Nichandle", help="Rule related to the technical account.")
DNS = Question("DNS", "String", help="The name servers.")
USUAL = (LEGAL_AGE, OWNER, ADMIN, TECH, DNS)

ACCEPT = Question(
    "ACCEPT_CONDITIONS", "bool", needed=True, says=True, must_be_true=True,
    help="The registry has special conditions that must be accepted: https://registry.example/conditions?lang=en.",
)  # fmt: skip
REASON = Question("REASON", "string", needed=True, help="The purchase of this domain name must be justified.")
CLAIMS = Question(
    "CLAIMS_NOTICE", "string", needed=True, says=True,
    help="The name matches a registered trademark; its notice must be acknowledged.",
)  # fmt: skip
PROTECTED = Question(
    "PROTECTED_CODE", "string", needed=True, says=True, pattern=r"[A-Z0-9]{6,}",
    help="The name is protected by the registry, which gives a code to those who may have it.",
)  # fmt: skip


def errors(
    asked: Collection[Question], answers: Collection[tuple[str, str]], *, refuses_unknown: bool
) -> Iterator[str]:
    """Yield all complaints of the dry run about an item's answers, one sentence each."""
    labels = [label for label, _ in answers]
    known = {question.label: question for question in asked}
    for question in sorted(asked, key=lambda question: question.label):
        if question.needed and question.label not in labels:
            yield f"Custom field {question.label} is mandatory for product domain"
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield f"Custom field {label} is duplicated for product domain"
    for label, value in answers:
        if label in known:
            found = known[label].error(value)
            yield from [found] if found else []
        elif refuses_unknown:
            yield f"Custom field {label} is unknown for product domain"
