"""Tokens, clocks and rights of the simulated OVH that fail while a call is made."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import ovh
import pytest
from ovh.client import OAUTH2_TOKEN_URLS
from ovh.exceptions import (
    APIError,
    BadParametersError,
    HTTPError,
    InvalidCredential,
    NotGrantedCall,
    OAuth2FailureError,
)

from sandbox.ovh.tokens import TOKEN_PATH
from tests.sandbox.ovh.buying import checked_out, forget_time


@pytest.fixture
def service(simulator: Any, monkeypatch: pytest.MonkeyPatch) -> ovh.Client:
    """OVH's own client with a service account's keys."""
    parts = urlsplit(simulator.base)
    monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback only
    keys = simulator.credentials
    opened = ovh.Client("ovh-eu", client_id=keys.client_id, client_secret=keys.client_secret, timeout=0.5)
    opened._endpoint = simulator.base  # noqa: SLF001 - the package accepts its own regions only
    return opened


async def test_a_service_account_buys_without_a_signature(simulator, service, call):
    """A token is fetched once, and carries reads, a checkout and a payment."""
    number = await checked_out(service, call, "name.ovh")
    await call(service.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    assert simulator.orders.all[number].payments == [8120045]
    assert simulator.tokens.asked == 1


async def test_a_slow_token_delays_the_first_call(simulator, service, call):
    """The package asks for a token inside its first call and has no limit for that."""
    simulator.tokens.delay = 0.8
    began = time.monotonic()
    await call(service.get, "/me")
    assert time.monotonic() - began >= 0.8
    began = time.monotonic()
    await call(service.get, "/me")
    assert time.monotonic() - began < 0.8


async def test_a_token_service_hangs(simulator, service, call):
    """A token that never comes holds the call for longer than the client's timeout, until the switch is off."""
    simulator.tokens.hangs = True
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.6)) as person:
        with pytest.raises(TimeoutError):
            await person.post(f"{simulator.address}{TOKEN_PATH}")
    assert simulator.tokens.asked == 1
    simulator.tokens.hangs = False
    assert (await call(service.get, "/me"))["nichandle"]


@pytest.mark.parametrize(
    ("switch", "told"), [("refuses", "invalid_client"), ("fails", "server_error"), ("empty", "Missing access token")]
)
async def test_a_token_is_not_to_be_had(simulator, service, call, switch, told):
    """A refusal, a 500 and an answer without a token reach the client as failures, and nothing is called."""
    setattr(simulator.tokens, switch, True)
    with pytest.raises(OAuth2FailureError, match=told):
        await call(service.get, "/me")
    assert simulator.calls == []
    setattr(simulator.tokens, switch, False)
    assert (await call(service.get, "/me"))["nichandle"]


async def test_short_lived_tokens_are_renewed_in_a_call(simulator, service, call):
    """The package fetches a new token inside the call that finds its own over."""
    simulator.tokens.lives = 1.0
    await call(service.get, "/me")
    await asyncio.sleep(1.8)  # the package rounds the end by half a second
    await call(service.get, "/me")
    assert simulator.tokens.asked == 2
    assert len({recorded.authorization for recorded in simulator.calls}) == 2


async def test_a_token_ends_before_it_says(simulator, service, call):
    """A token that OVH ended early is a 401, which the package does not fix."""
    simulator.tokens.lives, simulator.tokens.tells = 60.0, 3600
    await call(service.get, "/me")
    simulator.clock_offset = 61.0
    with pytest.raises(APIError) as caught:
        await call(service.get, "/me")
    assert caught.value.response.status_code == 401


async def test_an_unknown_token_is_refused(simulator, service, call):
    """A token that nobody issued gets no answer."""
    await call(service.get, "/me")
    simulator.credentials.token = "another"
    with pytest.raises(APIError):
        await call(service.get, "/me")


async def test_time_is_late(simulator, client, call):
    """A slow clock delays the first signed call."""
    simulator.faults.add("GET", "/auth/time", "slow", seconds=0.6)
    began = time.monotonic()
    assert (await call(client.get, "/me"))["nichandle"]
    assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize(("kind", "error"), [("error500", APIError), ("lost_before", HTTPError), ("refuse", APIError)])
async def test_time_is_away(simulator, client, call, kind, error):
    """Without the clock no signed call leaves."""
    simulator.faults.add("GET", "/auth/time", kind, times=2)
    for _ in range(2):
        with pytest.raises(error):
            await call(client.get, "/me")
    assert {recorded.path for recorded in simulator.calls} == {"/auth/time"}
    assert (await call(client.get, "/me"))["nichandle"]


