"""Find a Chromium for the tests of the page and for the README's pictures.

Order: `CHROMIUM`, a Chromium or Chrome on the PATH, the one that `make browser` downloaded, Playwright's own.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Error, sync_playwright

VERSION = "153.0.0"  # of npm's @sparticuz/chromium, which tools/bring_browser.py downloads
STORE = Path(__file__).parents[1] / ".tools" / "browser"
BROUGHT = STORE / f"chromium-{VERSION}" / "chromium"
# These work with Chromium, Chrome and the headless shell. The browser's own sandbox needs rights that root in a
# container lacks; all pages are our own.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome-headless-shell")
Found = TypeVar("Found")
_VERSION_SECONDS = 15.0
_START_SECONDS = 30.0
_ENOUGH = 4096  # bytes of output that hold a version


class NoBrowserError(Exception):
    """No browser can be used; the text is one line with the fix."""


class BrokenSettingError(NoBrowserError):
    """`CHROMIUM` names something that is not a working browser."""


def find_browser() -> str:
    """Return the absolute path of a browser that starts.

    Raises NoBrowserError; BrokenSettingError if `CHROMIUM` is set and does not work, even if there are others.
    """
    if named := os.environ.get("CHROMIUM", "").strip():
        path = shutil.which(os.path.expanduser(named)) or os.path.expanduser(named)  # noqa: PTH111 - a bare name stays one
        if fault := fault_of(path):
            raise BrokenSettingError(
                f"CHROMIUM={named} {fault}. Set it to the path of a Chromium or Chrome, or unset it."
            )
        return str(Path(path).absolute())
    faults = []
    for candidate in _candidates():
        fault = fault_of(candidate)
        if fault is None:
            return str(Path(candidate).absolute())
        faults.append(f"{Path(candidate).name} {fault}")
    seen = f" ({'; '.join(faults)})" if faults else ""
    raise NoBrowserError(f"No working Chromium or Chrome{seen}. Run `make browser`, or set CHROMIUM to its path.")


def fault_of(path: str) -> str | None:
    """Return why this is not a usable browser, as the rest of a sentence; None if it shows a page."""
    return _fault_of_file(path) or _fault_of_version(path) or _fault_at_start(path)


def _fault_of_file(path: str) -> str | None:
    if not Path(path).exists():
        return "does not exist"
    if not Path(path).is_file():
        return "is not a file"
    return None if os.access(path, os.X_OK) else "is not executable"


def _fault_of_version(path: str) -> str | None:
    try:
        output = _version(path)
    except OSError as error:
        return f"cannot be run ({error.strerror})"
    if output is None:
        return f"said nothing within {_VERSION_SECONDS:g} seconds"
    if not re.search(r"chrom(e|ium)", output, re.IGNORECASE):
        return "is not a Chromium or Chrome, or lacks a library"
    return None


def _candidates() -> Iterator[str]:
    yield from dict.fromkeys(filter(None, map(shutil.which, _NAMES)))
    if BROUGHT.exists():
        yield str(BROUGHT)
    own = _in_a_thread(_playwrights_own)
    if Path(own).exists():
        yield own


def _in_a_thread(function: Callable[[], Found]) -> Found:
    """Call in another thread: Playwright's sync API refuses a thread that runs an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def _version(path: str) -> str | None:
    """Return the start of what `--version` prints; None if it prints nothing and does not end in time."""
    process = subprocess.Popen(  # noqa: S603 - the developer named it
        [path, "--version"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    output = b""
    deadline = time.monotonic() + _VERSION_SECONDS
    with process:
        try:
            out = process.stdout
            while out is not None and len(output) < _ENOUGH:
                ready, _, _ = select.select([out], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    return output.decode(errors="replace") or None
                if not (piece := os.read(out.fileno(), _ENOUGH)):
                    break
                output += piece
        finally:
            _end_group(process.pid)
    return output.decode(errors="replace")


def _end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it has ended by itself


def _fault_at_start(path: str) -> str | None:
    return _in_a_thread(lambda: _fault_at_launch(path))


def _fault_at_launch(path: str) -> str | None:
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=_START_SECONDS * 1000)
            page = browser.new_page()
            page.set_content("<p>ready</p>")
            shows = page.locator("p").text_content() == "ready"
            browser.close()
    except Error as error:
        return f"does not start ({error.message.splitlines()[0].strip()})"
    return None if shows else "shows no page"


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path
