"""How English counts, joins and measures: the small pieces that sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers.text.mrkdwn import cut, person
from ordering.model.cart import Cart

_NAMED = 5  # names of a cart that a sentence lists
_FEW = 4  # things in one line
_NAMES_LENGTH = 200  # characters


def counted(number: int, thing: str) -> str:
    """Format a count with its noun: ``1 name``, ``3 names``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def years(number: int) -> str:
    """Format a number of years: ``1 year``, ``3 years``."""
    return counted(number, "year")


def names(cart: Cart) -> str:
    """Return a cart's first names, and how many more there are."""
    if not cart.lines:
        return "no names"
    visible = ", ".join(str(line.domain) for line in cart.lines[:_NAMED])
    more = len(cart.lines) - _NAMED
    return cut(visible, _NAMES_LENGTH) + (f" and {more} more" if more > 0 else "")


def listed(things: Sequence[str]) -> str:
    """Join a list: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def few(things: Sequence[str]) -> str:
    """Join a list of any length: at most a few of them, and how many more there are."""
    if len(things) <= _FEW:
        return listed(things)
    return f"{', '.join(things[: _FEW - 1])} and {len(things) - _FEW + 1} more"


def people(users: Iterable[str]) -> str:
    """Mention several users: ``@ada, @ben and @cleo``."""
    return listed([person(user) for user in users])


def lasting(seconds: float) -> str:
    """Format a rough duration: ``8 s``, ``40 s``, ``3 min``."""
    if seconds < 10:  # noqa: PLR2004 - below ten seconds, each second counts
        return f"{max(round(seconds), 1)} s"
    return f"{5 * round(seconds / 5)} s" if seconds < 90 else f"{round(seconds / 60)} min"  # noqa: PLR2004 - as people say


def ago(since: timedelta) -> str:
    """Format an age: ``1 minute ago``, ``4 minutes ago``."""
    return f"{counted(max(round(since.total_seconds() / 60), 1), 'minute')} ago"


def day(at: datetime) -> str:
    """Format a date for a monospaced text, in which Slack shows no dates in the reader's own time zone."""
    return f"{at.day} {at:%b %Y}"


def more(number: int, things: str, *, after: bool = True) -> str:
    """Count what does not fit; `after` is False if nothing stands before it: ``and 3 more names``, ``3 more names``."""
    return f"{'and ' if after else ''}{number} more {things}"


def capitalised(text: str) -> str:
    """Return a text with a capital letter first."""
    return text[:1].upper() + text[1:]
