"""Routes with an empty response, by OVH's API descriptions (responseType "void", July 2026)."""

from __future__ import annotations

import re

_VOID = (
    ("POST", "/order/cart/{}/assign"),
    ("DELETE", "/order/cart/{}"),
    ("DELETE", "/order/cart/{}/coupon"),
    ("DELETE", "/order/cart/{}/item/{}"),
    ("DELETE", "/order/cart/{}/item/{}/configuration/{}"),
    ("POST", "/domain/configurationRule/check"),
    ("PUT", "/domain/{}/serviceInfos"),
    ("PUT", "/services/{}"),
    ("POST", "/me/order/{}/waiveRetraction"),
    ("POST", "/me/task/domain/{}/(?:accelerate|cancel|relaunch)"),
    ("PUT", "/me/task/domain/{}/argument/{}"),
    # Money calls. For them an answer without a body proves nothing: only `null`, which OVH sends, counts as accepted.
    ("POST", "/me/order/{}/pay"),
    ("POST", "/me/order/{}/payWithRegisteredPaymentMean"),
)
_PATTERNS = tuple((method, re.compile(path.replace("{}", "[^/]+"))) for method, path in _VOID)


def returns_nothing(method: str, path: str) -> bool:
    """Return whether a successful call of this route has an empty response. `path` is without its query."""
    return any(method == known and pattern.fullmatch(path) for known, pattern in _PATTERNS)
