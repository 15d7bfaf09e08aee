"""The account behind the key, and OVH's clock."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.contacts import as_account
from sandbox.ovh.prices import MARKETS
from sandbox.ovh.routing import Call, route
from sandbox.ovh.signing import EVERYTHING

_SYMBOLS = {"EUR": "€", "GBP": "£"}


@route("GET", "/auth/time", unsigned=True)
def _time(call: Call) -> int:
    return int(call.ovh.time() + call.ovh.time_error)


@route("GET", "/auth/currentCredential")
def _credential(call: Call) -> dict[str, Any]:
    keys = call.ovh.credentials
    ends_at = None if keys.expiration is None else keys.expiration.isoformat(timespec="seconds")
    return {
        "allowedIPs": None, "applicationId": 1, "creation": "2026-01-01T10:00:00+01:00", "credentialId": 1,
        "expiration": ends_at, "lastUse": None, "ovhSupport": False, "status": keys.status, "rules": _rules(call),
    }  # fmt: skip


@route("GET", "/auth/details")
def _details(call: Call) -> dict[str, Any]:
    own, service = call.ovh.contacts.own, call.is_service
    is_narrow = call.ovh.credentials.rules != EVERYTHING
    return {
        "account": own, "allowedRoutes": _rules(call) if is_narrow or not service else None,
        "description": None, "user": None,
        "identities": [f"urn:v1:eu:identity:account:{own}"], "roles": None,
        "method": "oauth2_client_credentials" if service else "account",
    }  # fmt: skip


def _rules(call: Call) -> list[dict[str, str]]:
    return [{"method": method, "path": path} for method, path in call.ovh.credentials.rules]


@route("GET", "/me")
def _me(call: Call) -> dict[str, Any]:
    contacts = call.ovh.contacts
    currency = MARKETS[call.ovh.subsidiary].currency
    return as_account(contacts.accounts[contacts.own]) | {
        "nichandle": contacts.own, "ovhSubsidiary": call.ovh.subsidiary, "ovhCompany": "ovh",
        "currency": {"code": currency, "symbol": _SYMBOLS.get(currency, currency)}, "state": call.ovh.state,
        "kycValidated": False, "customerCode": "0000-0000-00",
    }  # fmt: skip
