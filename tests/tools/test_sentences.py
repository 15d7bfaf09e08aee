"""The check that sentences are made in the catalogue alone."""

import pytest

from tools.sentences import APART, LIST, counts, elsewhere, faults, in_project, sentences


def texts(source: str) -> list[str]:
    return [found.text for found in sentences(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('say("Nothing was ordered.")', ["Nothing was ordered."]),
        ('say(f"Cart #{n} is empty")', ["Cart #{} is empty"]),
        ('say(f"{n} more {things}, and others")', ["{} more {}, and others"]),
        ("say(f\"{there if n else 'not there'}\")", ["not there"]),
        ('say("One" " and another")', ["One and another"]),
        ('button("Approve", act)', ["Approve"]),
        ('RenderedMessage.from_text(f"Paying {amount}")', ["Paying {}"]),
        ('View(title="Years", submit=words.SAVE)', ["Years"]),
        ('LABELS = {"a": "Two words"}', ["Two words"]),
        ('raise NotPossible("Not that one.")', ["Not that one."]),
    ],
)
def test_finds_what_people_read(source, found):
    """Literals with two words, and single words where Slack's views show them."""
    assert texts(source) == found


@pytest.mark.parametrize(
    "source",
    [
        '"""A module of some kind."""',
        'def f():\n    """Do some thing."""\n    "And a note below"',
        'raise AssertionError(f"cart {n} has no order")',
        'raise ValueError("not a number at all")',
        '_log.info("was refused by", why="no user in the answer")',
        're.compile("one or two")',
        'SEPARATORS = r"(?:[\\s]and or)+"',
        'text("SELECT id FROM carts")',
        'KINDS = "not_authed invalid_auth ratelimited"',
        'key = f"cart {cart_id} "',
        'value = f"{cart_id} {mark}"',
        'code("search name.ovh")',
        'Question(label="REASON")',
        'button(words.buttons.PAY, act, "pay")',
        'def f(told: "some or other") -> None: ...',
        'Json: TypeAlias = "str or int"',
        'f"{at:%d of %B}"',
    ],
)
def test_passes_what_no_one_reads_in_slack(source):
    """Docstrings, programmer errors, log lines, patterns, SQL, codes, annotations."""
    assert texts(source) == []


def test_names_line_and_text():
    """A fault leads to its place."""
    found = {"a.py": sentences("x = 1\ny = 'Two words'")}
    assert list(faults(found, {})) == ["a.py:2: a sentence outside handlers/messages: 'Two words'"]


@pytest.mark.parametrize("listed", ["all", ["Two words"]])
def test_accepts_what_is_read_elsewhere(listed):
    """A whole file, or one of its sentences."""
    assert list(faults({"a.py": sentences("y = 'Two words'")}, {"operators read": {"a.py": listed}})) == []


def test_a_new_sentence_in_a_listed_file_is_found():
    """A file whose sentences are named may have no others."""
    found = {"a.py": sentences("y = 'Two words'\nz = 'Three other words'")}
    (fault,) = faults(found, {"operators read": {"a.py": ["Two words"]}})
    assert "Three other words" in fault


@pytest.mark.parametrize("listed", ["all", ["Two words"]])
@pytest.mark.parametrize("found", [{}, {"a.py": []}])
def test_demands_a_short_list(found, listed):
    """An entry without a sentence must leave the list."""
    (fault,) = faults(found, {"operators read": {"a.py": listed}})
    assert fault.startswith("a.py has no such sentence any more")


def test_says_who_reads_the_others():
    """What people read in Slack is counted apart from what operators and programs read."""
    found = {"a.py": sentences("y = 'Two words'"), "b.py": sentences("x = 'In Slack'")}
    assert list(counts(found, {"operators read": {"a.py": "all"}, "programs read": {}})) == [
        "1 sentences that people read in Slack are outside handlers/messages.",
        "1 texts in 1 files are what operators read.",
        "0 texts in 0 files are what programs read.",
    ]


def test_the_project_has_none_outside():
    """As `make check` finds it."""
    found = in_project()
    assert list(faults(found, elsewhere(LIST.read_text()))) == []
    assert not any(path.startswith(APART) for path in found)
