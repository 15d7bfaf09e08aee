"""Each wrong set-up is recognised, and nothing else is reported."""

import pytest

from bot.doctor.codes import CODES, Level
from tests.doctor.cases import CASES
from tests.doctor.setup import find, problems


async def test_a_good_set_up_has_no_fault(set_up):
    """A set-up by the installation page raises no alarm."""
    report = await set_up.examine()
    assert problems(report) == set()
    assert report.exit_code == 0


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
async def test_recognises_a_wrong_set_up(set_up, case, request):
    """By its code; no other warning or fault comes with it but those that follow from it."""
    if case.on_postgresql:
        set_up.postgres_url = request.getfixturevalue("postgres_url")
    case.change(set_up)
    report = await set_up.examine()
    assert problems(report) == {case.code} | case.also
    found = find(report, case.code)
    assert report.exit_code == (1 if found.level is Level.FAULT or _has_fault(case.also) else 0)
    assert found.what.endswith((".", "?"))
    assert "Traceback" not in found.what
    assert set_up.slack.credentials.bot_token not in str(report)


def _has_fault(codes):
    return any(CODES[code].level is Level.FAULT for code in codes)


def test_every_problem_has_a_wrong_set_up():
    """No warning or fault exists that no test can cause."""
    bad = {code for code, facts in CODES.items() if facts.level in {Level.WARNING, Level.FAULT}}
    assert {case.code for case in CASES} | {code for case in CASES for code in case.also} == bad


def test_no_two_set_ups_are_the_same():
    assert len({case.wrong for case in CASES}) == len(CASES)
