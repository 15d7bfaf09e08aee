"""What operators read about the comparison with OVH, in Slack and in a terminal."""

from __future__ import annotations


def hidden_order(order: int, since: str | None) -> str:
    """Return what is known of an order that OVH does not show; `since` is when the bot first read it, in words."""
    known = f"I first saw it {since}. " if since else ""
    return f"{order} · OVH lists it, but I can't read it. {known}Look at it on OVH's site."
