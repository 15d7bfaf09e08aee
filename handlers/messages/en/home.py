"""What people read in the bot's Home."""

from __future__ import annotations

from handlers.text.command_name import code

WAITING_FOR_YOU = "Waiting for you"
NOTHING_WAITING = "Nothing is waiting for you."
YOUR_CARTS = "Your carts"
RECENTLY_BOUGHT = "Recently bought"
NOTHING_BOUGHT = "Nothing bought yet."


def more_waiting(number: int) -> str:
    """Return how many carts are waiting for this person that the Home has no room for."""
    return f"{number} more waiting: {code('pending')} lists them."


def no_carts() -> str:
    """Return what stands in place of a person's own carts."""
    return f"You have no open cart. {code('search name.ovh')} starts one."


def commands() -> str:
    """Return where to find all commands."""
    return f"{code('help')} shows all commands."


def refused_by_slack() -> str:
    """Return the Home that Slack accepts if it refuses the full one."""
    return (
        f"I can't show your Home just now. {code('pending')} lists what is waiting, {code('show 12')} shows one cart."
    )
