"""A change of the team's rules is an event of every request that waits, because other rules decide about it now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ordering.model.cart import WAITING
from ordering.model.errors import CartChanged
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.policy import Policy
from ordering.ports.store import Store

_MOST = 10_000  # requests that wait


class PolicyWatch:
    """Compares the rules in force with those under which each request was last decided about."""

    def __init__(self, store: Store, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock

    def record_change(self) -> int:
        """Record the changed rules once in each request that waits; return in how many. Call it at the start.

        In recover mode nothing is recorded, as an operator compares what the database holds.
        """
        with self._store.read() as carts:
            if carts.standing().recovery is not None:
                return 0
            waiting = [cart.id for cart in carts.carts(states=WAITING, limit=_MOST)]
        return sum(map(self._record, waiting))

    def _record(self, cart_id: CartId) -> bool:
        """Record it for one request. Another process may have been quicker, or have ended the request."""
        now = self._policy.digest
        try:
            with self._store.begin() as carts:
                cart = carts.cart(cart_id)
                before = _last(carts.events(cart_id))
                if cart.state not in WAITING or before in {None, now}:
                    return False
                data = {"before": before, "policy": now}
                carts.save(cart, happened(cart, self._clock(), EventKind.POLICY_CHANGED, data=data))
        except CartChanged:
            return False
        return True


def _last(events: Sequence[Event]) -> str | None:
    """Return the digest of the rules in the newest event that has one; None for requests of earlier versions."""
    digests = (event.data["policy"] for event in reversed(events) if event.data and "policy" in event.data)
    return next((digest for digest in digests if isinstance(digest, str)), None)
