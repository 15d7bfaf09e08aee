"""What operators read in a direct message: what is wrong, and what to do about it. Reasons arrive escaped."""

from __future__ import annotations

from datetime import date

_TODO = {
    "database": "Check that the database runs, accepts writes, and has room on its disk.",
    "slack": "Check the app's tokens and scopes at api.slack.com/apps, and reinstall it if a scope is missing.",
    "ovh": "Check OVH's status page and the key: `domain-desk login` makes a new one.",
    "jobs": "Read the log, then restart the bot. A restart loses nothing and orders nothing twice.",
    "account": "Decide which of the two bots stays on this account.",
}
_LOOK = "The page /healthz and the log say more."


def alarm(part: str, reason: str) -> str:
    """Return that a part of the bot has been unhealthy for a while."""
    return f"*I have a problem: {part}.* {reason.rstrip('.')}.\n{_TODO.get(part, _LOOK)}"


def key_ends(key: str, days: int, on: date) -> str:
    """Return that an OVH key ends soon; `key` is `first` or `money`."""
    left = "in a day" if days <= 1 else f"in {days} days"
    which, option, then = "My OVH key", "", "nobody can search, order or pay from Slack"
    if key == "money":
        which, option, then = "My OVH key for money", " --money", "I can neither order nor pay"
    return (
        f"*{which} ends {left}*, on {on:%Y-%m-%d}. Then {then}.\n"
        f"On the bot's machine run `domain-desk login{option}`, then restart the bot."
    )


def nobody_decides(needed: int) -> str:
    """Return that fewer people than `needed` are left who may approve."""
    who = "Nobody is left who may approve" if needed == 1 else f"Fewer than {needed} people are left who may approve"
    return (
        f"*{who} a request.* The people in `DESK_APPROVERS` left the workspace, or are no full members of it.\n"
        "Add a person to `DESK_APPROVERS`, or to its user group in Slack, and restart the bot."
    )


NOBODY_PAYS = (
    "*Nobody is left who may pay an order.* The people in `DESK_PAYERS` left the workspace, or are no full members of "
    "it.\nAdd a person to `DESK_PAYERS`, or to its user group in Slack, and restart the bot."
)
