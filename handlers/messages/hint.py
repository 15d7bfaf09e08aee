"""A hint as mrkdwn: what to type, and what it does."""

from __future__ import annotations

from handlers.messages.catalogue import Hint
from handlers.text.command_name import code
from handlers.text.mrkdwn import escape


def hinted(hint: Hint) -> str:
    """Return a mrkdwn sentence: what to type, and what it does."""
    return f"{code(escape(hint.words))} {escape(hint.effect)}."
