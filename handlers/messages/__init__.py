"""Every sentence that a person reads in Slack: made here, from codes and data.

`ordering`, `registrars` and `store` hold no sentences: a refusal has a code and parameters, an event a kind and data.
Views and listeners take their own words from here too. So rewording a sentence changes no behaviour and no digest.
"""

from __future__ import annotations

from handlers.messages import en as words
from handlers.messages.catalogue import Hint, Said
from ordering.model.cart import Trouble
from ordering.model.errors import OrderingError
from ordering.model.facts import Fact

__all__ = ["Hint", "Said", "blocked", "refusal", "told", "words"]


def refusal(error: OrderingError) -> Said:
    """Return what a person reads about a refusal, as plain text, with a command to type next if there is one."""
    if error.sentence:  # not in the catalogue yet
        return Said(error.sentence, Hint(error.hint.words, error.hint.effect) if error.hint else None)
    said = words.REFUSALS.said(error.code, error.params) or words.unknown_refusal(error.code)
    return Said(said.in_full, said.hint)


def blocked(trouble: Trouble) -> str:
    """Return why the bot cannot advance a cart, as plain text. It tries again by itself, so nothing is advised."""
    said = words.REFUSALS.said(trouble.code, trouble.data) if trouble.code else None
    return said.text if said else trouble.said


def told(fact: Fact) -> str:
    """Return what people read about a fact, as plain text; empty if the fact says nothing beyond its state."""
    said = words.EVENTS.said(fact.kind, fact.data)
    return said.text if said else ""
