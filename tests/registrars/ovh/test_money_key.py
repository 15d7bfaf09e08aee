"""A second key makes all calls that order or pay, and the first one none of them."""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from ovh.client import OAUTH2_TOKEN_URLS

from ordering.model.errors import RegistrarRefused
from registrars.ovh import OvhGateway
from sandbox.ovh.signing import ConsumerKey
from sandbox.ovh.tokens import TOKEN_PATH
from tests.builders import LATER
from tests.refusing import refuses
from tests.registrars.ovh.test_gateway import LINE

FIRST = (
    ("GET", "/*"),
    ("POST", "/order/cart"),
    ("POST", "/order/cart/*/assign"),
    ("POST", "/order/cart/*/domain"),
    ("POST", "/order/cart/*/item/*"),
    ("DELETE", "/order/cart/*"),
)
CHECK_OUT, PAY = "POST /order/cart/*/checkout", "POST /me/order/*/pay"
MONEY = (
    ("GET", "/auth/currentCredential"),
    ("POST", "/order/cart/*/checkout"),
    ("POST", "/me/order/*/pay"),
)


@pytest.fixture
def second(ovh):
    """The second key, as the account knows it; the first may neither order nor pay."""
    ovh.credentials.rules = FIRST
    key = ovh.credentials.made["money-consumer"] = ConsumerKey(MONEY, "validated")
    return key


@pytest.fixture
def split(ovh_config, second):
    gateway = OvhGateway(replace(ovh_config, money_consumer_key="money-consumer"))
    yield gateway
    gateway.close()


async def buy(gateway: OvhGateway) -> None:
    """Order and pay like the worker."""

    def steps() -> None:
        prepared = gateway.prepare([LINE])
        gateway.require_right_to_check_out()
        now = gateway.time()
        with gateway.ready_to_check_out(prepared.registrar_cart, waive_retraction=True) as call:
            order = call.send(signed_at=now, not_after=LATER)
        gateway.require_right_to_pay(order.id, 8_120_045)
        with gateway.ready_to_pay(order.id, 8_120_045) as paying:
            paying.send(signed_at=now, not_after=LATER)

    await asyncio.to_thread(steps)


async def test_the_second_key_orders_and_pays(ovh, split):
    """The first one has no right to, so a call by it would be refused."""
    await buy(split)
    (order,) = ovh.orders.all.values()
    assert order.payments == [8120045]
    assert {call.status for call in ovh.calls} == {200}


async def test_the_second_key_reads_nothing_of_the_account(ovh, split, second):
    """All reads are made by the first one: the second may read only its own rules."""
    second.rules = MONEY[1:]
    await asyncio.to_thread(split.probe)
    await asyncio.to_thread(split.owned)
    assert {call.status for call in ovh.calls} == {200}


@pytest.mark.parametrize(("lacks", "says"), [(MONEY[1], CHECK_OUT), (MONEY[2], PAY)])
async def test_a_right_that_the_second_key_lacks_is_named(ovh, split, second, lacks, says):
    """Whatever the first key may do."""
    ovh.credentials.rules = (("GET", "/*"), ("POST", "/*"), ("DELETE", "/*"))
    second.rules = tuple(rule for rule in MONEY if rule != lacks)
    with refuses("ovh_right_missing", RegistrarRefused, rights=[says], can_be_granted=False):
        await buy(split)


async def test_the_marker_needs_a_right_of_the_first_key(ovh, split):
    """The first key leaves the marker before the second one orders."""
    ovh.credentials.rules = tuple(rule for rule in FIRST if rule != ("POST", "/order/cart"))
    with refuses("ovh_right_missing", RegistrarRefused, rights=["POST /order/cart"], can_be_granted=False):
        await asyncio.to_thread(split.require_right_to_check_out)


async def test_a_second_key_that_was_withdrawn_is_refused(ovh, split, second):
    """OVH shows its own state to such a key, or to none of its calls."""
    second.status = "expired"
    ovh.credentials.tells_itself = True
    with refuses("ovh_key_refused", RegistrarRefused, key="expired"):
        await asyncio.to_thread(split.require_right_to_check_out)


async def test_a_service_account_can_be_the_second_key(ovh, ovh_config, second, monkeypatch):
    """Its calls carry a token, those of the first key a signature, whatever the environment holds."""
    parts = urlsplit(ovh.base)
    monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}")
    monkeypatch.setenv("OVH_APPLICATION_KEY", ovh_config.application_key)
    keys = ovh.credentials
    ovh.credentials.rules = (("GET", "/*"), ("POST", "/*"), ("DELETE", "/*"))
    config = replace(ovh_config, money_client_id=keys.client_id, money_client_secret=keys.client_secret)
    gateway = OvhGateway(config)
    try:
        await buy(gateway)
    finally:
        gateway.close()
    by_token = {call.path.rpartition("/")[2] for call in ovh.calls if call.authorization}
    assert by_token == {"checkout", "pay", "details"}


def test_both_keys_are_kept_out_of_the_log(split, ovh_config):
    assert {"money-consumer", ovh_config.consumer_key, ovh_config.application_secret} <= set(split.secrets)
    assert "money-consumer" not in repr(replace(ovh_config, money_consumer_key="money-consumer"))
