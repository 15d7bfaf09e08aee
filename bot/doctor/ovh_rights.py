"""The rights of the OVH key, by the key's own rules. Nothing here calls a route that orders or pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.doctor.findings import Finding
from registrars.ovh.key_rights import Grants, Right

_ANY = "a-cart"  # in place of an id in a path


@dataclass(frozen=True, slots=True)
class Need:
    """Rights that belong together; `purpose` completes “The key may not …”."""

    code: str
    purpose: str
    rights: Sequence[Right]


def _right(rule: str) -> Right:
    """Return a right from its rule, such as ``GET /me/order/*``."""
    method, _, path = rule.partition(" ")
    called = path.replace("/cart/*", f"/cart/{_ANY}").replace("*", "1")
    return Right(method, path, called)


def _need(code: str, purpose: str, *rules: str) -> Need:
    return Need(code, purpose, tuple(map(_right, rules)))


NEEDS = (
    _need("right_to_account", "read the account", "GET /me"),
    _need(
        "right_to_search", "search names and prepare carts",
        "GET /order/cart", "POST /order/cart", "GET /order/cart/*", "DELETE /order/cart/*",
        "POST /order/cart/*/assign", "POST /order/cart/*/domain", "POST /order/cart/*/item/*/configuration",
    ),
    _need("right_to_order", "order", "POST /order/cart/*/checkout"),
    _need("people_pay", "pay", "POST /me/order/*/pay", "POST /me/order/*/payWithRegisteredPaymentMean"),
    _need("right_to_follow", "read orders", "GET /me/order", "GET /me/order/*"),
    _need(
        "right_to_payments", "read payment methods and transactions",
        "GET /me/payment/method", "GET /me/payment/method/*",
        "GET /me/payment/transaction", "GET /me/payment/transaction/*",
    ),
    _need(
        "right_to_names", "read names and their tasks",
        "GET /domain", "GET /domain/*", "GET /me/task/domain", "GET /me/task/domain/*",
    ),
    _need("right_to_invoices", "read invoices", "GET /me/bill", "GET /me/bill/*"),
    _need("right_to_check_rules", "check owners by registries' rules", "POST /domain/configurationRule/check"),
    _need("right_to_contacts", "create or complete owners", "POST /domain/contact", "PUT /domain/contact/*"),
)  # fmt: skip
# A thief of the key could do these; the bot never does.
_NEVER_NEEDED = tuple(
    map(
        _right,
        (
            "PUT /me", "POST /me/payment/method", "POST /me/api/oauth2/client", "DELETE /me/api/credential/*",
            "PUT /domain/*/serviceInfos", "POST /domain/*/changeContact", "POST /domain/*/nameServers/update",
            "DELETE /services/*", "POST /service/*/terminate",
        ),
    )
)  # fmt: skip


def rights_findings(grants: Grants) -> Iterator[Finding]:
    """Compare what the key may do with what the bot needs."""
    lacking = [(need, [right for right in need.rights if not grants.includes(right)]) for need in NEEDS]
    for need, missing in lacking:
        if missing:
            yield Finding(need.code, f"The key may not {need.purpose}: it lacks {_listed(missing)}.")
    if not any(missing for _, missing in lacking):
        yield Finding("rights_ok", "The key has every right that the bot uses.")
    if in_middle := _granted_in_middle(grants):
        yield Finding(
            "rights_mid_path",
            f"Only rules with a * in the middle grant {_listed(in_middle)}. Whether OVH honours those is not known.",
        )
    if wide := [right for right in _NEVER_NEEDED if grants.includes(right)]:
        yield Finding("key_too_wide", f"The key may do more than the bot needs, such as {_listed(wide[:3])}.")


def may(grants: Grants, rule: str) -> bool:
    """Return whether the key may make this call, such as ``GET /me/ovhAccount``."""
    return grants.includes(_right(rule))


def _granted_in_middle(grants: Grants) -> list[Right]:
    """Return the needed rights that depend on a pattern with * before its end."""
    found = []
    for right in (right for need in NEEDS for right in need.rights):
        patterns = grants.granted_by(right)
        if patterns and all("*" in pattern[:-1] for pattern in patterns):
            found.append(right)
    return found


def _listed(rights: Sequence[Right]) -> str:
    return ", ".join(map(str, rights))
