"""What the users' page tells them to type, press and set exists, and nothing that exists is left out."""

import re
from pathlib import Path

from bot.settings.names import KNOWN
from handlers.command import _BY_BUTTON, _SUBCOMMANDS
from handlers.messages import words
from handlers.search.query_parser import search_of
from handlers.views.help import help_message

PAGE = (Path(__file__).parents[2] / "docs" / "using.md").read_text()
TYPED = re.findall(r"`/domain ([^`]*)`", PAGE)
_COMMAND = re.compile(r"[a-z]+(?![\w.-])")


def commands(texts: list[str]) -> set[str]:
    return {found[0] for text in texts if (found := _COMMAND.match(text))}


def test_every_command_of_the_page_exists():
    assert commands(TYPED) - {"help"} == set(_SUBCOMMANDS)
    assert not commands(TYPED) & set(_BY_BUTTON)


def test_the_help_and_the_page_tell_the_same_commands():
    told = re.findall(r"`/domain ([^`]*)`", str([block.to_dict() for block in help_message().blocks]))
    assert commands(told) | {"help"} == commands(TYPED)


def test_every_option_of_the_page_is_understood():
    """What the page says to type is read without a complaint."""
    searches = [text for text in TYPED if text.startswith("search ") or "." in text.split()[0]]
    assert len(searches) > 5
    for text in searches:
        query, unreadable = search_of(text.removeprefix("search "))
        assert unreadable == [], text
        assert query.names or query.words, text
    options = set(re.findall(r"--\w+", PAGE))
    assert options == set(re.findall(r"--\w+", words.search.no_such_option("--x"))) - {"--x"}


def test_every_button_of_the_page_has_its_label():
    labels = {value for name, value in vars(words.buttons).items() if name.isupper()}
    for label in re.findall(r"(?<!\*)\*([A-Z][a-z]+(?: [a-z]+)*)\*(?!\*)", PAGE):
        assert label in labels, label


def test_every_setting_of_the_page_exists():
    assert set(re.findall(r"`(DESK_\w+)`", PAGE)) <= set(KNOWN)
