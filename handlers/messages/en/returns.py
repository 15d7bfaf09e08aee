"""What people read about a request that an approver returned for changes. What people wrote arrives escaped."""

from __future__ import annotations

from handlers.messages.en.phrases import money
from handlers.text.mrkdwn import person
from ordering.model.cart import Cart
from ordering.model.facts import Data

# The form that asks why ----------------------------------------------------------------------------------------------


def ask_title(cart: int) -> str:
    """Return the title of the form in which an approver asks for changes."""
    return f"Changes to #{cart}"


WHAT_TO_CHANGE = "What should change?"
WHAT_TO_CHANGE_HINT = "The requester reads this, edits the request and sends it again."
WHAT_TO_CHANGE_MISSING = "Say in a few words what should change."

# The returned request ------------------------------------------------------------------------------------------------


CHANGES_REQUESTED = "Changes requested"


def card(cart: Cart, reason: str) -> str:
    """Return what everybody reads of a returned request: who wants what changed, and who does it."""
    fact = cart.fact.data if cart.fact else {}
    next_one = f"Next: {_requester(cart)} edits the request and sends it again."
    return f"🟠 *#{cart.id} · {CHANGES_REQUESTED}*{_total(fact)}\n{_by(fact)}: {reason}\n{next_one}"


def told(cart: Cart, by: str | None, reason: str) -> str:
    """Return, to the requester, that an approver asks for changes."""
    return f"🟠 *#{cart.id} · {CHANGES_REQUESTED}* by {person(by) if by else 'an approver'}\n>{reason}\n{WHAT_NEXT}"


WHAT_NEXT = "Edit the request, then request approval again. Nothing was ordered."


# The form to edit it -------------------------------------------------------------------------------------------------


def edit_title(cart: int) -> str:
    """Return the title of the form in which a returned request is edited."""
    return f"Edit request #{cart}"


def wanted(cart: Cart, reason: str) -> str:
    """Return what the approver wants, above the form."""
    fact = cart.fact.data if cart.fact else {}
    return f"*{_by(fact)} asks for changes*\n>{reason}"


NO_NAMES = "No names are left. Withdraw the request, or close this form."


def _by(fact: Data) -> str:
    by = fact.get("by")
    return person(str(by)) if by else "An approver"


def _total(fact: Data) -> str:
    total = fact.get("total")
    return f" · {money(total)}" if isinstance(total, dict) else ""


def _requester(cart: Cart) -> str:
    return person(cart.requester) if cart.requester else "The requester"
