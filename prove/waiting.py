"""Why a payment waits (docs/adr/0016-when-an-order-can-be-paid-again.md): three cases, counted separately."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select
from sqlmodel import col

from ordering.model.cart import CartState
from ordering.model.facts import EventKind
from store.engine import open_engines
from store.tables import CartRow

NO_ANSWER = "a payment waits for a person: its answer was lost"
NOTHING_RENDERED = "a payment waits for a person: OVH took it on, and showed nothing"
UNDER_WAY = "a payment is shown as under way: nobody is asked"
_ASKS = "It was not paid"  # a button
_PROCESSING = "OVH is processing the payment"


class Waiting:
    """Reads each new card of a run; if it asks a user, also reads what the bot knows about the payment."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._seen: set[str] = set()

    @property
    def cases(self) -> Counter[str]:
        """Each case at most once per run, however often its card changed."""
        return Counter(self._seen)

    async def look(self, card: str) -> None:
        if _PROCESSING in card:
            self._seen.add(UNDER_WAY)
        if _ASKS in card:
            accepted = await asyncio.to_thread(self._is_accepted)
            if accepted is not None:
                self._seen.add(NOTHING_RENDERED if accepted else NO_ANSWER)

    def _is_accepted(self) -> bool | None:
        """Return whether OVH answered 200 to the call; None if no user is asked about it (any more)."""
        waits = col(CartRow.state) == CartState.NEEDS_ATTENTION.value
        asked = col(CartRow.note_kind) == EventKind.PAYMENT_UNKNOWN.value
        sent = col(CartRow.payment_sent_at).is_not(None)
        query = select(col(CartRow.payment_accepted_at)).where(waits, asked, sent)
        engines = open_engines(self._database)
        try:
            with engines.read.connect() as connection:
                found = connection.execute(query).first()
        finally:
            engines.close()
        return None if found is None else found[0] is not None
