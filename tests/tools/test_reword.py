"""The rewording of the catalogue: every sentence gets other words, and nothing else changes."""

import ast

import pytest

from tools.reword import BUTTONS, CATALOGUE, ROOT, other_words, reworded


@pytest.mark.parametrize(
    ("source", "other"),
    [
        ("A = 'Nothing was ordered.'", "A = 'Nóthíng wás órdéréd.'"),
        ("A = 'Years'", "A = 'Ýéárs'"),
        ("A = f'Cart #{cart} is empty'", "A = f'Cárt #{cart} ís émptý'"),
        ("A = f\"Two names{' or more' if more else ''}\"", "A = f\"Twó námés{(' ór móré' if more else '')}\""),
        ("A = {'a code here': 'a text here'}", "A = {'a code here': 'á téxt héré'}"),
    ],
)
def test_changes_every_word_of_a_sentence(source: str, other: str):
    """Literals with two words, titles, and the words of an f-string around its values."""
    assert reworded(source) == other


@pytest.mark.parametrize(
    "source",
    [
        "A = 'name_taken'",
        "'''A docstring of a module.'''",
        "@_says('name taken')\ndef _():\n    return 1",
        "A = Hint('show 7')",
        "A = text == 'two words'",
        "A = data['two words']",
    ],
)
def test_leaves_codes_and_commands(source: str):
    """What is stored, compared or typed has its words from elsewhere."""
    assert reworded(source) == ast.unparse(ast.parse(source))


def test_leaves_what_is_no_word_in_a_sentence():
    """Commands, links, values, emojis, names of settings and abbreviations."""
    kept = "`/domain add` <https://example.com|{value}> :warning: --list SLACK_BOT_TOKEN DNS domain-desk recover"
    assert other_words(f"Use {kept} now") == f"Úsé {kept} nów"


def test_rewords_each_module_of_the_catalogue():
    """A module without any other words would be left out of the search."""
    files = [file for file in (ROOT / CATALOGUE).glob("*.py") if file.name not in {BUTTONS, "__init__.py"}]
    same = {file.name for file in files if reworded(text := file.read_text()) == ast.unparse(ast.parse(text))}
    assert same <= {"data.py", "events.py"}  # these only look sentences up
