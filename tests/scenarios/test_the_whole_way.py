"""From a search to a delivered order, as people live it: in Socket Mode and over HTTP."""

import asyncio
import json

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.saying import added
from tests.scenarios.conftest import Scenario


@pytest.fixture
def settings() -> dict[str, str]:
    """Ada is an approver, too, so that she is refused as the requester and not for want of the right."""
    return {"DESK_APPROVERS": "S0APPROVERS,U0ADA"}


async def test_a_request_lives_its_whole_life(scenario: Scenario):
    await scenario.ada.command("search name.ovh taken-name.com")
    found = await scenario.sees(scenario.ada, "Taken")
    assert "€2.99 for 1 year, then €3.59 a year" in found.plain_text()
    await scenario.ada.click(found, "Add to cart")
    await scenario.sees(scenario.ada, added("name.ovh"))
    await scenario.ben.command("add other.fr")
    cart = await scenario.sees(scenario.ben, "other.fr")
    assert cart is not None
    shared = await scenario.slack.until(
        lambda: next((m for m in scenario.slack.messages("domains") if "other.fr" in m.plain_text()), None)
    )
    assert catalogue.cart.added_by("U0ADA") in shared.plain_text()
    assert catalogue.cart.added_by("U0BEN") in shared.plain_text()

    await scenario.request("For the launch")
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert "For the launch" in card.plain_text()
    for person, why in ((scenario.ben, said("not_approver")), (scenario.ada, said("own_request", cart=1))):
        await scenario.clicks_in_vain(person, card, "Approve", why)
    assert scenario.checkouts() == 0

    await scenario.cleo.click(card, "Approve")
    card = await scenario.payable()
    assert str(scenario.orders[0].id) in card.plain_text()
    assert scenario.checkouts() == 1

    await scenario.dan.click(card, "Open order")
    link = await scenario.sees(scenario.dan, catalogue.paying.ORDER_CAUTION, channel="approvals")
    assert link.ephemeral
    await scenario.dan.click(card, "Pay")
    card = await scenario.card(catalogue.card.DELIVERED)
    (ping,) = [m.text for m in scenario.slack.thread(card)]
    assert catalogue.thread.READY_TO_PAY in ping
    assert len(scenario.orders) == 1
    assert scenario.orders[0].payments == [8120045]

    record = json.loads(await scenario.stage.bot.run_command("export"))
    assert [r["state"] for r in record] == ["delivered"]
    assert record[0]["items"][1] == {
        "domain": "other.fr",
        "years": 1,
        "pricing_mode": "create-default",
        "added_by": "U0BEN",
    }
    assert record[0]["approved_by"] == ["U0CLEO"]
    assert record[0]["paid_by"] == "U0DAN"
    assert record[0]["sales_order"] == scenario.orders[0].id
    assert record[0]["total"] == {"amount": "11.38", "currency": "EUR", "tax": "1.90"}
    states = [event["state"] for event in record[0]["history"]]
    assert "The record is whole" in await scenario.stage.bot.run_command("verify")
    assert states == ["submitted", "approved", "checking_out", "checked_out", "paying", "paying", "paid", "delivered"]


async def test_twenty_clicks_are_one(scenario: Scenario):
    card = await scenario.requested()
    await asyncio.gather(*(scenario.cleo.click(card, "Approve") for _ in range(20)))
    card = await scenario.payable()
    await asyncio.gather(*(scenario.dan.click(card, "Pay") for _ in range(20)))
    await scenario.card(catalogue.card.DELIVERED)
    assert scenario.checkouts() == 1
    assert [order.payments for order in scenario.orders] == [[8120045]]


async def test_everything_delivered_twice_happens_once(scenario: Scenario):
    scenario.slack.delivery.twice = True
    card = await scenario.ordered()
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    assert [order.payments for order in scenario.orders] == [[8120045]]
    assert len([m for m in scenario.slack.messages("approvals") if "#1" in m.plain_text() and not m.thread_ts]) == 1


async def test_a_payer_chooses_the_method(scenario: Scenario):
    card = await scenario.ordered()
    await scenario.dan.select(card, "payment_method", "8120046")
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    assert scenario.orders[0].payments == [8120046]
