"""What people read when something did not work: bugs, restarts, old buttons and forms, late clicks."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.text.command_name import code

APP = "Domain Desk"  # the title of a form that shows only a message
OLD_FORM = "This form is from an older version of mine. Close it, then press the button again."
RESTARTING = "I'm restarting. Your click is on record, and I'll go on with it in a moment."
REST_LEFT_OUT = "The rest of what you typed does not fit here."


def ask(who: Sequence[str]) -> str:
    """Return whom to ask for what one may not do oneself; `who` are mentions."""
    return f"Ask {', '.join(who)}."


def your_text(what: str) -> str:
    """Return the heading over a text that a person typed in vain, such as “Your reason”, escaped."""
    return f"{what}:"


def unforeseen(reference: str) -> str:
    """Return the message about a bug, with the reference of its log line."""
    return (
        "Something went wrong on my side, so that may not have worked. "
        f"Look at {code('pending')} before you try again. "
        f"If it happens twice, give the operator this reference: `{reference}`"
    )


def cut_short() -> str:
    """Return the message to a person whose command or click was not finished before a restart."""
    return f"I'm restarting. Look at {code('pending')} in a moment, and ask again if it is not there."


def done_already(cart: int) -> str:
    """Return the answer to a second click on a button that decides once."""
    return f"You did that already for #{cart}. Its card shows the result."


def ended_before(cart: int) -> str:
    """Return the answer to a click that another person's decision overtook."""
    return f"#{cart} was stopped, rejected or withdrawn just before, so your click changed nothing."


def lapsed(cart: int) -> str:
    """Return the answer to a click that waited too long to be carried out."""
    return (
        f"I was away when you clicked on #{cart}, and that is too long ago to count now. Nothing was done. "
        "Please look at its newest card and decide again."
    )


def in_line(position: int, waiting: int) -> str:
    """Return the message to a person whose request is waiting for a call to OVH."""
    return f"OVH is busy. This request is #{position} of {waiting} in line, and I'll run it when its turn comes."
