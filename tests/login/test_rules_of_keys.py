"""The rights of a key are those of the calls that the OVH adapter makes, no more and no fewer."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bot.login.rules_of_keys import KeyKind, rules_of
from ordering.model.errors import RegistrarError
from ordering.model.ids import OrderId
from registrars.ovh import OvhConfig, OvhGateway
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import NotThere
from sandbox.ovh import OvhSimulator
from tests.builders import a_line
from tests.registrars.ovh.described_ovh import LINE, READS, described_gateway
from tests.sandbox.ovh.schema import Schema

# OVH answers these without a login.
UNSIGNED = {("GET", "/auth/time"), ("GET", "/order/catalog/public/domain")}
# Of a service account alone, whose rights are not rules of a key.
OF_SERVICE = {("GET", "/auth/details")}
CHECKOUT, PAYS = "/checkout", ("/pay", "/payWithRegisteredPaymentMean")


@pytest.fixture
async def filled() -> set[tuple[str, str]]:
    """The calls that fill a cart over the wire, and delete it."""
    ovh = OvhSimulator()
    base, keys = await ovh.start(), ovh.credentials
    gateway = OvhGateway(
        OvhConfig(
            application_key=keys.application_key,
            application_secret=keys.application_secret,
            consumer_key=keys.consumer_key,
            api_url=base,
            requests_per_second=1000,
            burst=1000,
        )
    )
    try:
        prepared = await asyncio.to_thread(gateway.prepare, [a_line("name.ovh"), a_line("other.fr")])
        await asyncio.to_thread(gateway.discard, prepared.registrar_cart)
    finally:
        gateway.close()
        await ovh.stop()
    return {(call.method, call.path) for call in ovh.calls}


@pytest.fixture
def called(filled: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Every call that the adapter makes, method and path without its query."""
    calls: set[tuple[str, str]] = set()

    def noting(method: str | None, kept: Any) -> Any:
        def noted(client: Client, *args: Any, **options: Any) -> Any:
            way, path = (method, args[0]) if method else args[:2]
            calls.add((way, path.partition("?")[0]))
            if path == f"/domain/{LINE.domain.ascii}":
                raise NotThere  # so that the registry's task is read
            return kept(client, *args, **options)

        return noted

    with described_gateway() as gateway:
        kept = {name: getattr(Client, name) for name in ("ask", "build", "money_call")}
        with (
            patch.object(Client, "ask", noting("GET", kept["ask"])),
            patch.object(Client, "build", noting(None, kept["build"])),
            patch.object(Client, "money_call", noting("POST", kept["money_call"])),
        ):
            for name, read in READS.items():
                if name != "require_right_to_check_out":
                    with suppress(RegistrarError):  # what a described answer says may be refused by our own rules
                        read(gateway)
            list(gateway.look_up([LINE.domain]))
            for method in (7, "ovhAccount"):
                with gateway.ready_to_pay(OrderId(7), method):
                    pass
    calls.add(("GET", "/auth/currentCredential"))
    return (calls | filled) - UNSIGNED - OF_SERVICE


def granted(kind: KeyKind, call: tuple[str, str]) -> bool:
    return any(call[0] == method and fnmatchcase(call[1], path) for method, path in rules_of(kind))


def orders(call: tuple[str, str]) -> bool:
    return call[0] == "POST" and call[1].endswith(CHECKOUT)


def pays(call: tuple[str, str]) -> bool:
    return call[0] == "POST" and call[1].endswith(PAYS)


def changes_contacts(call: tuple[str, str]) -> bool:
    return call[0] in {"POST", "PUT"} and call[1].startswith("/domain/contact")


def test_a_key_has_every_right_that_is_needed(called):
    """Each call of the adapter is granted to each kind of key that needs it."""
    assert {call for call in called if not granted(KeyKind.EVERYTHING, call)} == set()
    assert {call for call in called if not granted(KeyKind.NO_PAYMENT, call)} == set(filter(pays, called))
    money = {call for call in called if orders(call) or pays(call)}
    assert {call for call in called if not granted(KeyKind.READ_ONLY, call)} == money | set(
        filter(changes_contacts, called)
    )
    assert {call for call in called if granted(KeyKind.MONEY, call)} == {*money, ("GET", "/auth/currentCredential")}
    assert len(money) == 3  # the checkout, and two ways to pay


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_has_no_rule_that_nothing_needs(called, kind):
    """A rule that grants no call of the adapter is too much."""
    assert [rule for rule in rules_of(kind) if not fits_any(rule, called)] == []


def fits_any(rule: tuple[str, str], called: Iterable[tuple[str, str]]) -> bool:
    return any(method == rule[0] and fnmatchcase(path, rule[1]) for method, path in called)


@pytest.mark.parametrize("kind", [KeyKind.READ_ONLY, KeyKind.NO_PAYMENT])
def test_no_other_route_of_ovh_pays(kind):
    """Of all routes that OVH describes, these keys may call none that pays, and one of them none that orders."""
    words = ["/pay", "Payment"] if kind is KeyKind.NO_PAYMENT else ["/pay", "Payment", "checkout"]
    routes = [(method, path.replace("{", "x").replace("}", "x")) for method, path in Schema().routes]
    spends = [call for call in routes if call[0] != "GET" and any(word in call[1] for word in words)]
    assert spends
    assert [call for call in spends if granted(kind, call)] == []


def test_the_readme_names_the_same_rights():
    """Who makes the key by hand copies the rights from there."""
    page = (Path(__file__).parents[2] / "docs" / "install.md").read_text("utf-8")
    block = page.partition("login` makes a key")[2].partition("```\n")[2].partition("```")[0].split()
    written = set(zip(block[::2], block[1::2], strict=True))
    assert written == set(rules_of(KeyKind.EVERYTHING))
