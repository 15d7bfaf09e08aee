"""Every sentence that a person reads in Slack: made here, from codes and data.

`ordering`, `registrars` and `store` hold no sentences: a refusal has a code and parameters, an event a kind and data.
Views and listeners take their own words from here too. So rewording a sentence changes no behaviour and no digest.
"""

from __future__ import annotations

from handlers.messages import en as words
from handlers.messages.catalogue import Hint, Said
from ordering.model.errors import OrderingError
from ordering.model.facts import Data, Fact

__all__ = ["Hint", "Said", "refusal", "refused", "told", "words"]


def refusal(error: OrderingError) -> Said:
    """Return what a person reads about a refusal, as plain text, with a command to type next if there is one."""
    return refused(error.code, error.params)


def refused(code: str, params: Data) -> Said:
    """Return what a person reads about a refusal whose code and parameters were stored."""
    return words.REFUSALS.said(code, params) or words.unknown_refusal(code)


def told(fact: Fact) -> str:
    """Return what people read about a fact, as plain text; empty if the fact says nothing beyond its state."""
    said = words.EVENTS.said(fact.kind, fact.data)
    return said.text if said else ""
