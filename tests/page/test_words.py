"""The page completes the words that the bot knows, and no others."""

import re
from pathlib import Path

from handlers.views.help import help_message

_COMPOSER = Path(__file__).parents[2] / "sandbox" / "page" / "static" / "composer.js"


def test_the_page_offers_what_the_help_tells():
    offered = re.findall(r'^  \["(\w+)", "[^"]*", "[^"]*"\],$', _COMPOSER.read_text(), re.MULTILINE)
    told = re.findall(r"`/domain (\w+)(?![\w.])", str([block.to_dict() for block in help_message().blocks]))
    assert set(offered) == {*told, "help"}
