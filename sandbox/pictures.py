"""The README's pictures, taken from the page in a headless browser: they match the code, and a command renews them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from playwright.async_api import Locator, Page, ViewportSize, async_playwright, expect

from sandbox.browser import FLAGS, find_browser
from sandbox.stage import Stage

NAMES = ("search", "bulk", "offers", "cart", "questions", "approval", "order", "cost", "home")
# The forms for what registries ask, each at the width of a computer and of a phone; docs/registry-forms.md shows them.
FORMS = ("registry-form", "registry-form-more", "registry-form-wrong", "registry-owner")
WIDTHS = (1280, 390)
# Hides what differs between runs, and what is too much for a picture.
_QUIET = ".who time, .edited { visibility: hidden } .thread, .only-you { display: none }"
_SAME_DATES = "document.querySelectorAll('.block time').forEach(each => each.textContent = 'Dec 8th, 10:00')"
# Twenty words under ten extensions; their beginnings decide the simulated OVH's answers.
_WORDS = (
    "otter otters sea-otter river-otter blue-otter otterhq otterlab getotter promo-otter premium-otter timeout-otter "
    "taken-otter taken-otters taken-sea taken-river taken-holt taken-raft taken-pup taken-fish taken-kelp"
)
_EXTENSIONS = "ovh,com,fr,net,org,io,eu,de,app,dev"
_REDRAWN = 1000  # milliseconds in which the bot reads the registries' questions, and renders the cart once more
_WHOLE_FORM = 3600  # pixels: a form scrolls where the page is lower
_SIZE: ViewportSize = {"width": 1280, "height": 1400}


class Pictures:
    """Ada searches, fills a cart and requests approval; Cleo approves; Dan sees his Home; Ben answers a registry."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._folder = folder

    async def take(self) -> None:
        """Walk through one request and take a picture of each stop.

        Raises NoBrowserError.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = await asyncio.to_thread(find_browser)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = await browser.new_page(
                viewport=_SIZE,
                device_scale_factor=1.5,
                color_scheme="light",
                bypass_csp=True,
            )
            await page.goto(self._stage.page_url)
            await page.add_style_tag(content=_QUIET)
            await self._walk(page)
            await browser.close()

    async def _walk(self, page: Page) -> None:
        self._stage.ovh.names.owned.add("modern.com")  # so that a name can resemble it
        await _be(page, "Ada", "domains")
        await _type(page, "/domain search blue-otter.ovh promo-otter.fr taken-otter.com")
        found = _message(page, "2 of 3 names are available")
        await self._shoot(page, found, "search")
        await _type(page, f"/domain search {_WORDS} --tlds {_EXTENSIONS}")
        await self._shoot(page, _message(page, "of 200 names are available"), "bulk", small=True)
        for name in ("blue-otter.ovh", "promo-otter.fr"):
            await _type(page, f"/domain add {name}")
            await expect(_message(page, f"Added {name}")).to_be_visible()
        cart = _message(page, "Cart #1  2 names")
        await self._shoot(page, cart, "cart")
        await cart.locator("[data-action=request_approval]").click()
        await page.locator("#form textarea, #form input").fill("Names for the otter campaign")
        await page.locator("#form [type=submit]").click()
        await _requested(page)
        await _be(page, "Cleo", "approvals")
        await self._shoot(page, _message(page, "please decide"), "approval")
        await page.locator("[data-action=approve]").last.click()
        await self._shoot(page, _message(page, "OVH keeps the order open"), "order")
        await _be(page, "Dan", "Domain Desk")
        await page.locator("#tabs [data-focus=home]").click()
        await expect(page.locator("#home")).to_contain_text("waiting for payment by")
        await page.add_style_tag(content="#home { flex: none }")  # no longer than its content
        await self._shoot(page, page.locator("#home"), "home")
        await self._choose_and_cost(page)
        await self._answer(page)

    async def _choose_and_cost(self, page: Page) -> None:
        """Take pictures of another cart: a name with two offers, then the cost of several names over the years."""
        await _be(page, "Ada", "domains")
        await _type(page, "/domain search launch-otter.com")
        await _message(page, "launch-otter.com is available").locator("[data-action=choose_offer]").click()
        form = page.locator("#form")
        await expect(form).to_contain_text("Which offer?")
        await self._shoot(page, form, "offers")
        await _leave_form(page)
        for name in ("promo-otter.com", "café-otter.fr", "rnodern.org"):
            await _type(page, f"/domain add {name}")
            await expect(_message(page, f"Added {name}")).to_be_visible()
        cart = _message(page, "Cart #2  3 names")
        await page.wait_for_timeout(_REDRAWN)
        await cart.locator("[data-action=years]").click()
        await form.locator("select").first.select_option("3 years")
        await form.locator("[type=submit]").click()
        await expect(_message(page, "promo-otter.com 3 years")).to_be_visible()
        await cart.locator("[data-action=request_approval]").click()
        await form.locator("textarea, input").fill("Names for the otter campaign")
        await form.locator("[type=submit]").click()
        await _requested(page)
        await _be(page, "Cleo", "approvals")
        await _message(page, "#2 from").locator("[data-action=details]").click()
        await expect(form).to_contain_text("What it costs over the years")
        await self._shoot(page, form, "cost", small=True)
        await _leave_form(page)

    async def _answer(self, page: Page) -> None:
        """Take pictures of Ben, in his own conversation with the bot, adding a name whose registry asks a question."""
        await _be(page, "Ben", "Domain Desk")
        await _type(page, "/domain add reason-otter.dev")
        asking = _message(page, "The registry asks for")
        await expect(asking).to_be_visible()
        await asking.locator("[data-action=answer_questions]").click()
        form = page.locator("#form")
        await form.get_by_label("Yes", exact=True).first.check()
        await form.locator("textarea").first.fill("Our office is in Ajaccio")
        await self._shoot(page, form, "questions")
        await _leave_form(page)
        await self._answer_registries(page)

    async def _answer_registries(self, page: Page) -> None:
        """Take pictures of the forms for names whose registries ask a lot: what is needed, all of it, and mistakes."""
        for name in ("blue-otter.ca", "blue-otter.it"):
            await _type(page, f"/domain add {name}")
            await expect(_message(page, f"Added {name}")).to_be_visible()
        await page.wait_for_timeout(_REDRAWN)
        await page.locator("#messages [data-action=answer_questions]").last.click()
        form = page.locator("#form")
        await expect(form).to_contain_text("blue-otter.it")
        await self._shoot_widths(page, "registry-form")
        await form.locator("button", has_text="More options").click()
        await expect(form.locator("button", has_text="Fewer options")).to_be_visible()
        await self._shoot_widths(page, "registry-form-more")
        await form.locator("button", has_text="Fewer options").click()
        await form.locator("button", has_text="New owner").first.click()
        await expect(form).to_contain_text("First name")
        await self._shoot_widths(page, "registry-owner")
        for number in range(await form.locator("select").count()):
            await form.locator("select").nth(number).select_option(index=1)
        for number in range(await form.locator("input[type=text]").count()):
            await form.locator("input[type=text]").nth(number).fill(f"otter {number}")
        await form.locator("[type=submit]").click()
        await page.wait_for_timeout(_REDRAWN)
        await self._shoot_widths(page, "registry-form-wrong")

    async def _shoot_widths(self, page: Page, name: str) -> None:
        """Take a picture of the form at each width."""
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": _WHOLE_FORM})
            await self._shoot(page, page.locator("#form"), f"{name}-{width}", small=True)
        await page.set_viewport_size(_SIZE)

    async def _shoot(self, page: Page, what: Locator, name: str, *, small: bool = False) -> None:
        """Take a picture of a part of the page."""
        await expect(what).to_be_visible(timeout=20_000)
        await page.wait_for_timeout(_REDRAWN)
        await page.mouse.move(0, 0)
        await page.evaluate(_SAME_DATES)
        scale: Literal["css", "device"] = "css" if small else "device"
        await what.screenshot(path=self._folder / f"{name}.png", animations="disabled", scale=scale)


async def _be(page: Page, person: str, place: str) -> None:
    await page.locator(f"[data-person={person}]").click()
    await page.locator("#places .place", has_text=place).first.click()


async def _requested(page: Page) -> None:
    """Wait until a request is on its way. Its form closes by itself unless OVH's check takes long."""
    await expect(_message(page, "Waiting for approval")).to_be_visible()
    await _leave_form(page)


async def _leave_form(page: Page) -> None:
    """Close the form; while it is open, nothing can be typed below it."""
    await page.keyboard.press("Escape")
    await expect(page.locator("#form")).to_be_hidden()


async def _type(page: Page, text: str) -> None:
    await page.locator("#typed").fill(text)
    await page.locator("#typed").press("Enter")


def _message(page: Page, words: str) -> Locator:
    return page.locator("#messages .message", has_text=words).last
