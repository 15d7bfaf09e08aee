"""The account's names: their dates, how they are renewed, and the orders that renew them."""

from __future__ import annotations

from typing import Any

from sandbox.ovh import service_views as views
from sandbox.ovh.errors import OvhError, forbidden, gateway, refused
from sandbox.ovh.routing import Call, route
from sandbox.ovh.services import Service, months_of

_PAGES = "CachedObjectList-Pages"
_PAGE = 1000  # objects, unless the caller says otherwise
_ROUTES = {"/domain": 0, "/domain/{serviceName}": 0, "/domain/zone": 1, "/domain/zone/{serviceName}": 1}


@route("GET", "/domain")
def _domains(call: Call) -> list[Any]:
    """Return the names, or whole objects page by page if the caller asks for them and the account offers it."""
    names = sorted(call.ovh.registry.owned())
    if call.headers.get("X-Pagination-Mode") != _PAGES or not call.ovh.lists_objects:
        return names
    number, size = int(call.headers.get("X-Pagination-Number", 1)), int(call.headers.get("X-Pagination-Size", _PAGE))
    found = [_object(call, name) for name in names]
    if wanted := call.headers.get("X-Pagination-Sort"):
        found.sort(key=lambda each: each[wanted], reverse=call.headers.get("X-Pagination-Sort-Order") == "DESC")
    call.answers.update({
        "X-Pagination-Elements": str(len(found)), "X-Pagination-Number": str(number), "X-Pagination-Size": str(size),
    })  # fmt: skip
    return found[(number - 1) * size : number * size]


@route("GET", "/domain/{serviceName}")
def _domain(call: Call) -> dict[str, Any]:
    service = call.ovh.services.of(call.parts[0])
    if call.ovh.services.answers_460 and service.phase(call.ovh.clock.now()) != "running":
        raise OvhError(460, {"message": "This service is expired"})
    return _object(call, service.name)


@route("GET", "/domain/{serviceName}/serviceInfos")
def _service_infos(call: Call) -> dict[str, Any]:
    return views.service_infos(call.ovh.services.of(call.parts[0]), call.ovh.clock, call.ovh.contacts.own)


@route("PUT", "/domain/{serviceName}/serviceInfos")
def _edit_service_infos(call: Call) -> None:
    """Change how a name is renewed. OVH's panel writes all five fields; what is left out stays as it is."""
    service = call.ovh.services.of(call.parts[0])
    renew = call.body.get("renew")
    if not isinstance(renew, dict):
        raise gateway(400, "INVALID_ARGUMENT", "Missing parameter(s): renew")
    deletes = renew.get("deleteAtExpiration", service.deletes)
    mode = "manual" if renew.get("manualPayment", service.mode == "manual") else "automatic"
    _set(call, service, mode, int(renew.get("period") or service.months), deletes=deletes)


@route("GET", "/services")
def _services(call: Call) -> list[int]:
    """Return the numbers of services. Without `routes` a name's zone and hosting are listed with it."""
    name, routes = call.query.get("resourceName"), call.query.get("routes")
    parts = {_ROUTES.get(each, -1) for each in routes.split(",")} if routes else None
    return [
        service.id + part
        for service in call.ovh.services.all.values()
        if name in {None, service.name}
        for part in _parts(service)
        if parts is None or part in parts
    ]


@route("GET", "/services/{serviceId}")
def _service(call: Call) -> dict[str, Any]:
    service = call.ovh.services.get(call.parts[0])
    return views.expanded(service, int(call.parts[0]), call.ovh.clock, call.ovh.contacts.own)


@route("PUT", "/services/{serviceId}")
def _edit_service(call: Call) -> None:
    service = call.ovh.services.get(call.parts[0])
    renew, policy = call.body.get("renew") or {}, call.body.get("terminationPolicy")
    months = months_of(renew["period"]) if renew.get("period") else service.months
    deletes = service.deletes if policy is None else policy == "terminateAtExpirationDate"
    _set(call, service, renew.get("mode") or service.mode, months, deletes=deletes)


@route("GET", "/service")
def _listed(call: Call) -> list[int]:
    return [service.id + part for service in call.ovh.services.all.values() for part in _parts(service)]


@route("GET", "/service/{serviceId}")
def _listed_one(call: Call) -> dict[str, Any]:
    return views.listed(call.ovh.services.get(call.parts[0]), int(call.parts[0]), call.ovh.clock)


@route("GET", "/service/{serviceId}/renew")
def _strategies(call: Call) -> list[dict[str, Any]]:
    return call.ovh.renewals.strategies(call.ovh.services.get(call.parts[0]))


@route("POST", "/service/{serviceId}/renew")
def _renew(call: Call) -> dict[str, Any]:
    """Make a renewal order. Two calls make two orders: nothing says that OVH would notice."""
    call.needs("duration", "services")
    service = call.ovh.services.get(call.parts[0])
    return call.ovh.renewals.order(
        service, call.body["duration"], call.body["services"], dry_run=bool(call.body.get("dryRun"))
    )


def _object(call: Call, name: str) -> dict[str, Any]:
    state = call.ovh.registry.states.get(name)
    return views.domain(call.ovh.services.of(name), call.ovh.clock, call.ovh.contacts.own, state)


def _parts(service: Service) -> tuple[int, ...]:
    return (0, 1, 2) if service.hosting else (0, 1)


def _set(call: Call, service: Service, mode: str, months: int, *, deletes: bool) -> None:
    """Change a service as OVH's panel may: by the billing contact, without debt, before the expiry."""
    if mode not in {"automatic", "manual"}:
        raise gateway(400, "INVALID_ARGUMENT", f"Invalid value for mode: {mode}")
    if (mode != service.mode or months != service.months) and not service.is_billing:
        raise forbidden("You are not allowed to edit this service")
    if deletes != service.deletes and not service.is_admin:
        raise forbidden("You are not allowed to edit this service")
    if service.unpaid is not None or service.is_forced or service.phase(call.ovh.clock.now()) != "running":
        raise refused("This service cannot be edited")
    methods = call.ovh.payments.methods
    if mode == "automatic" != service.mode and not any(each.default and each.status == "VALID" for each in methods):
        raise refused("You need a valid payment method")
    service.mode, service.months, service.deletes = mode, months, deletes  # type: ignore[assignment] # checked above
