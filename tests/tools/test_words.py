"""The check that names and prose use the glossary's words."""

import pytest

from tools.old_words import LONGEST_TEST_NAME, NAMES, PARTS, PROSE
from tools.words import faults, in_project


def found(source: str, path: str = "bot/some.py") -> list[str]:
    return list(faults(path, source))


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("class Lane: ...", "CallScheduler"),
        ("def give_back(): ...", "release"),
        ("def f(story): ...", "scenario"),
        ("self.told = 1", "reported"),
        ("for _shown in rows: ...", "rendered"),
        ("def untold_events(): ...", "undelivered"),
        ("class OfDeed: ...", "money call"),
        ("# It is done anew.", "again"),
        ('"""What whoever asks gets."""', "user"),
        ('def f():\n    """Do it.\n\n    For ever.\n    """', "indefinitely"),
    ],
)
def test_finds_old_words_of_python(source, use):
    """In names, comments and docstrings, each with the word to use."""
    [fault] = found(source)
    assert fault.startswith("bot/some.py:")
    assert use in fault


@pytest.mark.parametrize(
    "source",
    [
        "told()",  # a use: its definition is reported
        'message = "whoever asks"',
        "answers = question.page",
        "# as `told` in the record",
        "def f(asked, given, kept): ...",
        "class SharedCart: ...",
    ],
)
def test_passes_other_words_and_strings(source):
    """Ordinary words, strings of the program, quoted code."""
    assert found(source) == []


def test_reports_the_line():
    """A fault leads to its place, also inside a docstring."""
    assert found('x = 1\n\n\ndef f():\n    """One.\n\n    Lately.\n    """') == [
        "bot/some.py:7: “Lately”: use recently"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/glossary.md", "Whoever reads"),
        ("Makefile", "x:  ## Look-ups"),
        ("sandbox/page/static/a.js", "// beside it"),
    ],
)
def test_finds_old_words_of_other_files(path, text):
    """Markdown, the Makefile and the page are prose."""
    assert len(found(text, path)) == 1


def test_skips_code_blocks():
    """A block of code in Markdown is no prose."""
    assert found("```\nwhoever\n```\n", "docs/glossary.md") == []


def test_limits_test_names():
    """A longer promise belongs into the docstring."""
    longest = "test_" + "a" * (LONGEST_TEST_NAME - 5)
    assert found(f"def {longest}(): ...", "tests/test_a.py") == []
    [fault] = found(f"def {longest}a(): ...", "tests/test_a.py")
    assert "61 characters" in fault


def test_lets_stored_names_stand():
    """A parameter of a sentence has the name of the stored data."""
    assert found("def _(told): ...", "handlers/messages/en/news.py") == []


def test_each_word_has_another():
    """No word is its own replacement, and none is listed twice."""
    words = [*NAMES.values(), *PARTS.values(), *PROSE]
    assert not [word.text for word in words if word.use == word.text]
    assert len({word.text for word in PROSE}) == len(PROSE)


def test_the_project_has_none():
    """As `make check` finds it."""
    assert in_project() == []
