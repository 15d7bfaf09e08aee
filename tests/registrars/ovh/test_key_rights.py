"""The key's rights are read before a money call, so that a missing one costs no call and no floor."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from ovh.client import OAUTH2_TOKEN_URLS

from handlers import messages
from ordering.model.errors import RateLimitTimeout, RegistrarRefused
from registrars.ovh import OvhConfig, OvhGateway, adapter, key_rights
from sandbox.ovh.signing import EVERYTHING
from sandbox.ovh.tokens import TOKEN_PATH
from tests.refusing import refuses
from tests.registrars.ovh.test_gateway import LINE, ordered

CHECK_OUT, PAY, MARK = "POST /order/cart/*/checkout", "POST /me/order/*/pay", "POST /order/cart"
OLD_PAY = "POST /me/order/*/payWithRegisteredPaymentMean"
READS = (("GET", "/*"),)
CREDENTIAL = "/auth/currentCredential"


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


@pytest.fixture
def service(ovh, ovh_config, monkeypatch):
    """The gateway of a service account."""
    parts = urlsplit(ovh.base)
    monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}")
    keys = ovh.credentials
    opened = OvhGateway(
        OvhConfig(
            client_id=keys.client_id,
            client_secret=keys.client_secret,
            api_url=ovh.base,
            requests_per_second=1000,
            burst=1000,
            read_timeout=5.0,
        )
    )
    yield opened
    opened.close()


async def missing(gateway) -> list[Any]:
    """The rights that the gateway says the key lacks: to order, to pay with a method, to pay from an account."""
    found: list[tuple[str, str, Any]] = []
    for require, args in (
        (gateway.require_right_to_check_out, ()),
        (gateway.require_right_to_pay, (7, 8_120_045)),
        (gateway.require_right_to_pay, (7, "ovhAccount")),
    ):
        try:
            await ask(require, *args)
        except RegistrarRefused as refusal:
            found.append((refusal.code, messages.refusal(refusal).text, refusal.params["rights"]))
    assert {code for code, _, _ in found} <= {"ovh_right_missing"}
    assert all(" and ".join(rights) in sentence for _, sentence, rights in found)
    return [right for _, _, rights in found for right in rights]


SHAPES = [
    pytest.param(EVERYTHING, [], id="everything"),
    pytest.param((*READS, ("POST", "/*")), [], id="all posts"),
    pytest.param((*READS, ("POST", "/order/*"), ("POST", "/me/order/*")), [], id="by their start"),
    pytest.param(
        (
            *READS,
            ("POST", "/order/cart"),
            ("POST", "/order/cart/*"),
            ("POST", "/me/order/*/pay"),
            ("POST", "/me/order/*/payWithRegisteredPaymentMean"),
        ),
        [],
        id="as docs/install.md says",
    ),
    pytest.param(
        (*READS, ("POST", "/order/cart"), ("POST", "/order/cart/*/checkout"), ("POST", "/me/order/*/pay")),
        [OLD_PAY],
        id="in the middle of a path",
    ),
    pytest.param(
        (
            *READS,
            ("POST", "/order/cart"),
            ("POST", "/order/cart/{cartId}/checkout"),
            ("POST", "/me/order/{orderId}/pay"),
            ("POST", "/me/order/{orderId}/payWithRegisteredPaymentMean"),
        ),
        [],
        id="with parameters",
    ),
    pytest.param((*READS, ("POST", "/order/*")), [PAY, OLD_PAY], id="without paying"),
    pytest.param((*READS, ("POST", "/order/cart/*"), ("POST", "/me/*")), [MARK] * 3, id="without new carts"),
    pytest.param((*READS, ("POST", "/order/cart/*/assign")), [MARK, CHECK_OUT, MARK, PAY, MARK, OLD_PAY], id="reads"),
    pytest.param(
        (*READS, ("GET", "/order/cart/*/checkout"), ("POST", "/order/cart"), ("POST", "/me/order/7/pay*")),
        [CHECK_OUT],
        id="one order",
    ),
    pytest.param((*READS, ("POST", "/v1/order/*"), ("POST", "/v1/me/order/*")), [], id="with the version"),
    pytest.param(
        (*READS, ("POST", "/order/cart/"), ("POST", "/order/cart/*/checkout/"), ("POST", "/me/order/*/pay/")),
        [OLD_PAY],
        id="with a slash at the end",
    ),
    pytest.param((*READS, ("POST", "/order/cart/:cartId/checkout")), [], id="parameters after a colon"),
    pytest.param((*READS, ("POST", "/me/<orderId>")), [], id="parameters in other brackets"),
    pytest.param((*READS, ("POST", "/me/{order")), [], id="half a bracket"),
    pytest.param((*READS, ("POST", "order/*")), [], id="a path without its start"),
    pytest.param((*READS, ("POST", "*")), [], id="a star alone"),
    pytest.param((("*", "/order/*"), *READS), [], id="all methods"),
    pytest.param((*READS, ("GET", "/order/:id"), ("POST", "/order/*")), [PAY, OLD_PAY], id="an odd read"),
]


@pytest.mark.parametrize(("rules", "lacks"), SHAPES)
async def test_rules_of_an_application_key(ovh, gateway, rules, lacks):
    """`*` stands for anything, in the middle of a path and across slashes as well."""
    ovh.credentials.rules = rules
    assert await missing(gateway) == lacks


@pytest.mark.parametrize(("rules", "lacks"), SHAPES)
async def test_routes_of_a_service_account(ovh, service, rules, lacks):
    """They are read from the details of the login, in the same form."""
    ovh.credentials.rules = rules
    assert await missing(service) == lacks
    assert ovh.count("GET", CREDENTIAL) == 0


async def test_a_service_account_without_routes_may_do_everything(ovh, service):
    """Null means all; a policy that denies a call does not show there."""
    ovh.credentials.denied = (("POST", "/me/order/*/pay"),)
    assert await missing(service) == []
    assert ovh.count("GET", "/auth/details") == 1


async def test_the_rights_are_kept_for_some_minutes(ovh, gateway, monkeypatch):
    """A checkout and its payment read them once; later they are read again."""
    for _ in range(3):
        assert await missing(gateway) == []
    assert ovh.count("GET", CREDENTIAL) == 1
    monkeypatch.setattr(gateway._key_rights._money, "_known_until", 0.0)  # noqa: SLF001 - as minutes later
    assert await missing(gateway) == []
    assert ovh.count("GET", CREDENTIAL) == 2


async def test_a_right_counts_from_the_moment_it_is_granted(ovh, gateway):
    """A no is not kept: it is read again before each conclusion."""
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    await ask(gateway.require_right_to_check_out)
    for calls in (2, 3):
        with refuses("ovh_right_missing", RegistrarRefused, rights=[PAY]):
            await ask(gateway.require_right_to_pay, 7, 1)
        assert ovh.count("GET", CREDENTIAL) == calls
    ovh.credentials.rules = EVERYTHING
    await ask(gateway.require_right_to_pay, 7, 1)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_key_that_may_not_read_its_rights_goes_on(ovh, gateway, status):
    """A narrow key may lack the rule for that: it costs one call in some minutes."""
    ovh.faults.add("GET", CREDENTIAL, "refuse", times=9, status=status, message="This call has not been granted")
    for _ in range(2):
        assert await missing(gateway) == []
    assert ovh.count("GET", CREDENTIAL) == 1


@pytest.mark.parametrize(
    "fault",
    ["lost_before", "hang", "error500", "html502", "rate_limit", "null", "empty", "no_content", "check_timeout"],
)
async def test_silence_is_no_refusal(ovh, gateway, fault):
    """One try, and the money call goes on; the next one reads again."""
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    ovh.faults.add("GET", CREDENTIAL, fault)
    await ask(gateway.require_right_to_pay, 7, 1)
    assert ovh.count("GET", CREDENTIAL) == 1
    with pytest.raises(RegistrarRefused):
        await ask(gateway.require_right_to_pay, 7, 1)


async def test_silence_after_a_refusal_is_no_refusal(ovh, gateway):
    """Only an answer of this moment refuses."""
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    with pytest.raises(RegistrarRefused):
        await ask(gateway.require_right_to_pay, 7, 1)
    ovh.faults.add("GET", CREDENTIAL, "error500")
    await ask(gateway.require_right_to_pay, 7, 1)


async def test_a_step_without_a_permit_comes_again(gateway, monkeypatch):
    """Nothing was asked, so nothing is concluded."""

    def no_permit(*_, **__):
        raise RateLimitTimeout

    monkeypatch.setattr(gateway._client, "ask", no_permit)  # noqa: SLF001 - the queue is full for once
    with pytest.raises(RateLimitTimeout):
        await ask(gateway.require_right_to_pay, 7, 1)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"rules": None},
        {"rules": ["POST /*"]},
        {"rules": []},
        {"rules": [{"method": "POST", "path": "order.checkout"}]},
        {"rules": [], "expiration": "2026-01-01T00:00:00"},
        {"rules": [{"method": "GET", "path": "/*"}], "expiration": "some day"},
    ],
    ids=str,
)
async def test_rights_in_an_unknown_form_are_no_refusal(gateway, monkeypatch, answer):
    """The bot has just read orders with this key: rules that do not grant that are in another form."""
    monkeypatch.setattr(gateway._client, "ask", lambda *_, **__: answer)  # noqa: SLF001 - OVH of another year
    assert await missing(gateway) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": "expired"}, "expired"),
        ({"status": "refused"}, "refused"),
        ({"status": "pendingValidation"}, "not_validated"),
        ({"expiration": datetime(2026, 1, 1, tzinfo=UTC)}, "expired"),
    ],
    ids=str,
)
async def test_a_key_that_is_over_is_told(ovh, gateway, change, says):
    """Where such a key may read its own state, that is the reason. Where it may not, OVH refuses each call."""
    for name, value in change.items():
        setattr(ovh.credentials, name, value)
    assert await missing(gateway) == []
    ovh.credentials.tells_itself = True
    gateway._key_rights._money._known_until = 0.0  # noqa: SLF001 - as minutes later
    with refuses("ovh_key_refused", RegistrarRefused, key=says):
        await ask(gateway.require_right_to_check_out)
    ovh.credentials.status, ovh.credentials.expiration = "validated", None
    await ask(gateway.require_right_to_check_out)


@pytest.mark.parametrize(("minutes", "status"), [(60, "validated"), (-1, "validated"), (60, "a_word_of_next_year")])
async def test_a_key_that_may_still_be_valid_goes_on(gateway, monkeypatch, minutes, status):
    """Two clocks may differ by a minute, and an unknown state is no refusal."""
    ends_at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")
    answer = {"rules": [{"method": m, "path": p} for m, p in EVERYTHING], "expiration": ends_at, "status": status}
    monkeypatch.setattr(gateway._client, "ask", lambda *_, **__: answer)  # noqa: SLF001 - a key near its end
    assert await missing(gateway) == []


async def test_health_names_the_missing_right(ovh, gateway):
    """From the refusal until the right is there."""
    await ask(gateway.probe)
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    assert await ask(gateway.health) is None
    assert await missing(gateway) == [PAY, OLD_PAY]
    assert (await ask(gateway.health)).params["rights"] == [PAY]
    await ask(gateway.require_right_to_check_out)
    assert (await ask(gateway.health)).params["rights"] == [PAY]
    ovh.credentials.rules = EVERYTHING
    assert await missing(gateway) == []
    assert await ask(gateway.health) is None


@pytest.mark.parametrize(("tried_for", "reported_for"), [(0, 60), (600, 180), (86_400, 660)])
async def test_health_forgets_a_right_that_nobody_needs(ovh, gateway, monkeypatch, tried_for, reported_for):
    """A stopped request is not retried: its last try would have been followed by another one by then."""
    now = [1000.0]
    monkeypatch.setattr(key_rights, "time", SimpleNamespace(monotonic=lambda: now[0]))
    rights = gateway._key_rights  # noqa: SLF001 - its clock is the test's
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    ends = now[0] + tried_for
    while True:
        with pytest.raises(RegistrarRefused):
            await ask(gateway.require_right_to_pay, 7, 1)
        if now[0] >= ends:
            break
        now[0] = min(ends, now[0] + min(300, max(50, (now[0] - 1000) / 10)))  # as the worker comes back
    now[0] += reported_for - 1
    assert rights.problem().params["rights"] == [PAY]
    now[0] += 1
    assert rights.problem() is None
    with pytest.raises(RegistrarRefused):
        await ask(gateway.require_right_to_pay, 7, 1)
    now[0] += 60
    assert rights.problem() is None  # another request: it was needed once


async def test_an_outage_is_not_hidden_behind_a_missing_right(ovh, gateway, monkeypatch):
    """Who reads that OVH is away does not make a new key first."""
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    with pytest.raises(RegistrarRefused):
        await ask(gateway.require_right_to_pay, 7, 1)
    monkeypatch.setattr(adapter, "_HEALTHY_FOR", 0.0)
    ovh.faults.add("GET", "/me", "error500", times=9)
    problem = await ask(gateway.health)
    assert problem.code == "registrar_unavailable"


@pytest.mark.parametrize(("which", "can_be_granted"), [("gateway", False), ("service", True)])
async def test_the_sentence_says_what_the_operator_can_do(ovh, request, which, can_be_granted):
    """A consumer key's rules cannot be extended; a service account's policy can."""
    ovh.credentials.rules = (*READS, ("POST", "/order/*"))
    with refuses("ovh_right_missing", RegistrarRefused, can_be_granted=can_be_granted):
        await ask(request.getfixturevalue(which).require_right_to_pay, 7, 1)


async def test_an_ordinary_checkout_costs_one_more_call(ovh, gateway):
    """It is one read, before OVH builds a cart."""
    await ordered(gateway)
    before = len(ovh.calls)
    await ask(gateway.require_right_to_check_out)
    await ask(gateway.prepare, [replace(LINE)])
    assert [(call.method, call.path) for call in ovh.calls[before:]][:1] == [("GET", CREDENTIAL)]
    assert ovh.count("GET", CREDENTIAL) == 1
