"""Text for users: foreign text is escaped, and dates and users are written in Slack's own syntax."""

from __future__ import annotations

import unicodedata
from datetime import datetime

_SHORT_PSEUDONYM = 13  # characters: `person:` and six digits, which tell people of one request apart
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, direction and private characters, line breaks


def escape(text: str) -> str:
    """Escape foreign text for mrkdwn: nothing in it can ping, link, break a line or a code block."""
    return escape_markup(plain(text).replace("`", "'"))


def escape_lines(text: str) -> str:
    """Escape foreign text line by line, and keep the line breaks, which are ours."""
    return "\n".join(escape(line) for line in text.split("\n"))


def plain(text: str) -> str:
    """Return the visible part of a text on one line; empty if it has only spaces and invisible characters."""
    return " ".join("".join(" " if unicodedata.category(c) in _HARMFUL else c for c in text).split())


def escape_markup(text: str) -> str:
    """Escape the three characters that Slack reads as markup, in our own sentence with foreign parts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters with an ellipsis, without a half-cut entity or mention."""
    return text if len(text) <= limit else _ended(text[: limit - 1])


def cut_bytes(text: str, limit: int) -> str:
    """Like `cut`, but with a limit in bytes of UTF-8; never cuts inside a code point."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return text
    return _ended(raw[: max(limit - len("…".encode()), 0)].decode("utf-8", "ignore"))


def _ended(kept: str) -> str:
    """Drop half an entity or mention from the end of a cut text, and add an ellipsis."""
    for opening, closing in (("&", ";"), ("<", ">")):
        start = kept.rfind(opening)
        if start > kept.rfind(closing):
            kept = kept[:start]
    return kept.rstrip() + "…"


def person(user: str) -> str:
    """Return a mention; a user who was erased has a pseudonym, which mentions nobody."""
    return f"{user[:_SHORT_PSEUDONYM]} (erased)" if ":" in user else f"<@{user}>"


def group_or_person(member: str) -> str:
    return f"<!subteam^{member}>" if member.startswith("S") else person(member)


def when(at: datetime) -> str:
    """Format a moment in the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def date(at: datetime) -> str:
    """Format a day in the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}|{at:%Y-%m-%d}>"


def clock(at: datetime) -> str:
    """Format a time of day in the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"
