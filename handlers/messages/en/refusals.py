"""What people read when something is refused, by the code of the refusal: the catalogue, and what fits any refusal.

The other sentences are in the files `refusals_*`, by topic.
"""

from __future__ import annotations

from handlers.messages.catalogue import Catalogue, Hint, Wording
from ordering.model.facts import Data

REFUSALS = Catalogue()
TRY_AGAIN = "Try again in a minute."
_says = REFUSALS.says


def unknown_refusal(code: str) -> Wording:
    """Return the sentence for a code that has none: a refusal of another version of the bot."""
    return Wording(
        f"That was refused, and nothing was changed. If it happens again, tell the operator this word: {code}."
    )


def nested(refusal: Data) -> str:
    """Return the sentence of a refusal that caused another one, or is one of several, from its data."""
    code = str(refusal["error"])
    return (REFUSALS.sentence(code, refusal) or unknown_refusal(code)).in_full


@_says("refused", "not_possible")
def _() -> str:
    return "That isn't possible, so nothing was changed."


@_says("not_allowed")
def _() -> str:
    return "You can't do that, so nothing was changed."


@_says("invalid_name")
def _() -> str:
    return "That can't be a domain name."


@_says("invalid_answer")
def _() -> str:
    return "That doesn't answer the question."


@_says("internal_error")
def _(reference: str) -> str:
    return f"I made a mistake here, and I'm trying again. The operator finds it in the log: {reference}."


# Cards and buttons


@_says("cart_changed")
def _(cart: int) -> str:
    return f"Cart #{cart} changed in the meantime. Look at it again, then try once more."


@_says("card_outdated")
def _(cart: int) -> str:
    return f"Cart #{cart} changed since that card was shown, so nothing was done. Look at its newest card, then decide."


@_says("old_button")
def _() -> Wording:
    return Wording("That button is from an older message.", Hint("pending", "shows the newest state"))


@_says("card_before_restore")
def _(cart: int) -> str:
    return (
        "That card is from before my database was restored, so nothing was done. "
        f"Use the newest card of cart #{cart}. If there is none, please request it again."
    )


@_says("card_of_another_desk")
def _() -> str:
    return "This card belongs to another Domain Desk, so nothing was done."


@_says("form_needs_operator")
def _(fix: str) -> str:
    return f"{fix} Please tell the operator of this app."


@_says("form_refused")
def _() -> str:
    return "Slack refused this form. Please tell the operator of this app: the log says why."


@_says("form_too_late")
def _(button: str) -> str:
    return f"Slack took too long to open the form. Please press {button} again."


@_says("form_not_opened")
def _(button: str) -> str:
    return f"Slack didn't say whether the form opened. If you don't see it, press {button} again."


@_says("link_not_shown")
def _(reason: Data) -> str:
    return f"I couldn't show you the link. {nested(reason)}"


# Recover mode


@_says("on_hold", "database_went_back")
def _() -> str:
    return (
        "I'm on hold: I'm comparing my records with OVH's after a restore. Until that's done, nothing is "
        "ordered, paid, approved or requested. An operator is on it."
    )


@_says("not_on_hold")
def _() -> str:
    return "I'm not on hold any more: there is nothing left to compare."


@_says("comparison_of_another_epoch")
def _() -> str:
    return "That comparison is from before another restore. Please compare again."


@_says("comparison_of_older_version")
def _() -> str:
    return "That button is from an older version. Please compare again."


@_says("comparison_outdated")
def _() -> str:
    return "An order or a payment moved on since that comparison. Please compare again."
