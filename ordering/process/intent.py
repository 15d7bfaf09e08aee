"""The intent of a money call: committed before the call, and only while every condition still holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ordering.model.cart import AnyCart, Cart, CartState
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
    """Checks a condition in the transaction that commits an intent.

    Returns None if it holds, and an `Objection` if the decision no longer counts. Raises `RegistrarUnavailable` if the
    step must wait; nothing is saved then.
    """

    def __call__(self, carts: Transaction, intent: Cart) -> Objection | None: ...


class Intents:
    """Commits intents under the lock of decisions, after checking each condition.

    Each callable in `reading` returns one more condition from data it reads outside the database.
    """

    def __init__(
        self,
        store: Store,
        conditions: Sequence[Condition] = (),
        *,
        reading: Sequence[Callable[[Cart], Condition]] = (),
    ) -> None:
        self._store = store
        self._conditions = conditions
        self._reading = reading

    def read(self, cart: Cart) -> Sequence[Condition]:
        """Return the conditions that need a read outside the database. Call it before taking a permit or a connection.

        Raises `RightsUnread` if the step must wait.
        """
        return [read(cart) for read in self._reading]

    def commit(
        self, intent: AnyCart, *events: Event, standing: Sequence[Condition], at: datetime, due_at: datetime
    ) -> AnyCart:
        """Save the cart with its intent, and return it one version up; `standing` is the latest result of `read`.

        Raises `IntentStopped` if a condition does not hold, `CartChanged` if the cart is no longer at that version.
        """
        conditions = [*self._conditions, *standing]
        with self._store.begin() as carts:
            carts.decide_alone()
            found = (condition(carts, intent) for condition in conditions)
            objection = next((each for each in found if each is not None), None)
            if objection is None:
                return carts.save(intent, *events, due_at=due_at)
            instead = objection.cart.saying(objection.kind, objection.data)
            event = happened(instead, at, objection.kind, data=objection.data)
            # The bot keeps polling an unpaid order; a request that is waiting for people needs no timer.
            carts.save(instead, event, due_at=at if instead.state is CartState.CHECKED_OUT else None)
        raise IntentStopped
