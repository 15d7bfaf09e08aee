"""Who we are, and OVH's clock."""

from __future__ import annotations

import time
from typing import Any

from sandbox.ovh.routing import Call, route


@route("GET", "/auth/time", unsigned=True)
def _time(call: Call) -> int:
    return int(time.time() + call.ovh.clock_offset)  # signatures go by the true clock, whatever the hand shows


@route("GET", "/auth/currentCredential")
def _credential(call: Call) -> dict[str, Any]:
    return {
        "allowedIPs": None, "applicationId": 1, "creation": "2026-01-01T10:00:00+01:00", "credentialId": 1,
        "expiration": None, "lastUse": None, "ovhSupport": False, "status": "validated",
        "rules": [{"method": method, "path": path} for method, path in call.ovh.credentials.rules],
    }  # fmt: skip


@route("GET", "/me")
def _me(call: Call) -> dict[str, Any]:
    return {
        "nichandle": "aa00000-ovh", "ovhSubsidiary": call.ovh.subsidiary, "ovhCompany": "ovh", "country": "FR",
        "currency": {"code": "EUR", "symbol": "€"}, "state": "complete", "kycValidated": False,
        "legalform": "corporation", "email": "domains@example.com", "firstname": "Ada", "name": "Sandbox",
        "organisation": "Sandbox Ltd", "language": "fr_FR", "customerCode": "0000-0000-00",
    }  # fmt: skip
