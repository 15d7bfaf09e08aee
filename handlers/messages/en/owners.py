"""What approvers and payers read about the future owners of names."""

from __future__ import annotations

from handlers.messages.en.grammar import counted

ASKING = "Asking OVH who will own the names…"
CLOSED = "The form was closed. Press *Show owner* again."
ONLY_YOU = "Only you see this. OVH hands it to the registries, and some publish it."
ACCOUNT_HOLDER = "This is the OVH account's own data: no other owner was chosen."


def title(cart: int) -> str:
    """Return the title of the form."""
    return f"Owner, cart #{cart}"


def others(number: int) -> str:
    """Return how many owners have no room."""
    return f"and {counted(number, 'more owner')}, in OVH's control panel"
