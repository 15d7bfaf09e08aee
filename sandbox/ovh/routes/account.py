"""The account behind the key, and OVH's clock."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sandbox.ovh.contacts import as_account
from sandbox.ovh.errors import gateway, login_first
from sandbox.ovh.key_page import page_of
from sandbox.ovh.prices import MARKETS
from sandbox.ovh.routing import Call, route
from sandbox.ovh.signing import EVERYTHING, ConsumerKey

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
_SYMBOLS = {"EUR": "€", "GBP": "£"}


@route("GET", "/auth/time", unsigned=True)
def _time(call: Call) -> int:
    return int(call.ovh.time() + call.ovh.time_error)


@route("GET", "/auth/currentCredential")
def _credential(call: Call) -> dict[str, Any]:
    key = call.ovh.credentials.key(call.consumer)
    if key is None:
        raise login_first()
    ends_at = None if key.expiration is None else key.expiration.isoformat(timespec="seconds")
    return {
        "allowedIPs": None, "applicationId": 1, "creation": "2026-01-01T10:00:00+01:00", "credentialId": 1,
        "expiration": ends_at, "lastUse": None, "ovhSupport": False, "status": key.status, "rules": _listed(key.rules),
    }  # fmt: skip


@route("GET", "/auth/details")
def _details(call: Call) -> dict[str, Any]:
    own, service = call.ovh.contacts.own, call.is_service
    is_narrow = call.ovh.credentials.rules != EVERYTHING
    return {
        "account": own, "allowedRoutes": _listed(call.ovh.credentials.rules) if is_narrow or not service else None,
        "description": None, "user": None,
        "identities": [f"urn:v1:eu:identity:account:{own}"], "roles": None,
        "method": "oauth2_client_credentials" if service else "account",
    }  # fmt: skip


@route("POST", "/auth/credential", unsigned=True)
def _new_key(call: Call) -> dict[str, Any]:
    """Make a key that a user still has to validate. It knows the application alone, without a signature."""
    keys = call.ovh.credentials
    if call.application != keys.application_key:
        raise gateway(403, "INVALID_KEY", "This application key is invalid")
    call.needs("accessRules")
    rules = tuple((rule["method"], rule["path"]) for rule in call.body["accessRules"])
    if not rules or any(method not in _METHODS or not path.startswith("/") for method, path in rules):
        raise gateway(400, "INVALID_ARGUMENT", "Invalid accessRules")
    consumer = secrets.token_hex(16)
    keys.made[consumer] = ConsumerKey(rules, redirection=call.body.get("redirection"))
    return {
        "consumerKey": consumer, "state": "pendingValidation", "validationUrl": page_of(call.ovh.address, consumer),
    }  # fmt: skip


def _listed(rules: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"method": method, "path": path} for method, path in rules]


@route("GET", "/me")
def _me(call: Call) -> dict[str, Any]:
    contacts = call.ovh.contacts
    currency = MARKETS[call.ovh.subsidiary].currency
    return as_account(contacts.accounts[contacts.own]) | {
        "nichandle": contacts.own, "ovhSubsidiary": call.ovh.subsidiary, "ovhCompany": "ovh",
        "currency": {"code": currency, "symbol": _SYMBOLS.get(currency, currency)}, "state": call.ovh.state,
        "kycValidated": False, "customerCode": "0000-0000-00",
    }  # fmt: skip
