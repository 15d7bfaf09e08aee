"""The rights of each kind of OVH key, as the rules of a consumer key: a method and a path, in which `*` is anything.

A rule for `/order/cart/*` does not cover `/order/cart` itself. `tests/login/test_rules_of_keys.py` compares this list
with the calls that the OVH adapter makes: a new call needs a rule here.
"""

from __future__ import annotations

from enum import StrEnum

# Its own rights, the account, and what the account owns, ordered and paid.
_READ = (
    "GET /auth/currentCredential", "GET /me",
    "GET /domain", "GET /domain/*",  # with extensions, contacts and the registries' rules
    "GET /me/task/domain", "GET /me/task/domain/*",
    "GET /me/order", "GET /me/order/*",
    "GET /me/bill", "GET /me/bill/*",
    "GET /me/payment/method", "GET /me/payment/method/*",
    "GET /me/payment/transaction", "GET /me/payment/transaction/*",
    "GET /order/cart", "GET /order/cart/*",
)  # fmt: skip
# OVH looks names up in a cart, and prices them by filling one. A cart costs nothing and lives a day.
_FILL = (
    "POST /order/cart", "POST /order/cart/*/assign", "POST /order/cart/*/domain",
    "POST /order/cart/*/item/*/configuration", "DELETE /order/cart/*", "POST /domain/configurationRule/check",
)  # fmt: skip
_CONTACTS = ("POST /domain/contact", "PUT /domain/contact/*")
_ORDER = ("POST /order/cart/*/checkout",)
_PAY = ("POST /me/order/*/pay", "POST /me/order/*/payWithRegisteredPaymentMean")


class KeyKind(StrEnum):
    """What a key is for."""

    EVERYTHING = "everything"
    READ_ONLY = "read-only"  # buys, pays and changes nothing: for a trial, or next to a key for money
    NO_PAYMENT = "no-payment"  # orders, and creates contacts; nobody can pay from Slack
    MONEY = "money"  # the second key, which only orders and pays


# Whether OVH honours a `*` in the middle of a path is not documented. The two kinds that may order anyway do not depend
# on it: `POST /order/cart/*` covers filling and ordering.
_FILL_AND_ORDER = (
    "POST /order/cart", "POST /order/cart/*", "DELETE /order/cart/*", "POST /domain/configurationRule/check",
)  # fmt: skip
RULES: dict[KeyKind, tuple[str, ...]] = {
    KeyKind.EVERYTHING: (*_READ, *_FILL_AND_ORDER, *_CONTACTS, *_PAY),
    KeyKind.READ_ONLY: (*_READ, *_FILL),
    KeyKind.NO_PAYMENT: (*_READ, *_FILL_AND_ORDER, *_CONTACTS),
    KeyKind.MONEY: ("GET /auth/currentCredential", *_ORDER, *_PAY),
}


def rules_of(kind: KeyKind) -> list[tuple[str, str]]:
    """Return the rules of a kind of key as (method, path)."""
    split = (rule.split(" ", 1) for rule in RULES[kind])
    return [(method, path) for method, path in split]
