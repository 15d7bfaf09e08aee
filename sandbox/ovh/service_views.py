"""A service in OVH's three formats: of /domain, of /services and of /service. All show one record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.ovh.clock import Clock
from sandbox.ovh.contacts import HOLDER
from sandbox.ovh.extensions import EXTENSIONS, extension_of
from sandbox.ovh.services import Service, iso_months

_STATES = {"running": "ok", "expired": "expired", "restorable": "restorable", "gone": "deleted"}
_MODES = ["automatic", "manual"]


def domain(service: Service, clock: Clock, owner: str, state: str | None) -> dict[str, Any]:
    """Return what `GET /domain/{name}` shows; `state` overrides the one that follows from the dates."""
    now, contact = clock.now(), {"id": owner}
    return {
        "domain": service.name, "state": _STATES[service.phase(now)] if state is None else state,
        "expirationDate": clock.text(service.expires), "renewalDate": clock.text(service.charged_on),
        "lastUpdate": clock.text(service.since), "nameServerType": "hosted", "offer": "gold",
        "transferLockStatus": "locked", "dnssecState": "disabled", "dnssecSupported": True,
        "renewalState": _renewal_state(service),
        "suspensionState": "suspended" if service.is_suspended(now) else "not_suspended",
        "whoisOwner": str(HOLDER), "serviceId": service.id, "contactOwner": {"id": str(HOLDER)},
        "contactAdmin": contact, "contactBilling": contact, "contactTech": contact, "glueRecordIpv6Supported": True,
        "glueRecordMultiIpSupported": True, "hostSupported": True, "owoSupported": False, "parentService": None,
        "iam": None,
        "nameServers": [
            {"id": place, "nameServer": f"dns{place}.example.net", "nameServerType": "hosted", "ipv4": None,
             "ipv6": None}
            for place in (1, 2)
        ],
    }  # fmt: skip


def service_infos(service: Service, clock: Clock, owner: str) -> dict[str, Any]:
    """Return what `GET /domain/{name}/serviceInfos` shows: dates without a time, periods in months."""
    renew = {
        "automatic": service.mode == "automatic", "deleteAtExpiration": service.deletes, "forced": service.is_forced,
        "manualPayment": service.mode == "manual", "period": service.months,
    }  # fmt: skip
    return {
        "domain": service.name, "serviceId": service.id, "status": _status(service, clock.now()),
        "renewalType": service.renewal_type, "creation": f"{service.since:%Y-%m-%d}",
        "expiration": f"{clock.as_ovh_says(service.expires):%Y-%m-%d}", "engagedUpTo": None,
        "canDeleteAtExpiration": not service.is_forced,
        "possibleRenewPeriod": [12 * years for years in _years(service)],
        "contactAdmin": owner if service.is_admin else "zz99999-ovh",
        "contactBilling": owner if service.is_billing else "zz99999-ovh", "contactTech": owner,
        "renew": renew if service.shows_renew else None,
    }  # fmt: skip


def expanded(service: Service, number: int, clock: Clock, owner: str) -> dict[str, Any]:
    """Return what `GET /services/{id}` shows, of the name, its zone or its hosting."""
    path, product = _PARTS[number - service.id]
    return {
        "serviceId": number, "parentServiceId": None, "tags": [],
        "route": {
            "path": path, "url": path.replace("{serviceName}", service.name),
            "vars": [{"key": "serviceName", "value": service.name}],
        },
        "resource": {
            "name": service.name, "displayName": service.name, "resellingProvider": None,
            "state": "suspended" if service.is_suspended(clock.now()) else "active",
            "product": {"name": product, "description": product.capitalize()},
        },
        "customer": {"contacts": [
            {"customerCode": owner if is_it else "zz99999-ovh", "type": kind}
            for kind, is_it in (("administrator", service.is_admin), ("billing", service.is_billing))
        ]},
        "billing": _billing(service, clock),
    }  # fmt: skip


def listed(service: Service, number: int, clock: Clock) -> dict[str, Any]:
    """Return what `GET /service/{id}` shows: the older beta."""
    path, product = _PARTS[number - service.id]
    mode = service.renewal_type if service.mode == "automatic" else "manual"
    return {
        "creationDate": f"{service.since:%Y-%m-%d}", "expirationDate": f"{service.expires:%Y-%m-%d}", "details": [],
        "nextBillingDate": f"{service.charged_on:%Y-%m-%d}", "engagementDate": None, "quantity": 1,
        "plan": {"code": service.name.partition(".")[2], "product": {"name": product}},
        "renew": {
            "dayOfMonth": None, "interval": "P1Y", "mode": "deleteAtExpiration" if service.deletes else mode,
            "possibleIntervals": None, "possibleModes": [service.renewal_type, "manual"],
        } if service.shows_renew else None,
        "resource": {"displayName": service.name, "name": service.name, "state": "ok"},
        "route": {
            "path": path, "url": path.replace("{serviceName}", service.name),
            "vars": [{"key": "serviceName", "value": service.name}],
        },
        "state": _OLDER_STATES.get(_status(service, clock.now()), "ok"),
    }  # fmt: skip


_PARTS = {
    0: ("/domain/{serviceName}", "domain"), 1: ("/domain/zone/{serviceName}", "zone"),
    2: ("/hosting/web/{serviceName}", "hosting"),
}  # fmt: skip
_OLDER_STATES = {"ok": "ok", "expired": "expired", "unPaid": "unpaid"}


def _billing(service: Service, clock: Clock) -> dict[str, Any]:
    now, ends = clock.now(), clock.text(service.expires)
    pending = ["terminateAtExpirationDate"] if service.deletes else []
    state = "unpaid" if service.unpaid else {"running": "active", "expired": "toRenew"}.get(service.phase(now))
    current = {"mode": service.mode, "nextDate": clock.text(service.charged_on), "period": iso_months(service.months)}
    return {
        "expirationDate": ends, "nextBillingDate": clock.text(service.charged_on), "pricing": None, "group": None,
        "engagement": None, "engagementRequest": None,
        "plan": {"code": service.name.partition(".")[2], "invoiceName": f"Domain {service.name}"},
        "lifecycle": {
            "current": {
                "state": state or "unrenewed", "creationDate": clock.text(service.since), "pendingActions": pending,
                "terminationDate": ends if service.deletes else None,
            },
            "capacities": {"actions": ["earlyRenewal", "terminateAtExpirationDate"]},
        },
        "renew": {"current": current, "capacities": {"mode": _MODES}} if service.shows_renew else None,
    }  # fmt: skip


def _status(service: Service, now: datetime) -> str:
    if service.phase(now) != "running":
        return "expired"
    return "unPaid" if service.unpaid else "ok"


def _renewal_state(service: Service) -> str:
    if service.unpaid:
        return "unpaid"
    if service.deletes:
        return "cancellation_requested"
    return "automatic_renew" if service.mode == "automatic" or service.is_forced else "manual_renew"


def _years(service: Service) -> tuple[int, ...]:
    return (extension_of(service.name) or EXTENSIONS["ovh"]).years
