"""The daily message with the head of the audit log."""

from __future__ import annotations


def head(events: int, line: str) -> str:
    """Return the message; `line` is the witness, ready to be copied."""
    return (
        f"The audit log has {events:,} events. Nothing to do: this message is a witness outside the database. "
        f"With `domain-desk verify --head {line}` an operator finds out if an event before it was rewritten."
    )
