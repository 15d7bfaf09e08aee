"""A key without the right to order or to pay: the card and /healthz name it, and nothing is sent before it is there."""

import asyncio

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.scenarios.conftest import PATIENCE, Scenario
from tests.scenarios.recovering import healthz

CHECK_OUT, PAY = "POST /order/cart/*/checkout", "POST /me/order/*/pay"
FILLS = tuple(("POST", f"/order/cart{rest}") for rest in ("", "/*/assign", "/*/domain", "/*/item/*"))
NEITHER = (("GET", "/*"), ("DELETE", "/*"), ("POST", "/domain/*"), *FILLS)
NO_PAYMENT = (*NEITHER, ("POST", "/order/*"))


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The health is checked twice a second."""
    monkeypatch.setattr("bot.app._OVH_EVERY", 0.5)
    return {}


async def health_names(scenario: Scenario, right: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while right not in (await healthz(scenario))["ovh"]:  # noqa: ASYNC110 - a page tells nobody
            await asyncio.sleep(0.1)


async def test_a_missing_right_is_named_and_nothing_is_sent(scenario: Scenario):
    """The request goes on by itself at each step, once the operator has granted the right."""
    scenario.ovh.credentials.rules = NEITHER
    card = await scenario.requested()
    await scenario.cleo.click(card, "Approve")
    await scenario.card(said("ovh_right_missing", rights=[CHECK_OUT]))
    await health_names(scenario, CHECK_OUT)
    assert scenario.checkouts() == 0
    assert not [cart for cart in scenario.ovh.carts.all.values() if " orders " in cart.description]
    scenario.ovh.credentials.rules = NO_PAYMENT
    payable = await scenario.payable()
    await scenario.dan.click(payable, "Pay")
    await scenario.card(said("ovh_right_missing", rights=[PAY]))
    await health_names(scenario, PAY)
    assert scenario.ovh.count("POST", PAY.partition(" ")[2]) == 0
    assert not [cart for cart in scenario.ovh.carts.all.values() if " pays " in cart.description]
    scenario.ovh.credentials.rules = (*NO_PAYMENT, ("POST", "/me/order/*/pay"))
    await scenario.card(catalogue.card.DELIVERED)
    assert (scenario.checkouts(), scenario.ovh.count("POST", PAY.partition(" ")[2])) == (1, 1)
    assert len(scenario.orders[0].payments) == 1
    assert {call.status for call in scenario.ovh.calls if call.method == "POST"} == {200}
