"""Answers made from OVH's own description of its API, each field set, null or left out."""

from decimal import Decimal
from enum import Enum
from typing import Any

from tests.sandbox.ovh.schema import Schema

SCHEMA = Schema()
_DEEPEST = 2  # objects of one model inside each other
_PLAIN: dict[str, Any] = {
    "string": "word",
    "text": "some words",
    "password": "fake-secret",
    "duration": "P1Y",
    "datetime": "2026-11-23T20:10:00+01:00",
    "date": "2000-01-31",
    "phoneNumber": "+33.123456789",
    "uuid": "3d0c1f7e-5b7a-4a59-9a2e-7f1f3b0a9c11",
    "boolean": True,
    "long": 7,
    "double": Decimal("5.99"),
    "ipBlock": "192.0.2.0/24",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "map[string]string": {},
}
_NOT_DESCRIBED = {"order.catalog.public.ProductBlob"}  # large, and left out of tests/spec
# Values that lead further than the first of an enumeration.
_TELLING = {
    ("auth.ApiCredential", "status"): "validated",
    ("auth.ApiCredential", "expiration"): "2096-01-31T00:00:00+01:00",
    ("order.cart.Price", "label"): "TOTAL",
    ("order.Price", "currencyCode"): "EUR",
    ("order.OrderDetail", "domain"): "*001",
    ("billing.OrderDetail", "domain"): "name.ovh",
    ("billing.order.FollowUp", "step"): "VALIDATING",
    ("billing.ItemDetail.Order", "type"): "plan",
    ("billing.ItemDetail.OrderPlanProduct", "name"): "domain",
    ("me.payment.PaymentMethod", "status"): "VALID",
    ("me.payment.Transaction", "status"): "READY",
    ("me.payment.Transaction", "type"): "DEBIT",
    ("domain.Task", "domain"): "name.ovh",
}


class Optional(Enum):
    """What stands in a field that may be null."""

    SET = "set"
    NULL = "null"
    MISSING = "missing"


def answer(kind: str, optional: Optional = Optional.SET, keeps: frozenset[str] = frozenset(), depth: int = 0) -> Any:
    """Return an answer of this type; `keeps` are fields that are set although they may be null."""
    if kind.endswith("[]"):
        return [answer(kind[:-2], optional, keeps, depth)] if depth <= _DEEPEST else []
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _NOT_DESCRIBED:
        return {}
    model = SCHEMA.models[kind]
    if "enum" in model:
        return model["enum"][0]
    found: dict[str, Any] = {}
    for name, facts in model["fields"].items():
        may_lack = facts.get("null") and name not in keeps
        if may_lack and (optional is not Optional.SET or depth >= _DEEPEST):
            if optional is not Optional.MISSING:
                found[name] = None
        else:
            value = answer(facts.get("full", facts["type"]), optional, keeps, depth + 1)
            found[name] = _TELLING.get((kind, name), value)
    return found
