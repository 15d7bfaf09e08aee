"""Keeps the form of OVH's answers, and drops what they say about the account."""

from __future__ import annotations

import re
from typing import Any

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NIC = re.compile(r"\b[a-z]{2}\d{1,9}-[a-z0-9]{2,10}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3,}")
_ADDRESS = re.compile(r"\S+@\S+|\b(?:[\w-]+\.)+[a-z]{2,}\b|https?://\S+", re.IGNORECASE)
_CALLED = re.compile(r"(?<=/)(?:[^/]*\d{3,}[^/]*|[^/]+\.[^/]+)(?=/|$)")
_MOST = 200  # characters of a message
# Fields whose values name OVH's own concepts, never a person or an amount.
_PUBLIC = frozenset({
    "label", "type", "required", "fields", "action", "pricingMode", "duration", "productId", "phase", "orderable",
    "readOnly", "code", "operator", "detailType",
})  # fmt: skip
_MOST_LISTED = 3


def path_without_ids(path: str) -> str:
    """Return a path with `{cart}` and `{id}` in place of the ids in it."""
    return _CALLED.sub("{id}", _UUID.sub("{cart}", path))


def words_without_ids(text: str, token: str) -> str:
    """Return OVH's message without numbers, names and addresses."""
    clean = text.replace(token, "…")
    for pattern, blank in ((_UUID, "{cart}"), (_NIC, "{nic}"), (_ADDRESS, "{name}"), (_NUMBER, "{number}")):
        clean = pattern.sub(blank, clean)
    return clean[:_MOST]


def shape(body: Any, key: str = "") -> Any:  # noqa: ANN401 - decoded JSON
    """Return the form of a JSON value: its keys and types, and the values that are OVH's own words."""
    if isinstance(body, dict):
        return {name: shape(value, name) for name, value in body.items()}
    if isinstance(body, list):
        return [shape(each, key) for each in body[:_MOST_LISTED]] + (["…"] if len(body) > _MOST_LISTED else [])
    if body is None or (key in _PUBLIC and _is_word(body)):
        return body
    return f"<{type(body).__name__}>"


def _is_word(value: object) -> bool:
    if isinstance(value, bool):
        return True
    return isinstance(value, str) and not (_NIC.search(value) or _UUID.search(value) or "@" in value)
