"""The maximum age of a decision when it is carried out: hours for an approval, minutes for a payment.

A decision lapses as soon as one of two clocks says so: the database's, or OVH's as it was last read. A lapse is
harmless, since people can decide again; so a single stopped or reset clock keeps no decision alive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered, Requested
from ordering.model.facts import EventKind
from ordering.model.policy import Policy
from ordering.ports.clock import RegistrarClock
from ordering.ports.store import Reading, Transaction
from ordering.process.intent import Objection

S = CartState


@dataclass(frozen=True, slots=True)
class Decided:
    """When a decision was made, by both clocks, and how long it holds."""

    at: datetime
    at_ovh: datetime | None
    life: timedelta


class Age:
    """Condition of each intent: its decision is young enough. `clock` is this process's."""

    def __init__(self, registrar: RegistrarClock, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def __call__(self, carts: Transaction, intent: Cart) -> Objection | None:
        """Return the cart without its lapsed decision, or None if the decision still holds."""
        cart = carts.cart(intent.id)
        return self.lapsed(carts, cart) if cart.is_same_save(intent) else None

    def lapsed(self, carts: Reading, cart: Cart) -> Objection | None:
        """Return the cart without its lapsed decision; None if nothing lapsed, or nothing was decided."""
        decided = self._decided(cart)
        if decided is None or not self._is_over(decided, carts.clock()):
            return None
        kind = EventKind.APPROVAL_LAPSED if cart.state is S.APPROVED else EventKind.PAYMENT_LAPSED
        back = undecided(cart, at=self._clock())
        return Objection(back, kind, {"seconds": int(decided.life.total_seconds())})

    def _decided(self, cart: Cart) -> Decided | None:
        if cart.state is S.APPROVED:
            return Decided(cart.approved_at or cart.since, cart.approved_at_ovh, self._policy.approval_life)
        if cart.payment is not None and cart.payment_is_unsent:
            return Decided(cart.payment.asked_at, cart.payment.asked_at_ovh, self._policy.payment_life)
        return None

    def _is_over(self, decided: Decided, now: datetime) -> bool:
        if now - decided.at > decided.life:
            return True
        now_at_ovh = time_at_ovh(self._registrar, self._clock())
        return bool(decided.at_ovh and now_at_ovh and now_at_ovh - decided.at_ovh > decided.life)


def time_at_ovh(registrar: RegistrarClock, now: datetime) -> datetime | None:
    """Return OVH's time from the last read, without a call; None if it was never read."""
    ahead = registrar.known_clock_ahead()
    return None if ahead is None else now + ahead


def undecided(cart: Cart, *, at: datetime, approved_by: tuple[str, ...] = ()) -> Cart:
    """Return the cart with its decision reverted; `approved_by` are approvals that still count."""
    if cart.state is S.APPROVED:
        return Requested.of(cart).lose_approval(at=at, approved_by=approved_by)
    return Ordered.of(cart).unpaid(at=at)
