"""The bot calls only routes of OVH that the doctor knows, so that it can say which one OVH has deprecated."""

import asyncio

import pytest

from bot.app import ovh_config
from bot.doctor.database_check import known_carts
from bot.doctor.ovh_routes import ROUTES
from bot.doctor.probe import probe
from bot.settings import read_settings
from handlers.messages import words as catalogue
from sandbox.ovh import routing


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_a_whole_request_uses_known_routes(scenario):
    """From the search to the delivery."""
    card = await scenario.ordered("name.ovh", "other.fr")
    await scenario.dan.click(card, "Pay")
    scenario.ovh.deliver_now()
    await scenario.card(catalogue.card.DELIVERED)
    used = {f"{call.method} {routing.find(call.method, call.path)[0].path}" for call in scenario.ovh.calls}
    assert used <= set(ROUTES)


async def test_the_probe_knows_past_carts_by_the_database(scenario, stage):
    """The cart of the delivered request shows what OVH does with ordered carts; the order and its record stay."""
    card = await scenario.ordered("name.ovh")
    await scenario.dan.click(card, "Pay")
    scenario.ovh.deliver_now()
    await scenario.card(catalogue.card.DELIVERED)
    known = await asyncio.to_thread(known_carts, stage.environment["DATABASE_URL"])
    assert known.ordered == known.delivered == (scenario.orders[0].cart,)
    settings = read_settings()
    findings = await asyncio.to_thread(probe, ovh_config(settings), known, may_delete=True)
    answers = {answer.code: answer.found for answer in findings.answers}
    assert answers["closed_cart_listed"] == answers["delete_of_an_ordered_cart"] == "yes"
    assert answers["terms_of_past_orders"] == "all terms"
    assert [order.cancelled for order in scenario.orders] == [False]
