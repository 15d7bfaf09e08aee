"""The sandbox's page in a real browser, with the real bot behind it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from handlers.messages import words as catalogue
from sandbox.browser import FLAGS
from tests.scenarios.conftest import Scenario, board, bot, floors, scenario, settings, stage

__all__ = ["board", "bot", "floors", "scenario", "settings", "stage"]  # fixtures of the stories, used here, too
expect.set_options(timeout=15_000)


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
async def page(scenario: Scenario, chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(15_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(scenario.stage.page_url)
        yield page
        await expect(page.locator(".unknown")).to_have_count(0)
        await browser.close()
        assert faults == []


class PageUser:
    """What a user does at the page, by keyboard and mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def be(self, name: str, channel: str = "approvals") -> None:
        await self.page.locator(f"[data-person={name}]").click()
        await self.page.locator("#places .place", has_text=channel).click()

    async def type(self, text: str) -> None:
        await self.page.locator("#typed").fill(text)
        await self.page.locator("#typed").press("Enter")

    def button(self, action: str) -> Locator:
        """The newest button of that kind."""
        return self.page.locator(f"#messages [data-action={action}]").last

    async def sees(self, words: str) -> None:
        await expect(self.page.locator("#messages")).to_contain_text(words)

    async def request(self, name: str) -> None:
        """Ada puts a name into the cart and asks for approval."""
        await self.be("Ada", "domains")
        await self.type(f"/domain add {name}")
        await self.button("request_approval").click()
        await self.page.locator("#form textarea, #form input").fill("For the launch")
        await self.page.locator("#form [type=submit]").click()
        await self.requested()

    async def requested(self) -> None:
        """The request is on its way. Its form closes by itself unless OVH's check takes long."""
        await self.sees("Waiting for approval")
        await self.page.keyboard.press("Escape")

    async def order(self, name: str) -> None:
        """The same, and Cleo approves it."""
        await self.request(name)
        await self.be("Cleo")
        await self.button("approve").click()
        await self.sees(catalogue.paying.KEEPS_OPEN)

    async def pay(self) -> None:
        """Dan pays."""
        await self.be("Dan")
        await self.button("pay").click()


@pytest.fixture
def page_user(page: Page) -> PageUser:
    return PageUser(page)
