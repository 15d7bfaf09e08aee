"""Every surface of a request's life fits a phone and a desktop, in light and dark, without one unknown block."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, async_playwright

from sandbox.browser import FLAGS
from tests.page.surfaces import surfaces

_STATIC = Path(__file__).parents[2] / "sandbox" / "page" / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_HOST = "http://surfaces.invalid"  # nothing is fetched: every request is answered from the folder above
_PAGE = f"""<!doctype html>
<link rel="stylesheet" href="{_HOST}/page.css"><link rel="stylesheet" href="{_HOST}/blocks.css">
<body style="display:block;height:auto;padding:12px 16px"><div id="board"></div><script type="module">
import {{ draw }} from "{_HOST}/blocks.js";
const names = {{ U0ADA: "ada", U0BEN: "ben", U0CLEO: "cleo", U0DAN: "dan", C0DOMAINS: "domains" }};
const desk = {{ names, chosen: {{}}, press() {{}}, choose() {{}}, confirm() {{}} }};
window.show = (blocks) => document.getElementById("board").replaceChildren(...draw(blocks, desk));
window.ready = true;
</script></body>"""
# Pixels at a phone's width: a status message leaves room for two more, and a list starts on the first screen.
_TALLEST_STATUS, _PHONE = 240, 844


async def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name:
        path = _STATIC / name
        await route.fulfill(body=path.read_bytes(), content_type=_TYPES[path.suffix])
    else:
        await route.fulfill(body=_PAGE, content_type="text/html")


@pytest.fixture
async def board(chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page()
        await page.route("**/*", _serve)
        await page.goto(f"{_HOST}/")
        await page.wait_for_function("window.ready")
        yield page
        await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_surfaces_fit_every_screen(board: Page, scheme: str, width: int, tmp_path: Path):
    """Pictures are left in the test's folder, to be looked at next to the design."""
    await board.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await board.set_viewport_size({"width": width, "height": _PHONE})
    for name, blocks in surfaces():
        await board.evaluate("(blocks) => window.show(blocks)", blocks)
        assert await board.locator(".unknown").count() == 0, name
        assert await board.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide"
        height = await board.evaluate("document.getElementById('board').getBoundingClientRect().height")
        limit = _TALLEST_STATUS if name.startswith("status") else _PHONE
        assert height <= limit, f"{name} is {height:.0f} px high"
        picture = await board.locator("#board").screenshot()
        await asyncio.to_thread((tmp_path / f"{name}-{width}-{scheme}.png").write_bytes, picture)
