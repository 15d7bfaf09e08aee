"""However many requests wait for their turn: a button that opens a form opens it, before Slack's trigger dies."""

from collections.abc import Awaitable, Callable

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import Actor, OpenView
from tests.saying import result_of
from tests.scenarios.conftest import Scenario

Line = Callable[[], Awaitable[None]]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "1", "DESK_ALLOW_PREMIUM": "true"}


@pytest.fixture
def long_line(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Line:
    """From here on nothing that waits for its turn begins in this test."""

    async def begin() -> None:
        monkeypatch.setattr("handlers.toolkit.tasks._APART", 600.0)
        await scenario.gwen.command("cart")
        await scenario.ben.command("pending")

    return begin


async def form(scenario: Scenario, who: Actor, callback: str) -> OpenView:
    return await scenario.slack.until(
        lambda: who.modal if who.modal and who.modal.view["callback_id"] == callback else None, 10
    )


async def test_a_carts_forms_open(scenario: Scenario, long_line: Line):
    await scenario.search_and_add("otter.ovh")
    cart = await scenario.sees(scenario.ada, "Owner and answers")
    await long_line()
    for button, callback in (("Years", "years_form"), ("Request approval", "request_form")):
        await scenario.ada.click(cart, button)
        await form(scenario, scenario.ada, callback)
        scenario.ada.close_modal()
    await scenario.ada.click(cart, "Owner and answers")
    answers = await form(scenario, scenario.ada, "answers_form")
    await scenario.ada.click(answers, "New owner")
    await form(scenario, scenario.ada, "contact_form")
    scenario.ada.close_modal(all_of_them=False)
    scenario.ada.close_modal()
    await scenario.cleo.click(await scenario.sees(scenario.cleo, "Owner and answers"), "Owner and answers")
    await scenario.cleo.click(await form(scenario, scenario.cleo, "answers_form"), "Show contacts")
    await scenario.form_says(catalogue.contacts.ONLY_YOU, who=scenario.cleo)


async def test_the_form_of_offers_opens(scenario: Scenario, long_line: Line):
    await scenario.ada.command("search launch-otter.com")
    found = await scenario.sees(scenario.ada, result_of("launch-otter.com"))
    await long_line()
    await scenario.ada.click(found, "Add to cart")
    await scenario.form_says(catalogue.prices.WHICH_OFFER)


async def test_the_form_of_a_rejection_opens(scenario: Scenario, long_line: Line):
    card = await scenario.requested()
    await long_line()
    await scenario.cleo.click(card, "Reject")
    await form(scenario, scenario.cleo, "reject_form")


async def test_the_form_of_an_order_that_was_not_seen_opens(scenario: Scenario, long_line: Line):
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart/*/checkout", "lost_after")
    scenario.ovh.faults.add("GET", "/me/order/*/details", "refuse", times=999, status=404)
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card("It is this order…", seconds=30)
    await long_line()
    await scenario.dan.click(card, "It is this order…")
    await form(scenario, scenario.dan, "adopt_form")
