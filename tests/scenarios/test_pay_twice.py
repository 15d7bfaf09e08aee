"""An order is paid once, whatever OVH or a proxy answers and however late OVH shows the payment."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from handlers.messages import words as catalogue
from ordering.process.floors import Floors
from sandbox.slack import NoSuchButton
from tests.scenarios.conftest import Scenario

VISA, SEPA = 8_120_045, 8_120_046
PAYS = {str(VISA): "/me/order/*/pay", "ovhAccount": "/me/order/*/payWithRegisteredPaymentMean"}
LATE = 12.0  # seconds after which OVH shows a payment: four settling times


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "3"}


@pytest.fixture
def floors() -> Floors:
    """Longer than OVH is late, as the real ones are."""
    return Floors(ended=timedelta(seconds=20), unknown=timedelta(seconds=40))


async def presses_whatever_is_offered(scenario: Scenario, method: str, *, seconds: float = LATE + 6) -> None:
    """For longer than OVH is late, Dan says that it was not paid and pays another way wherever a card lets him."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        with suppress(TimeoutError, NoSuchButton):  # the card may change between the look and the click
            card = await scenario.card("It was not paid", seconds=0.5)
            await scenario.dan.click(card, "It was not paid")
        with suppress(TimeoutError, NoSuchButton):
            card = await scenario.card(catalogue.paying.KEEPS_OPEN, seconds=0.5)
            await scenario.dan.select(card, "payment_method", method)
            await scenario.dan.click(card, "Pay")


async def is_paid_once(scenario: Scenario, source: object, *, copies: int = 1) -> None:
    """The order ends delivered by one payment; OVH saw one call of the bot's, in so many copies."""
    await scenario.card(catalogue.card.DELIVERED, seconds=40)
    assert scenario.orders[0].payments == [source]
    assert sum(scenario.ovh.count("POST", path) for path in PAYS.values()) == copies


@pytest.mark.parametrize("method", sorted(PAYS))
async def test_a_lost_payment_that_shows_late_is_not_paid_again(scenario: Scenario, method):
    """Neither order nor transactions show it for a while, and a person errs in the meantime."""
    scenario.ovh.payments.prepaid = Decimal(100)
    await scenario.ordered()
    card = await scenario.payable()
    scenario.ovh.orders.payment_after = scenario.ovh.payments.transaction_after = LATE
    scenario.ovh.faults.add("POST", PAYS[method], "lost_after")
    await scenario.dan.select(card, "payment_method", method)
    await scenario.dan.click(card, "Pay")
    await presses_whatever_is_offered(scenario, str(SEPA))
    await is_paid_once(scenario, int(method) if method.isdecimal() else method)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
async def test_a_no_to_a_repeated_call_is_no_proof(scenario: Scenario, status):
    """A proxy sends the POST twice: the first copy pays, and the answer to the second one is read."""
    await scenario.ordered()
    card = await scenario.payable()
    scenario.ovh.orders.payment_after = scenario.ovh.payments.transaction_after = LATE
    scenario.ovh.faults.add("POST", PAYS[str(VISA)], "repeated", status=status)
    await scenario.dan.click(card, "Pay")
    await presses_whatever_is_offered(scenario, str(SEPA))
    await is_paid_once(scenario, VISA, copies=2)


async def test_a_payment_whose_end_is_not_on_record_is_not_paid_again(scenario: Scenario, monkeypatch):
    """The process dies after OVH took the payment on, before that is on record: the floor is a day."""
    monkeypatch.setattr("ordering.process.payment.Payments._ended", lambda *_, **__: None)
    await scenario.ordered()
    card = await scenario.payable()
    scenario.ovh.orders.payment_after = scenario.ovh.payments.transaction_after = 2.5 * LATE
    await scenario.dan.click(card, "Pay")
    await presses_whatever_is_offered(scenario, str(SEPA), seconds=3 * LATE)
    await is_paid_once(scenario, VISA)
