"""The help: how to use the bot, on one screen."""

from __future__ import annotations

from handlers.messages import words
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit.blocks import RenderedMessage, section

_TYPED_LENGTH = 80


def help_message(*, unknown: str = "", suggestion: str | None = None, hint: str = "") -> RenderedMessage:
    """Return the help. After an unknown command it starts with a suggestion, or names the button to use."""
    first = words.commands.HOW_IT_WORKS
    if unknown:
        meant = escape(suggestion) if suggestion else None
        first = words.commands.no_such_command(cut(escape(unknown), _TYPED_LENGTH), meant=meant, hint=hint)
    return RenderedMessage.of(words.commands.alone(first), [section(first), section(words.commands.all_commands())])