@pytest.mark.parametrize("wrong", [-90.0, 90.0])
async def test_time_is_wrong(simulator, client, call, wrong):
    """A clock that tells a wrong time has its readers refused; orders keep the true one."""
    simulator.time_error = wrong
    with pytest.raises(BadParametersError, match="Query out of time"):
        await call(client.get, "/me")
    simulator.credentials.tolerance = 120.0
    forget_time(client)
    assert (await call(client.get, "/me"))["nichandle"]


async def test_old_signatures_are_refused_by_a_set_tolerance(simulator, client, call):
    """A signature of ten seconds ago is taken or refused as the tolerance says."""
    await call(client.get, "/me")
    client._time_delta -= 10  # noqa: SLF001 - as a client that signed ten seconds ago
    assert (await call(client.get, "/me"))["nichandle"]
    simulator.credentials.tolerance = 5.0
    with pytest.raises(BadParametersError, match="Query out of time"):
        await call(client.get, "/me")


@pytest.mark.parametrize("route", ["/me/order", "/me/payment/transaction", "/auth/currentCredential", "/order/cart"])
async def test_a_key_lacks_one_route(simulator, client, call, route):
    """One route is refused while others that its pattern could cover are not."""
    simulator.credentials.denied = (("GET", route),)
    with pytest.raises(NotGrantedCall):
        await call(client.get, route)
    number = await checked_out(client, call, "name.ovh")
    assert (await call(client.get, f"/me/order/{number}"))["orderId"] == number


async def test_a_service_account_lacks_a_route_too(simulator, service, call):
    """What is denied holds for tokens as for signatures, in the words of an application; its routes do not show it."""
    simulator.credentials.denied = (("POST", "/me/order/*/pay"),)
    number = await checked_out(service, call, "name.ovh")
    with pytest.raises(APIError, match="User not granted for this request") as raised:
        await call(service.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    assert raised.value.response.status_code == 403
    assert simulator.orders.all[number].payments == []
    assert (await call(service.get, "/auth/details"))["allowedRoutes"] is None


NARROW = (("GET", "/*"), ("POST", "/order/*"))


async def test_a_narrow_key_tells_its_rules_and_is_held_to_them(simulator, client, call):
    """A key without the right to pay orders, and is refused the payment."""
    simulator.credentials.rules = NARROW
    shown = await call(client.get, "/auth/currentCredential")
    assert [(rule["method"], rule["path"]) for rule in shown["rules"]] == list(NARROW)
    number = await checked_out(client, call, "name.ovh")
    with pytest.raises(NotGrantedCall):
        await call(client.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    assert simulator.orders.all[number].payments == []


async def test_a_narrow_service_account_tells_its_routes(simulator, service, call):
    """All routes are null, and narrower ones a list."""
    assert (await call(service.get, "/auth/details"))["allowedRoutes"] is None
    simulator.credentials.rules = NARROW
    shown = await call(service.get, "/auth/details")
    assert [(rule["method"], rule["path"]) for rule in shown["allowedRoutes"]] == list(NARROW)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "refused"},
        {"status": "pendingValidation"},
        {"status": "expired"},
        {"expiration": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
async def test_a_key_that_is_over_is_refused_everywhere(simulator, client, call, change):
    """It may or may not read its own state: that is not known of OVH."""
    for name, value in change.items():
        setattr(simulator.credentials, name, value)
    for route in ("/me", "/auth/currentCredential"):
        with pytest.raises(InvalidCredential):
            await call(client.get, route)
    simulator.credentials.tells_itself = True
    shown = await call(client.get, "/auth/currentCredential")
    assert (shown["status"], shown["expiration"]) == (
        change.get("status", "validated"),
        "2026-01-01T00:00:00+00:00" if "expiration" in change else None,
    )
    with pytest.raises(InvalidCredential):
        await call(client.get, "/me")


@pytest.mark.parametrize(("switch", "status"), [(False, 403), (True, 401)])
async def test_a_call_without_a_key_needs_a_login(simulator, switch, status):
    """A call without any header is a 403, or the 401 that was seen at OVH."""
    simulator.credentials.login_first = switch
    async with aiohttp.ClientSession() as person, person.get(f"{simulator.base}/me") as answer:
        assert answer.status == status
