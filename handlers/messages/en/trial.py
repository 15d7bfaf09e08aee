"""What people read about the trial. Cards and messages about a request of the trial say that nothing is ordered."""

from __future__ import annotations

from typing import Any

from handlers.messages.en.events import both
from handlers.messages.en.phrases import money
from handlers.messages.en.refusals import REFUSALS
from ordering.model.facts import EventKind as K

SHORT = "Trial: nothing is ordered."
LINE = f"*{SHORT}* This is how it goes with real prices, up to the order."
IN_LIST = "trial, nothing is ordered"
# On the card of a request from before the trial.
BEFORE = "The trial is on. This was requested before it: it can't be approved, ordered or paid until the trial ends."
CHECKING = "approved. I'm checking what OVH would order. Nothing is ordered in the trial"


def approved(cart: int) -> str:
    """Return the answer to the last approval of a request of the trial."""
    return f"You approved cart #{cart}. {SHORT} The card will show what would be ordered."


def said(text: str) -> str:
    """Return a sentence about a request of the trial with that said after it."""
    return text if SHORT in text else f"{text} {SHORT}"


@both(K.TRIAL_ENDED)
def _(total: dict[str, Any]) -> str:
    return f"{SHORT} This would be ordered now, for {money(total)} with tax."


@REFUSALS.says("trial_is_on")
def _(cart: int | None = None) -> str:
    which = f"Cart #{cart}" if cart is not None else "This"
    return f"The trial is on, so nothing is ordered or paid. {which} was requested before it, and waits for its end."
