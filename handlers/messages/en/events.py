"""The two catalogues of a cart's facts, by the kind of event.

`EVENTS` is for the thread and the history: what happened. `REMARKS` is for the card: what people should know about the
cart's present state. Many facts have the same sentence in both.
"""

from __future__ import annotations

from handlers.messages.catalogue import Catalogue, Sentence
from ordering.model.facts import EventKind

EVENTS, REMARKS = Catalogue(), Catalogue()
event, remark = EVENTS.says, REMARKS.says


def both(kind: EventKind) -> _Both:
    """Register a function as the sentence of a kind in the thread and on the card."""
    return _Both(kind)


class _Both:
    def __init__(self, kind: EventKind) -> None:
        self._kind = kind

    def __call__(self, sentence: Sentence) -> Sentence:
        return event(self._kind)(remark(self._kind)(sentence))
