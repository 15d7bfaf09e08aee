"""`make test-fast` runs what takes seconds: no process, no PostgreSQL, no browser."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.quick import QUICK, SLOW_FIXTURES, is_quick, no_process, require_quick
from tests.tools.test_makefile import PINNED, ROOT, make

_TESTS = ROOT / "tests"


def test_the_makefile_runs_what_is_watched():
    """The guard watches the files that `make test-fast` runs."""
    planned = make("-n", "test-fast")
    assert planned.stdout.splitlines()[-1] == f'{PINNED} run --frozen pytest -n 3 -m "not slow" {" ".join(QUICK)}'


@pytest.mark.parametrize(
    "file", ["ordering/test_seal.py", "handlers/messages/test_facts.py", "bot/test_setting_urls.py"]
)
def test_rules_and_pure_tests_are_watched(file):
    assert (_TESTS / file).exists()
    assert is_quick(_TESTS / file)


@pytest.mark.parametrize(
    "file", [_TESTS / "bot" / "test_cli.py", _TESTS / "story" / "test_home.py", Path("/elsewhere.py")]
)
def test_others_are_not(file):
    assert not is_quick(file)


def test_a_process_fails_a_quick_test():
    """Also one that asyncio starts: it uses the same class."""
    with no_process(), pytest.raises(pytest.fail.Exception, match="starts a process"):
        subprocess.run([sys.executable, "-V"], check=True)


@pytest.mark.parametrize("name", sorted(SLOW_FIXTURES))
def test_a_slow_fixture_fails_a_quick_test(name):
    with pytest.raises(pytest.fail.Exception, match=f"it uses {name}"):
        require_quick(["tmp_path", name])


def test_other_fixtures_do_not():
    require_quick(["tmp_path", "rules", "store"])


def test_the_guard_is_on(request):
    """It is a fixture of every test, and acts in the quick ones."""
    assert "starts_nothing_slow" in request.fixturenames
