"""From a search to a delivered order, as people live it: in Socket Mode and over HTTP."""

import asyncio
import json

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.saying import added
from tests.story.conftest import Story


@pytest.fixture
def settings() -> dict[str, str]:
    """Ada is an approver, too, so that she is refused as the requester and not for want of the right."""
    return {"DESK_APPROVERS": "S0APPROVERS,U0ADA"}


async def test_a_request_lives_its_whole_life(story: Story):
    await story.ada.command("search name.ovh taken-name.com")
    found = await story.sees(story.ada, "Taken")
    assert "€2.99 for 1 year, then €3.59 a year" in found.plain_text()
    await story.ada.click(found, "Add to cart")
    await story.sees(story.ada, added("name.ovh"))
    await story.ben.command("add other.fr")
    cart = await story.sees(story.ben, "other.fr")
    assert cart is not None
    shared = await story.slack.until(
        lambda: next((m for m in story.slack.messages("domains") if "other.fr" in m.plain_text()), None)
    )
    assert catalogue.cart.added_by("U0ADA") in shared.plain_text()
    assert catalogue.cart.added_by("U0BEN") in shared.plain_text()

    await story.request("For the launch")
    card = await story.card(catalogue.card.TO_APPROVE)
    assert "For the launch" in card.plain_text()
    for person, why in ((story.ben, said("not_approver")), (story.ada, said("own_request", cart=1))):
        await story.clicks_in_vain(person, card, "Approve", why)
    assert story.checkouts() == 0

    await story.cleo.click(card, "Approve")
    card = await story.payable()
    assert str(story.orders[0].id) in card.plain_text()
    assert story.checkouts() == 1

    await story.dan.click(card, "Open order")
    link = await story.sees(story.dan, "Only you can see this", channel="approvals")
    assert link.ephemeral
    await story.dan.click(card, "Pay")
    card = await story.card(catalogue.card.DELIVERED)
    thread = [m.text for m in story.slack.thread(card)]
    assert thread[0] == catalogue.card.requested("U0ADA")
    assert len(story.orders) == 1
    assert story.orders[0].payments == [8120045]

    record = json.loads(await story.stage.bot.run_command("export"))
    assert [r["state"] for r in record] == ["delivered"]
    assert record[0]["items"][1] == {
        "domain": "other.fr",
        "years": 1,
        "pricing_mode": "create-default",
        "added_by": "U0BEN",
    }
    assert record[0]["approved_by"] == ["U0CLEO"]
    assert record[0]["paid_by"] == "U0DAN"
    assert record[0]["sales_order"] == story.orders[0].id
    assert record[0]["total"] == {"amount": "11.38", "currency": "EUR", "tax": "1.90"}
    states = [event["state"] for event in record[0]["history"]]
    assert "The record is whole" in await story.stage.bot.run_command("verify")
    assert states == ["submitted", "approved", "checking_out", "checked_out", "paying", "paying", "paid", "delivered"]


async def test_twenty_clicks_are_one(story: Story):
    card = await story.requested()
    await asyncio.gather(*(story.cleo.click(card, "Approve") for _ in range(20)))
    card = await story.payable()
    await asyncio.gather(*(story.dan.click(card, "Pay") for _ in range(20)))
    await story.card(catalogue.card.DELIVERED)
    assert story.checkouts() == 1
    assert [order.payments for order in story.orders] == [[8120045]]


async def test_everything_delivered_twice_happens_once(story: Story):
    story.slack.delivery.twice = True
    card = await story.ordered()
    await story.dan.click(card, "Pay")
    await story.card(catalogue.card.DELIVERED)
    assert [order.payments for order in story.orders] == [[8120045]]
    assert len([m for m in story.slack.messages("approvals") if "Cart #1" in m.plain_text()]) == 1


async def test_a_payer_chooses_the_method(story: Story):
    card = await story.ordered()
    await story.dan.select(card, "payment_method", "8120046")
    await story.dan.click(card, "Pay")
    await story.card(catalogue.card.DELIVERED)
    assert story.orders[0].payments == [8120046]
