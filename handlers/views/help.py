"""The help on one screen, and the one-line answer to what was not understood."""

from __future__ import annotations

from handlers.messages import words
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, section
from handlers.toolkit.payloads import Nothing, Typed

_TYPED_LENGTH, _LABEL = 80, 40


def help_message() -> RenderedMessage:
    """Return the help."""
    first = words.commands.HOW_IT_WORKS
    return RenderedMessage.of(words.commands.alone(first), [section(first), section(words.commands.all_commands())])


def wrong(sentence: str, *, search: str = "") -> RenderedMessage:
    """Return one line on what was wrong, with *Help*, and a button to search what was typed if that may be meant."""
    look = None
    if search:
        look = button(words.buttons.search_for(cut(search, _LABEL)), Act.SEARCH_TYPED, Typed(search))
    help_button = button(words.buttons.HELP, Act.HELP, Nothing())
    return RenderedMessage.of(sentence, [section(sentence), *buttons(look, help_button)])


def unknown_command(typed: str, *, meant: str | None = None, hint: str = "", search: str = "") -> RenderedMessage:
    """Return the answer to a command that does not exist; `meant` is the command that comes closest."""
    known = cut(escape(typed), _TYPED_LENGTH)
    closest = escape(meant) if meant else None
    return wrong(words.commands.no_such_command(known, meant=closest, hint=hint), search=search)
