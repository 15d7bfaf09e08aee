"""What the tests of `make test-fast` may not start, so that they stay a matter of seconds."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

QUICK = ("tests/ordering", "tests/handlers", "tests/bot/test_rules.py", "tests/bot/test_setting*.py")  # as the Makefile
SLOW_FIXTURES = frozenset({"postgres", "chromium", "board", "stage", "bot"})
_ROOT = Path(__file__).parents[1]


def is_quick(file: Path) -> bool:
    """Return whether `make test-fast` runs the tests of this file, given its absolute path."""
    if not file.is_relative_to(_ROOT):
        return False
    inside = file.relative_to(_ROOT)
    return any(each.match(pattern) for each in (inside, *inside.parents) for pattern in QUICK)


@pytest.fixture(autouse=True)
def starts_nothing_slow(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a quick test that starts a process, PostgreSQL or a browser, unless it is marked as slow."""
    if not is_quick(request.path) or request.node.get_closest_marker("slow"):
        yield
        return
    with no_process():
        yield
    require_quick(request.fixturenames)


@contextmanager
def no_process() -> Iterator[None]:
    """Fail a test that starts a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", _refuse)
        yield


def _refuse(*_args: object, **_more: object) -> NoReturn:
    pytest.fail("`make test-fast` runs this test, and it starts a process: mark it as slow")


def require_quick(fixtures: Iterable[str]) -> None:
    """Fail a test that used one of the slow fixtures."""
    if used := SLOW_FIXTURES.intersection(fixtures):
        pytest.fail(f"`make test-fast` runs this test, and it uses {', '.join(sorted(used))}: mark it as slow")
