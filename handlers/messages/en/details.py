"""What people read in the form with everything about a cart."""

from __future__ import annotations

from handlers.messages.en.grammar import counted

CLOSED = "The form was closed. Press *Details* again."


def title(cart: int) -> str:
    """Return the title of the form."""
    return f"Details of #{cart}"


def head(names: int) -> str:
    """Return its first line."""
    return f"*{counted(names, 'name')}*"
