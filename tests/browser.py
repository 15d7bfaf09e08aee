"""Which tests need a browser, and what a run without one reports.

A test without a browser counts as not run: it is listed as skipped, and the run ends with an exit code other than 0.
"""

from functools import cache
from typing import NoReturn

import pytest

from sandbox.browser import NoBrowserError, find_browser

_REASON = "not run: "
_not_run: set[str] = set()


@cache
def _found() -> str | NoBrowserError:
    try:
        return find_browser()
    except NoBrowserError as error:
        return error


def browser_path() -> str:
    """Return the path of the browser; raises NoBrowserError. It is looked for once a process."""
    found = _found()
    if isinstance(found, NoBrowserError):
        raise found
    return found


def not_run(error: NoBrowserError) -> NoReturn:
    """End a test as not run."""
    pytest.skip(f"{_REASON}{error}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; a test that asks for it is not run where there is none."""
    try:
        return browser_path()
    except NoBrowserError as error:
        not_run(error)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember which tests had no browser. With several workers this is called in the controller, too."""
    if report.skipped and isinstance(report.longrepr, tuple) and _REASON in report.longrepr[2]:
        _not_run.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that left tests out has not passed."""
    if _not_run and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it in one line, under the results."""
    if _not_run:
        terminalreporter.write_line(
            f"{len(_not_run)} tests were not run or not rendered: there is no browser, so this run has not passed.",
            red=True,
        )
