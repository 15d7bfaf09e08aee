"""Money calls, which order or pay, as recorded before anything is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordering.model.facts import Data
from ordering.model.ids import CartId, OrderId

_DIGEST = 16  # hexadecimal digits


class CallState(StrEnum):
    """The state of a money call. An announced call without a recorded end counts as sent."""

    ANNOUNCED = "announced"
    INTENDED = "intended"
    UNSENT = "unsent"  # its sender knows that nothing was sent, or a person said so


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One attempt to order or pay. `subject` is the text of its marker at OVH, `marker` the marker's id there.

    `registrar_cart` is the cart to check out, None for a payment. `started_at` is by OVH's clock.
    """

    subject: str
    cart_id: CartId
    attempt: int
    started_at: datetime
    registrar_cart: str | None = None
    marker: str | None = None
    state: CallState = CallState.ANNOUNCED
    id: int = 0  # assigned by the store; another attempt may get it after the database went back

    def is_same(self, other: RecordedCall) -> bool:
        """Return whether both are one attempt: all that never changes is the same."""
        return self._unchanging == other._unchanging

    @property
    def _unchanging(self) -> tuple[object, ...]:
        return self.id, self.subject, self.cart_id, self.attempt, self.started_at, self.registrar_cart


def orders(names: Iterable[str]) -> str:
    """Return the subject of all attempts to order exactly these names."""
    return f"orders {digest(names)}"


def pays(order_id: OrderId) -> str:
    """Return the subject of all attempts to pay this order."""
    return f"pays {order_id}"


def lost_markers(data: Data) -> list[str]:
    """Return the marker ids in the data of an event about lost attempts."""
    named = data.get("markers")
    return [str(marker) for marker in named] if isinstance(named, list | tuple) else []


def digest(names: Iterable[str]) -> str:
    """Return a digest of the names that does not depend on their order."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:_DIGEST]
