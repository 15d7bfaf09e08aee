"""The bot calls only routes of OVH that the doctor knows, so that it can say which one OVH has deprecated."""

import pytest

from bot.doctor.ovh_routes import ROUTES
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
