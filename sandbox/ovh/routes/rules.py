"""Eligibility: the rule of a name, and whether data satisfies it."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.contacts import from_account
from sandbox.ovh.errors import refused
from sandbox.ovh.extensions import Extension, extension_of
from sandbox.ovh.routing import Call, route
from sandbox.ovh.rules import broken, checked_rule_of, faults, rule_of

_ACTIONS = {"create", "trade", "transfer", "update"}


@route("GET", "/domain/configurationRule", unsigned=True)
def _rule(call: Call) -> dict[str, Any]:
    """Return the rule of a name; with the account's `unknown_field`, with a field of the owner that no source lists."""
    extension, label = _asked(call)
    rule = rule_of(extension, label, call.asks("action"))
    if call.ovh.unknown_field:
        owner = next(part for part in rule["and"] if part.get("label") == "OWNER_CONTACT")
        owner["fields"]["and"].append({"label": call.ovh.unknown_field, "type": "string", "constraints": []})
    return rule


@route("POST", "/domain/configurationRule/check")
def _check(call: Call) -> None:
    """Check data against the rule. All actions are checked as a creation: other actions' rules are not simulated."""
    extension, label = _asked(call)
    body = call.body
    data = {
        "OWNER_CONTACT": body.get("owner"),
        "ADMIN_ACCOUNT": from_account(body["adminAccount"]) if body.get("adminAccount") else None,
        "ACCEPT_CONDITIONS": (body.get("extras") or {}).get("acceptCondition"),
        "DOMAIN_CONFIG": body.get("domain"),
    }
    if found := faults(checked_rule_of(extension, label), data):
        raise broken(found)


def _asked(call: Call) -> tuple[Extension, str]:
    name, action = call.asks("domain"), call.asks("action")
    extension = extension_of(name)
    if action not in _ACTIONS or extension is None:
        raise refused("Some parameters are invalid in the request")
    return extension, name.partition(".")[0]
