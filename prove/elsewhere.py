"""A foreign order in the account that shares a name with the request: nothing may be ordered in addition to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ordering.model.facts import EventKind
from prove.copies import Timeline
from prove.extra_faults import Elsewhere
from sandbox.ovh.orders import Order
from sandbox.stage import Stage

BESIDE = "orders next to one made elsewhere that nobody allowed"
_AGO = 3600.0  # seconds
_LINES_LATE = 4.0  # seconds
_LIST = ("GET", "/me/order")


@dataclass
class Colleague:
    """A colleague who orders a name by hand, an hour before the request or after the approval."""

    stage: Stage
    plan: Elsewhere
    names: tuple[str, ...]
    made: Order | None = field(default=None, init=False)
    cancelled_at: datetime | None = field(default=None, init=False)
    _calls_before: int = field(default=0, init=False)

    def orders(self) -> None:
        """Order one of the names."""
        self._calls_before = len(self.stage.ovh.calls)
        ago = _AGO if self.plan.before_call is None else 0.0
        self.made = self.stage.ovh.outsider.order(self.names[-1], ago=ago)
        if self.plan.late and not ago:
            self.made.late, self.made.late_for = "details", _LINES_LATE

    def cancels(self) -> None:
        """Cancel the order, because it was a mistake."""
        if self.made is not None:
            self.made.cancelled, self.cancelled_at = True, self.stage.ovh.clock.now()

    def met(self, timeline: Timeline) -> str | None:
        """Return the fault that occurred: a request that the foreign order stopped; None otherwise."""
        stopped = any(event.kind is EventKind.FOREIGN_ORDER_FOUND for event in timeline.events)
        when = "an hour before the request" if self.plan.before_call is None else "while it was bought"
        return f"stopped by an order made elsewhere {when}" if stopped else None

    def broken(self, timeline: Timeline) -> Iterator[tuple[str, str]]:
        """Yield each order of ours made in addition to it, although the bot could see it and no user allowed it."""
        other = self.made
        if other is None:
            return
        allowed = [
            e for e in timeline.events if e.kind is EventKind.ORDERED_ANYWAY and (e.data or {}).get("order") == other.id
        ]
        first = min((event.at for event in allowed), default=None)
        for order in self.stage.ovh.orders.ours():
            was_there = self.cancelled_at is None or order.made_at < self.cancelled_at
            if was_there and self._was_seen(order) and (first is None or first > order.made_at + timedelta(seconds=1)):
                yield BESIDE, f"order {order.id} over {order.domains} next to order {other.id} over {other.domains}"

    def _was_seen(self, order: Order) -> bool:
        """Return whether the bot could see the foreign order.

        It could if it existed before the request; otherwise two lists of the account's orders must lie between.
        """
        if self.plan.before_call is None:
            return True
        checkout = f"/order/cart/{order.cart}/checkout"
        calls = [(call.method, call.path) for call in self.stage.ovh.calls[self._calls_before :]]
        until = calls.index(("POST", checkout)) if ("POST", checkout) in calls else len(calls)
        return calls[:until].count(_LIST) > 1
