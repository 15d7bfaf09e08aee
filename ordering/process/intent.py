"""The intent of a call that buys or pays: committed before the call, and only while everything still allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ordering.model.cart import Cart
from ordering.model.events import Event, happened
from ordering.model.facts import Data, EventKind
from ordering.ports.store import Store, Transaction


class IntentStopped(Exception):
    """The intent was not committed: the cart was saved as a condition returned it. Nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an intent may not be committed: the cart to save instead, and the fact for its event."""

    cart: Cart
    kind: EventKind
    data: Data = field(default_factory=dict)


class Condition(Protocol):
    """What must hold in the very transaction that commits an intent.

    Returns None if it holds, and an `Objection` if the decision no longer counts. Raises `RegistrarUnavailable` where
    the step must wait: nothing is saved then.
    """

    def __call__(self, carts: Transaction, intent: Cart) -> Objection | None: ...


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
            objection = self._first_objection(carts, intent)
            if objection is None:
                return carts.save(intent, *events, due_at=due_at)
            instead = objection.cart
            carts.save(instead, happened(instead, at, objection.kind, data=objection.data, note=instead.note))
        raise IntentStopped

    def _first_objection(self, carts: Transaction, intent: Cart) -> Objection | None:
        found = (condition(carts, intent) for condition in self._conditions)
        return next((objection for objection in found if objection is not None), None)
