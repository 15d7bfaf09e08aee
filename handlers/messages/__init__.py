"""Every sentence that a person reads in Slack: made here, from codes and data.

`ordering`, `registrars` and `store` hold no sentences: a refusal has a code and parameters, an event a kind and data.
Views and listeners take their own words from here too. So rewording a sentence changes no behaviour and no digest.
"""

from __future__ import annotations

from handlers.messages import en as words
from handlers.messages.catalogue import Hint, Wording
from ordering.model.cart import BlockedReason, Cart
from ordering.model.errors import OrderingError
from ordering.model.events import Event
from ordering.model.facts import Data

__all__ = ["Hint", "Said", "blocked", "happened", "refusal", "refused", "remark", "words"]


def refusal(error: OrderingError) -> Wording:
    """Return what a person reads about a refusal, as plain text, with a command to type next if there is one."""
    return refused(error.code, error.params)


def refused(code: str, params: Data) -> Wording:
    """Return what a person reads about a refusal with this code and these parameters."""
    made = words.REFUSALS.sentence(code, params) or words.unknown_refusal(code)
    return Wording(made.in_full, made.hint)


def blocked(reason: BlockedReason) -> str:
    """Return why the bot cannot advance a cart, as plain text. It tries again by itself, so nothing is advised."""
    return words.why({"error": reason.code, **reason.data})


def happened(event: Event) -> str:
    """Return what people read about an event, as plain text; empty if the event says nothing beyond its state."""
    if event.kind is None or event.note is not None:
        return event.note or ""  # of an earlier version
    made = words.EVENTS.sentence(event.kind, event.data or {})
    return made.text if made else ""


def remark(cart: Cart) -> str:
    """Return what people should know about a cart's present state, as plain text; empty if there is nothing to say."""
    if cart.fact is None or cart.note is not None:
        return cart.note or ""  # of an earlier version
    made = words.REMARKS.sentence(cart.fact.kind, cart.fact.data)
    return made.text if made else ""
