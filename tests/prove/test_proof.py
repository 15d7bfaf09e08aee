"""Who notices a mutation: one row each, and nothing that is red anyway counts."""

import pytest
from typer.testing import CliRunner

from prove import proof
from prove.mutants.every import MUTATIONS
from prove.mutants.table import NOBODY, NOT_RUN, Row, Table

FIRST, SECOND = MUTATIONS[0], MUTATIONS[1]
NAMES = [each.name for each in MUTATIONS]


@pytest.fixture
def table(tmp_path):
    return Table(tmp_path / "mutations.md")


class Asked(list[tuple[str, bool]]):
    """Which watcher was asked, and whether about a broken tree; `commands` are its arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[list[str]] = []


@pytest.fixture
def asked(monkeypatch):
    """Replace the watchers by `answers`; what was asked is the other half."""
    seen = Asked()
    answers: dict[tuple[str, bool], str] = {}

    def failures(command, tree):
        is_broken = any(
            (tree / each.file).read_text() != (proof.ROOT / each.file).read_text() for each in (FIRST, SECOND)
        )
        watcher = next(name for name in ("pytest", "prove.explorer", "prove") if name in command)
        seen.append((watcher, is_broken))
        seen.commands.append(command)
        answer = answers.get((watcher, is_broken))
        return [answer] if answer else []

    monkeypatch.setattr(proof, "_failures", failures)
    return seen, answers


def test_the_first_watcher_that_fails_has_noticed(table, asked):
    """The others are not asked, and their cells say so."""
    seen, answers = asked
    answers["pytest", True] = "tests/test_pay.py::test_once"
    assert proof.run([FIRST], proof.Proof(["tests", "campaign"]), table)
    assert seen == [("pytest", False), ("pytest", True)]
    (row,) = table.rows()
    assert (row.name, row.tests, row.campaign) == (FIRST.name, "`test_pay.py::test_once`", NOT_RUN)


def test_each_watcher_is_asked_alone(table, asked):
    """With `each` the table says what every one of them sees."""
    _, answers = asked
    answers["pytest", True] = "tests/test_pay.py::test_once"
    proof.run([FIRST], proof.Proof(["tests", "campaign"], each=True), table)
    (row,) = table.rows()
    assert (row.tests, row.campaign) == ("`test_pay.py::test_once`", NOBODY)


def test_a_campaign_that_is_red_anyway_ends_the_run(table, asked):
    """It fails on the tree as it is, too, so it would notice everything: no row is written."""
    _, answers = asked
    answers["prove", True] = answers["prove", False] = "paid twice"
    with pytest.raises(SystemExit, match="The campaign fails with nothing broken: paid twice"):
        proof.run([FIRST], proof.Proof(["campaign"]), table)
    assert table.rows() == []


def test_a_test_that_is_red_anyway_watches_nothing(table, asked, capsys):
    """It is named, and left out when something is broken."""
    seen, answers = asked
    answers["pytest", False] = "tests/test_pay.py::test_slow"
    assert not proof.run([FIRST], proof.Proof(["tests"]), table)
    assert "so they watch nothing:\n  tests/test_pay.py::test_slow" in capsys.readouterr().out
    assert "--deselect=tests/test_pay.py::test_slow" in seen.commands[-1]


@pytest.mark.parametrize(
    ("printed", "failed"),
    [
        ("FAILED tests/a/test_b.py::test_c[x y] - assert 1 == 2", ["tests/a/test_b.py::test_c[x y]"]),
        ("ERROR tests/a/test_b.py - SyntaxError", ["tests/a/test_b.py"]),
        ("| **orders made twice** | 0 | 2 |", ["orders made twice"]),
        ("| **orders made twice** | 0 | 0 |", ["exit code 1"]),
    ],
)
def test_what_failed_is_read_from_what_was_printed(tmp_path, printed, failed):
    """Of tests and of the campaign; else the exit code stands for it."""
    told = ["-c", f"import sys; print({printed!r}); sys.exit(1)"]
    assert proof._failures(told, tmp_path) == failed  # noqa: SLF001 - the words of the table are made here
    assert proof._failures(["-c", "raise SystemExit(5)"], tmp_path) == []  # noqa: SLF001 - pytest found no test


def test_a_mutation_that_nobody_notices_fails_the_run(tmp_path, asked):
    """The exit code is 1, and the name is printed."""
    path = str(tmp_path / "mutations.md")
    done = CliRunner().invoke(proof.app, ["--only", FIRST.name, "--by", "tests", "--table", path])
    assert done.exit_code == 1
    assert f"1 mutations, 1 noticed by nobody.\n  {FIRST.name}" in done.output


def test_a_stopped_run_goes_on_where_it_was(table, asked):
    """What the table has already is not broken again."""
    seen, _ = asked
    table.put(Row(FIRST.name, "`test_pay.py::test_once`", NOT_RUN, NOT_RUN, 3), order=NAMES)
    assert not proof.run([FIRST, SECOND], proof.Proof(["tests"]), table, resume=True)
    assert seen == [("pytest", False), ("pytest", True)]
    assert [row.name for row in table.rows()] == [FIRST.name, SECOND.name]


def test_a_new_run_forgets_its_own_rows_alone(table, asked):
    """The row of another mutation stays."""
    table.put(Row(FIRST.name, "`test_old`", NOT_RUN, NOT_RUN, 3), order=NAMES)
    table.put(Row(SECOND.name, "`test_old`", NOT_RUN, NOT_RUN, 3), order=NAMES)
    proof.run([FIRST], proof.Proof(["tests"]), table)
    assert {row.name: row.tests for row in table.rows()} == {FIRST.name: NOBODY, SECOND.name: "`test_old`"}


def test_the_parts_of_a_run_are_the_whole():
    """Each mutation is in exactly one part."""
    parts = [_listed("--part", f"{number}/3") for number in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == sorted(NAMES)


@pytest.mark.parametrize("part", ["0/3", "4/3", "half"])
def test_a_part_that_is_none_is_refused(part):
    """It says how a part is written."""
    done = CliRunner().invoke(proof.app, ["--list", "--part", part])
    assert done.exit_code == 2
    assert "write 2/5 for the second fifth" in done.output


def test_mutations_are_chosen_by_name_or_place():
    """`--only` takes a part of either."""
    assert _listed("--only", FIRST.name) == [FIRST.name]
    at = "registrars.ovh.payments:"
    assert _listed("--only", at) == [each.name for each in MUTATIONS if each.at.startswith(at)]


def test_a_broken_copy_differs_in_one_file():
    """The tree itself stays whole."""
    before = (proof.ROOT / FIRST.file).read_text()
    with proof.copied(FIRST) as copy:
        assert (copy / FIRST.file).read_text() == FIRST.mutated(before)
        assert (copy / "tests" / "conftest.py").read_text() == (proof.ROOT / "tests" / "conftest.py").read_text()
    assert (proof.ROOT / FIRST.file).read_text() == before


def _listed(*options):
    printed = CliRunner().invoke(proof.app, ["--list", *options]).output
    return [line for line in printed.splitlines() if not line.startswith(" ")]
