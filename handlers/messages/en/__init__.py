"""The catalogue in English."""

from handlers.messages.en import (
    buttons,
    cart,
    commands,
    contacts,
    details,
    failures,
    grammar,
    home,
    owners,
    prices,
    questions,
    search,
    slack,
    story,
    years,
)
from handlers.messages.en.events import EVENTS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = [
    "EVENTS",
    "REFUSALS",
    "buttons",
    "cart",
    "commands",
    "contacts",
    "details",
    "failures",
    "grammar",
    "home",
    "owners",
    "prices",
    "questions",
    "search",
    "slack",
    "story",
    "unknown_refusal",
    "years",
]
