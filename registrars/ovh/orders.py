"""Looking for an order after an answer was lost, and following the delivery of its names."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused
from ordering.model.money import Money
from ordering.model.sales_order import (
    Attempt,
    Delivery,
    DeliveryProgress,
    OrderStatus,
    Outcome,
    SalesOrder,
    Sighting,
)
from ordering.ports.registrar import Known
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import NotThere
from registrars.ovh.throttling.scheduler import Priority

_CLOCKS_APART = timedelta(minutes=10)
_RIGHT_HOLDS = 3600.0  # seconds; a key's rights rarely change, and the checkout itself lists orders again
_MOST_READ = 20  # orders; more new ones than that are not ours to guess about
# States that `GET /domain/{serviceName}` shows: those in which a name works, those on the way there.
_WORKING = {"ok", "autorenew_in_progress", "autorenew_registry_in_progress"}
_ARRIVING = {"pending_create", "pending_installation"}
_TASK_FAILED = {"error", "problem", "cancelled"}


class Orders:
    """Questions about sales orders."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listable_until = float("-inf")

    def read(self, order_id: int, priority: Priority) -> SalesOrder:
        entry = self._client.ask(f"/me/order/{order_id}", priority=priority)
        return reading.order(entry, self._status(order_id, priority))

    def status(self, order_id: int) -> OrderStatus:
        return OrderStatus(self._status(order_id, Priority.POLLING))

    def link(self, order_id: int) -> str:
        """The order's page; raises `KeyError` where OVH gives none."""
        return reading.link(self._client.ask(f"/me/order/{order_id}", priority=Priority.PEOPLE))

    def find(self, attempt: Attempt, names: frozenset[str], total: Money, known: Known) -> Sighting:
        """Look at the attempt's cart first: one that OVH did not close made no order."""
        closed = self._cart_is_closed(attempt.registrar_cart)
        if closed is False:
            return Sighting(Outcome.ABSENT, "OVH's cart is still open.")
        # Oldest first: the attempt's order is among the first ones, however many came since.
        new = self._new(attempt.started_at, known)
        ours, unclear = self._with_names(new[:_MOST_READ], names)
        candidates = (*(order.id for order in ours), *unclear, *new[_MOST_READ:])
        cart = "OVH closed the cart" if closed else "OVH's cart is gone"
        # One that is dearer than approved is ours as well: nobody pays it, and nothing is ordered beside it.
        fitting = [order for order in ours if order.total.is_within(total)] or ours
        if len(fitting) == 1:
            seen = f"{cart}, and order {fitting[0].id} has its names."
            return Sighting(Outcome.FOUND, seen, fitting[0], candidates, closed=bool(closed))
        if fitting:
            seen = f"orders {', '.join(str(order.id) for order in fitting)} all have its names"
        elif unclear:
            seen = f"order {unclear[0]} does not show all its names yet"
        elif new:
            seen = f"none of the new orders ({len(new)}) has its names"
        else:
            seen = "there is no new order"
        return Sighting(Outcome.UNDECIDED, f"{cart}, and {seen}.", None, candidates, closed=bool(closed))

    def made_since(self, since: datetime, names: frozenset[str], known: Known) -> SalesOrder | None:
        """An order of exactly these names that was made since then, by our clock, and is not over."""
        new = self._new(since + self._client.clock_ahead(), known)
        ours, _ = self._with_names(new[-_MOST_READ:], names)
        return next((order for order in ours if not order.status.is_over), None)

    def fitting(self, number: int, names: frozenset[str]) -> SalesOrder | None:
        """Read an order where it holds exactly these names, else None."""
        ours, _ = self._with_names([number], names)
        return ours[0] if ours else None

    def must_be_listable(self) -> None:
        """Raise `RegistrarRefused` where the key may not list orders. Once allowed, OVH is not asked again for a while.

        Without that right a lost answer to a checkout could never be cleared up.
        """
        if time.monotonic() < self._listable_until:
            return
        try:
            self._new(datetime.now(UTC), frozenset)  # as if all were known: only the right to list counts
        except RegistrarRefused as refusal:
            raise RegistrarRefused(
                f"The bot cannot list the orders at OVH. {refusal}", code="orders_not_listable", reason=refusal.code
            ) from refusal
        self._listable_until = time.monotonic() + _RIGHT_HOLDS

    def _new(self, since: datetime, known: Known) -> list[int]:
        """Numbers of the orders since then by OVH's clock that belong to nobody yet, the oldest first."""
        query = {"date.from": (since - _CLOCKS_APART).isoformat(timespec="seconds")}
        try:
            listed = reading.listed(self._client.ask("/me/order", query=query, priority=Priority.MONEY))
        except RegistrarRefused:
            self._listable_until = float("-inf")
            raise
        numbers = {int(number) for number in listed}
        return sorted(numbers - known(numbers))

    def _with_names(self, numbers: Sequence[int], names: frozenset[str]) -> tuple[list[SalesOrder], list[int]]:
        """Those of these orders that hold exactly these names, and those that may: OVH adds their details late."""
        ours, unclear = [], []
        for number in numbers:
            path = f"/me/order/{number}"
            try:
                entry = self._client.ask(path, priority=Priority.MONEY)
                ids = reading.listed(self._client.ask(f"{path}/details", priority=Priority.MONEY))
                details = [self._client.ask(f"{path}/details/{int(i)}", priority=Priority.MONEY) for i in ids]
                shown = reading.names_in(details)
            except NotThere:  # though it is listed: it shows in one place before the other
                unclear.append(number)
                continue
            if shown == names:
                ours.append(reading.order(entry, self._status(number, Priority.MONEY)))
            elif not details or (shown and shown < names):
                unclear.append(number)
        return ours, unclear

    def delivery(self, domain: DomainName) -> Delivery:
        """Ask for the name itself; while the account does not have it, for the registry's task."""
        try:
            owned = self._client.ask(f"/domain/{segment(domain.ascii)}", priority=Priority.POLLING)
        except NotThere:
            return self._registration(domain)
        state = str(owned.get("state") or "")
        if state in _WORKING:
            return Delivery(DeliveryProgress.DELIVERED)
        return Delivery(DeliveryProgress.UNDER_WAY, None if state in _ARRIVING else state or None)

    def _registration(self, domain: DomainName) -> Delivery:
        # The route's filter is a "like", so the newest task of exactly this name is taken.
        tasks = self._client.ask(
            "/me/task/domain",
            query={"domain": domain.ascii, "function": "DomainCreate"},
            priority=Priority.POLLING,
        )
        for number in sorted(reading.listed(tasks), reverse=True):
            task: Mapping[str, Any] = self._client.ask(f"/me/task/domain/{number}", priority=Priority.POLLING)
            if str(task.get("domain", "")).lower() == domain.ascii:
                failed = task.get("status") in _TASK_FAILED
                return Delivery(
                    DeliveryProgress.FAILED if failed else DeliveryProgress.UNDER_WAY,
                    task.get("comment") if failed else None,
                )
        return Delivery(DeliveryProgress.UNDER_WAY)

    def _status(self, order_id: int, priority: Priority) -> str:
        return str(self._client.ask(f"/me/order/{order_id}/status", priority=priority))

    def _cart_is_closed(self, cart: str) -> bool | None:
        """None where OVH does not know the cart any more."""
        try:
            found = self._client.ask(f"/order/cart/{segment(cart)}", priority=Priority.MONEY)
        except NotThere:
            return None
        return bool(found["readOnly"])
