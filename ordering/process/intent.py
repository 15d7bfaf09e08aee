"""The intent of a call that buys or pays: committed before the call, and only while everything still allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ordering.model.cart import Cart
from ordering.model.events import Event, happened
from ordering.ports.store import Store, Transaction


class IntentStopped(Exception):
    """The intent was not committed: the cart was saved as a condition returned it. Nothing may be sent."""


class Condition(Protocol):
    """What must hold in the very transaction that commits an intent.

    Returns None if it holds. Returns the cart as it is to be saved instead if the decision no longer counts. Raises
    `RegistrarUnavailable` where the step must wait: nothing is saved then.
    """

    def __call__(self, carts: Transaction, intent: Cart) -> Cart | None: ...


class Intents:
    """Commits intents under the lock of decisions, after each condition was checked."""

    def __init__(self, store: Store, conditions: Sequence[Condition] = ()) -> None:
        self._store = store
        self._conditions = conditions

    def commit(self, intent: Cart, *events: Event, at: datetime, due_at: datetime) -> Cart:
        """Save the cart with its intent, and return it one version up.

        Raises `IntentStopped` where a condition does not hold, `CartChanged` where the cart is no longer that version.
        """
        with self._store.begin() as carts:
            carts.decide_alone()
            instead = self._first_objection(carts, intent)
            if instead is None:
                return carts.save(intent, *events, due_at=due_at)
            carts.save(instead, happened(instead, at, note=instead.note))
        raise IntentStopped

    def _first_objection(self, carts: Transaction, intent: Cart) -> Cart | None:
        found = (condition(carts, intent) for condition in self._conditions)
        return next((instead for instead in found if instead is not None), None)
