"""An approver decides with a thumb: the question, the names, the prices and the buttons stand on one phone screen."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from handlers.messages import words as catalogue
from ordering.model.cart import CartState
from tests.page.conftest import PageUser
from tests.scenarios.conftest import Scenario

_PHONE: ViewportSize = {"width": 390, "height": 844}
_SIX = ("sea-otter.com", "sea-otter.fr", "sea-otter.eu", "sea-otter.org", "sea-otter.net", "sea-otter.info")


async def _requested(scenario: Scenario, *names: str) -> None:
    await scenario.search_and_add(*names)
    await scenario.request("Otter launch: landing page and mail")
    await scenario.card(catalogue.card.TO_APPROVE)
    scenario.ada.close_modal()


async def _reach(page: Page) -> float:
    """How far below the top of the newest card its Approve button ends, in pixels."""
    card = page.locator("#messages .message").last
    approve = card.locator("[data-action=approve]")
    await expect(approve).to_be_visible()
    top, button = await card.bounding_box(), await approve.bounding_box()
    assert top
    assert button
    return button["y"] + button["height"] - top["y"]


@pytest.mark.parametrize(("names", "most"), [(("otter-cam.ovh",), 200), (_SIX, 450)], ids=["one name", "six names"])
async def test_approve_is_in_reach_of_a_thumb(scenario: Scenario, page_user: PageUser, names, most):
    """At 390 pixels, Approve of one name ends within 200 of the card's top, of six names within 450."""
    await _requested(scenario, *names)
    await page_user.be("Cleo")
    await page_user.sees(catalogue.card.TO_APPROVE)
    await page_user.page.set_viewport_size(_PHONE)
    assert await _reach(page_user.page) <= most


async def test_no_card_names_a_state(scenario: Scenario, page_user: PageUser):
    """People read who does what next, never what the program calls it."""
    await _requested(scenario, "otter-cam.ovh")
    await page_user.be("Cleo")
    await page_user.sees(catalogue.card.TO_APPROVE)
    text = await page_user.page.locator("#messages .message").last.inner_text()
    assert not [state for state in CartState if state.value in text.lower() or state.in_words in text.lower()]
