"""What people read about an event of a cart, by the event's kind."""

from __future__ import annotations

from handlers.messages.catalogue import Catalogue
from ordering.model.facts import EventKind as K

EVENTS = Catalogue()
_says = EVENTS.says


@_says(K.INVOICE_RECEIVED)
def _(ovh: dict[str, str]) -> str:
    return f"OVH's invoice is {ovh['invoice']}."
