"""A newcomer clicks through the product: the same bot, the same messages, in a browser."""

import re

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from handlers.messages import words as catalogue
from tests.page.conftest import PageUser
from tests.refusing import said
from tests.scenarios.conftest import Scenario


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "1"}


async def test_three_people_buy_a_name_by_clicking(scenario: Scenario, page_user: PageUser):
    await page_user.type("/domain search blue-otter.ovh taken-otter.com")
    await page_user.sees("€2.99 for 1 year, then €3.59 a year")
    await page_user.button("add").click()
    await page_user.button("request_approval").click()
    await page_user.page.locator("#form textarea, #form input").fill("For the launch")
    await page_user.page.locator("#form [type=submit]").click()
    await page_user.requested()
    await page_user.be("Cleo")
    await page_user.button("approve").click()
    await page_user.sees(catalogue.paying.KEEPS_OPEN)
    await page_user.pay()
    await page_user.sees(catalogue.card.DELIVERED)
    assert [order.payments for order in scenario.orders] == [[8120045]]
    await expect(page_user.page.locator("#guide .done")).to_have_count(4)
    await expect(page_user.page.locator("#ovh-ledger")).to_contain_text("1 payment")


async def test_somebody_without_the_right_is_told_so(scenario: Scenario, page_user: PageUser):
    scenario.slack.state.world.channel("approvals").members.add(scenario.ada.id)
    await page_user.request("name.ovh")
    await page_user.be("Ada")
    await page_user.button("approve").click()
    await page_user.sees(said("not_approver"))
    assert scenario.checkouts() == 0


async def test_a_lost_answer_of_the_checkout_is_looked_up(scenario: Scenario, page_user: PageUser):
    await page_user.page.locator("[data-focus=lose_checkout]").check()
    await page_user.order("name.ovh")
    assert len(scenario.orders) == 1
    await expect(page_user.page.locator("[data-focus=lose_checkout]")).not_to_be_checked()
    await expect(page_user.page.locator("#guide .done")).to_contain_text(["Search", "Ask", "Approve", "lost"])


async def test_a_payment_that_is_sent_twice_is_tried_by_hand(scenario: Scenario, page_user: PageUser):
    """The panel repeats one payment and then unchecks itself, and a colleague's order stands in the ledger."""
    ledger = page_user.page.locator("#ovh-ledger")
    await page_user.page.locator("#ovh-name").fill("theirs.ovh")
    await page_user.page.get_by_role("button", name="A colleague orders it").click()
    await expect(ledger).to_contain_text("Ordered by a colleague, not by the bot")
    await page_user.page.locator("[data-focus=repeat_payment]").check()
    await page_user.order("name.ovh")
    await page_user.pay()
    await expect(page_user.page.locator("[data-focus=repeat_payment]")).not_to_be_checked()
    await expect(ledger).to_contain_text("1 payment")
    assert [order.payments for order in scenario.orders] == [[], [8120045]]


async def test_a_form_says_what_is_missing_at_its_field(page_user: PageUser):
    await page_user.type("/domain add name.ovh")
    await page_user.button("request_approval").click()
    await page_user.page.locator("#form [type=submit]").click()
    await expect(page_user.page.locator("#form .error")).to_have_text("Please complete this required field.")
    await expect(page_user.page.locator("#form [aria-invalid=true]")).to_be_focused()


async def test_a_double_click_is_one(scenario: Scenario, page_user: PageUser):
    await page_user.request("name.ovh")
    await page_user.be("Cleo")
    await page_user.button("approve").dblclick()
    await page_user.sees(catalogue.paying.KEEPS_OPEN)
    assert scenario.checkouts() == 1


async def test_commands_are_completed_by_keyboard(page: Page):
    await page.locator("#typed").press_sequentially("/domain se")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.locator("#typed")).to_have_value("/domain search ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_serious(page_user: PageUser, scheme: str, width: int):
    page = page_user.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page_user.request("name.ovh")
    await page_user.be("Cleo")
    await page_user.sees(catalogue.card.TO_APPROVE)
    await page.set_viewport_size({"width": width, "height": 800})
    await _is_accessible(page)
    await page_user.button("reject").click()
    await expect(page.locator("#form")).to_be_visible()
    await _is_accessible(page)
    await page.keyboard.press("Escape")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page_user.be("Cleo", "Domain Desk")
    await page.locator("#tabs button").last.click()
    await expect(page.locator("#home")).to_contain_text(catalogue.home.waiting(1))
    await page.set_viewport_size({"width": width, "height": 800})
    await _is_accessible(page)


async def test_other_pages_and_hosts_are_kept_out(scenario: Scenario):
    url = scenario.stage.page_url
    async with aiohttp.ClientSession() as session:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            async with session.get(url, headers=headers) as answer:
                assert answer.status == 403
        async with session.get(url) as answer:
            assert answer.status == 200
            assert re.search("default-src 'none'", answer.headers["Content-Security-Policy"])


async def _is_accessible(page: Page) -> None:
    found = (await Axe().run(page)).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in {"serious", "critical"}]
    assert serious == []
