"""However many wishes wait for their turn: a button that opens a form opens it, before Slack's trigger dies."""

from collections.abc import Awaitable, Callable

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import Actor, OpenView
from tests.saying import result_of
from tests.story.conftest import Story

Line = Callable[[], Awaitable[None]]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "1", "DESK_ALLOW_PREMIUM": "true"}


@pytest.fixture
def long_line(story: Story, monkeypatch: pytest.MonkeyPatch) -> Line:
    """From here on nothing that waits for its turn begins in this test."""

    async def begin() -> None:
        monkeypatch.setattr("handlers.toolkit.tasks._APART", 600.0)
        await story.gwen.command("cart")
        await story.ben.command("pending")

    return begin


async def form(story: Story, who: Actor, callback: str) -> OpenView:
    return await story.slack.until(
        lambda: who.modal if who.modal and who.modal.view["callback_id"] == callback else None, 10
    )


async def test_a_carts_forms_open(story: Story, long_line: Line):
    await story.search_and_add("otter.ovh")
    cart = await story.sees(story.ada, "Owner and answers")
    await long_line()
    for button, callback in (("Years", "years_form"), ("Request approval", "request_form")):
        await story.ada.click(cart, button)
        await form(story, story.ada, callback)
        story.ada.close_modal()
    await story.ada.click(cart, "Owner and answers")
    answers = await form(story, story.ada, "answers_form")
    await story.ada.click(answers, "New contact…")
    await form(story, story.ada, "contact_form")
    story.ada.close_modal(all_of_them=False)
    story.ada.close_modal()
    await story.cleo.click(await story.sees(story.cleo, "Owner and answers"), "Owner and answers")
    await story.cleo.click(await form(story, story.cleo, "answers_form"), "Show contacts")
    await story.form_says(catalogue.contacts.ONLY_YOU, who=story.cleo)


async def test_the_form_of_offers_opens(story: Story, long_line: Line):
    await story.ada.command("search launch-otter.com")
    found = await story.sees(story.ada, result_of("launch-otter.com"))
    await long_line()
    await story.ada.click(found, "Add to cart")
    await story.form_says(catalogue.prices.WHICH_OFFER)


async def test_the_form_of_a_rejection_opens(story: Story, long_line: Line):
    card = await story.requested()
    await long_line()
    await story.cleo.click(card, "Reject")
    await form(story, story.cleo, "reject_form")


async def test_the_form_of_an_order_that_was_not_seen_opens(story: Story, long_line: Line):
    card = await story.requested()
    story.ovh.faults.add("POST", "/order/cart/*/checkout", "lost_after")
    story.ovh.faults.add("GET", "/me/order/*/details", "refuse", times=999, status=404)
    await story.cleo.click(card, "Approve")
    card = await story.card("It is this order…", seconds=30)
    await long_line()
    await story.dan.click(card, "It is this order…")
    await form(story, story.dan, "adopt_form")
