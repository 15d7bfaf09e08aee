"""The account at OVH: its market, how it pays, its transactions, and other bots that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from bot.doctor.findings import Finding
from bot.doctor.ovh_rights import may
from handlers.messages import refusal
from ordering.model.errors import RegistrarError, RegistrarRefused
from registrars.ovh import OvhConfig
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire.account import AccountState, PrepaidAccount
from registrars.ovh.api.wire.base import IDS, TEXTS
from registrars.ovh.api.wire.payments import Method
from registrars.ovh.key_rights import Grants
from registrars.ovh.markers import PRODUCT, UNNAMED, Descriptions, Markers
from registrars.ovh.throttling.scheduler import Priority

_SOON = timedelta(days=30)
_MOST_METHODS = 10  # that are read


def check_account(
    client: Client, config: OvhConfig, grants: Grants, own_presences: Callable[[], frozenset[str] | None]
) -> Iterator[Finding]:
    """Check each part of the account that the key may read."""
    parts: tuple[tuple[str, str, Callable[[], Iterator[Finding]]], ...] = (
        ("GET /me", "account_not_checked", partial(_account, client, config)),
        ("GET /me/payment/method", "methods_not_checked", partial(_methods, client)),
        ("GET /me/ovhAccount", "prepaid_not_checked", partial(_prepaid, client)),
        ("GET /me/payment/transaction", "transactions_not_checked", partial(_transactions, client)),
        ("GET /order/cart", "others_not_checked", partial(_others, client, own_presences)),
    )
    for rule, otherwise, check in parts:
        if not may(grants, rule):
            yield Finding(otherwise, f"The key may not {rule}, so {_ABOUT[otherwise]} is not known.")
            continue
        try:
            yield from check()
        except Unreadable:
            yield Finding("ovh_unreadable", f"OVH answers {rule} in an unknown form.")
        except RegistrarError as error:
            yield Finding(otherwise, f"{refusal(error).text} So {_ABOUT[otherwise]} is not known.")


_ABOUT = {
    "account_not_checked": "which market and currency the account has",
    "methods_not_checked": "how the account can pay",
    "prepaid_not_checked": "what the prepaid account holds",
    "transactions_not_checked": "whether transactions can be read",
    "others_not_checked": "whether another bot uses the account",
}


def _ask(client: Client, path: str) -> Any:  # noqa: ANN401 - decoded JSON
    return client.ask(path, priority=Priority.PEOPLE, tries=2)


def _account(client: Client, config: OvhConfig) -> Iterator[Finding]:
    account = AccountState.read(_ask(client, "/me"))
    currency = account.currency.code if account.currency else "an unknown currency"
    own = account.ovh_subsidiary or "an unknown subsidiary"
    yield Finding("account_ok", f"The account {account.nichandle} buys at OVH {own}, in {currency}.")
    if account.state == "incomplete":
        yield Finding("account_incomplete", "The account is incomplete: OVH lacks data about its owner.")
    if config.subsidiary is not None and config.subsidiary != own:
        what = f"OVH_SUBSIDIARY is {config.subsidiary}, but the account is one of {own}."
        yield Finding("subsidiary_differs", what)


def _methods(client: Client) -> Iterator[Finding]:
    numbers = IDS.read(_ask(client, "/me/payment/method"))[:_MOST_METHODS]
    methods = [Method.read(_ask(client, f"/me/payment/method/{number}")) for number in numbers]
    valid = [method for method in methods if method.status == "VALID"]
    default = next((method for method in methods if method.default), None)
    if not valid:
        yield Finding("no_method", f"The account has no valid payment method ({len(methods)} registered).")
        return
    yield Finding("methods_ok", f"The account has {len(valid)} valid payment method{'s' if len(valid) > 1 else ''}.")
    if default is not None and default not in valid:
        yield Finding("default_method_unusable", f"The default payment method is {default.status or 'not valid'}.")
    now = client.time_as_known()
    for method in valid:
        if method.expiration_date is not None and method.expiration_date < now + _SOON:
            kind = method.payment_sub_type or method.payment_type or "payment method"
            day = method.expiration_date
            yield Finding("method_ends_soon", f"A payment method ({kind}) is valid until {day:%Y-%m-%d} only.")


def _prepaid(client: Client) -> Iterator[Finding]:
    for name in TEXTS.read(_ask(client, "/me/ovhAccount")):
        balance = PrepaidAccount.read(_ask(client, f"/me/ovhAccount/{segment(name)}")).balance
        yield Finding("prepaid", f"The prepaid account holds {balance.money}.")


def _transactions(client: Client) -> Iterator[Finding]:
    """Read the list and one of it: OVH may refuse either."""
    try:
        listed = IDS.read(_ask(client, "/me/payment/transaction"))
        for number in listed[-1:]:
            _ask(client, f"/me/payment/transaction/{number}")
    except RegistrarRefused as error:
        yield Finding("transactions_refused", f"OVH refuses to show transactions. {refusal(error).text}")
    else:
        yield Finding("transactions_ok", "Transactions can be read.")


def _others(client: Client, own_presences: Callable[[], frozenset[str] | None]) -> Iterator[Finding]:
    """Look for the carts by which other bots announce themselves."""
    markers = Markers(client, Descriptions(UNNAMED), home=lambda: "")
    seen, own = markers.described(PRODUCT), own_presences()
    if own is None:
        yield Finding("others_not_checked", "The database does not say which carts are this bot's own.")
    elif others := seen - own:
        bots = "Another Domain Desk uses" if len(others) == 1 else f"{len(others)} other Domain Desks use"
        yield Finding("another_bot", f"{bots} this account, or this database is an older copy.")
    else:
        yield Finding("alone_on_the_account", "No other Domain Desk uses this account.")
