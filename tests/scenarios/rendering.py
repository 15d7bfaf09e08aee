"""Draws what the bot made in a real browser, by the page's own renderer: nothing may come out as an unknown box."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Playwright, Route, sync_playwright

from sandbox.browser import FLAGS
from tests.browser import browser_path

_STATIC = Path(__file__).parents[2] / "sandbox" / "page" / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_HOST = "http://board.invalid"  # nothing is fetched: every request is answered from the folder above
_BOARD = f"""<!doctype html><body><script type="module">
import {{ draw }} from "{_HOST}/blocks.js";
const desk = {{ names: {{}}, chosen: {{}}, press() {{}}, choose() {{}}, confirm() {{}} }};
window.unknowns = (views) => views.flatMap((blocks) => {{
  document.body.replaceChildren(...draw(blocks, desk));
  return [...document.querySelectorAll(".unknown")].map((box) => box.textContent);
}});
window.ready = true;
</script></body>"""
Blocks = list[dict[str, Any]]


class Board:
    """One browser for all drawings of a test process, on a thread of its own; each shape is drawn once."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawing-board")
        self._rendered: set[str] = set()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None

    def unknowns(self, views: list[Blocks]) -> list[str]:
        """Return what the renderer does not know in these views, in the words of its boxes.

        Raises NoBrowserError where there is no browser to render with.
        """
        new = {shape: blocks for blocks in views if (shape := _shape(blocks)) not in self._rendered}
        if not new:
            return []
        found = self._thread.submit(self._render, list(new.values())).result(60)
        self._rendered |= set(new)
        return found

    def close(self) -> None:
        self._thread.submit(self._shut).result(30)
        self._thread.shutdown()

    def _render(self, views: list[Blocks]) -> list[str]:
        self._page = self._page or self._opened()
        return list(self._page.evaluate("(views) => window.unknowns(views)", views))

    def _opened(self) -> Page:
        path = browser_path()
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = self._browser.new_page()
            page.route("**/*", _serve)
            page.goto(f"{_HOST}/")
            page.wait_for_function("window.ready")
        except Error:
            self._shut()  # otherwise no later story on this thread could start it again
            raise
        return page

    def _shut(self) -> None:
        if self._browser:
            self._browser.close()
        if self._playwright:
            self._playwright.stop()
        self._browser = self._playwright = None


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if not name:
        route.fulfill(body=_BOARD, content_type="text/html")
        return
    path = _STATIC / name
    route.fulfill(body=path.read_bytes(), content_type=_TYPES[path.suffix])


def _shape(part: object) -> str:
    """The structure without its words: which blocks, elements and fields there are."""
    return json.dumps(_skeleton(part), sort_keys=True)


def _skeleton(part: object) -> object:
    if isinstance(part, dict):
        kept = {
            key: _skeleton(value) for key, value in part.items() if key not in {"block_id", "value", "private_metadata"}
        }
        return kept | ({"type": part["type"]} if "type" in part else {})
    if isinstance(part, list):
        return sorted({json.dumps(_skeleton(each), sort_keys=True) for each in part})
    return type(part).__name__
