"""Searches for an order after a lost answer, and follows the delivery of its names."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused
from ordering.model.facts import Data, Json, amount
from ordering.model.ids import OrderId
from ordering.model.quote import Quote
from ordering.model.sales_order import (
    Attempt,
    Delivery,
    DeliveryProgress,
    OrderReconciliation,
    OrderStatus,
    Outcome,
    SalesOrder,
)
from ordering.ports.sales_orders import Known
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import NotThere
from registrars.ovh.api.wire.base import IDS, WORD, visible
from registrars.ovh.api.wire.carts import CartState
from registrars.ovh.api.wire.checkouts import CartOrder
from registrars.ovh.api.wire.domains import Domain, Task
from registrars.ovh.api.wire.orders import Extension, Link, Order, OrderDetail
from registrars.ovh.order_terms import Comparison, compare
from registrars.ovh.throttling.scheduler import Priority

_CLOCKS_APART = timedelta(minutes=10)
# Attempts are dated by OVH's clock, too. An order from before the attempt is not adopted; a person decides what becomes
# of the request.
_DATED_BEFORE = timedelta(seconds=10)
_RIGHT_HOLDS = 3600.0  # seconds; a key's rights rarely change, and the checkout itself lists orders again
_MOST_READ = 20  # orders; with more new ones than that, a person decides
# States that `GET /domain/{serviceName}` shows: those of a working name, and those on the way there.
_WORKING = {"ok", "autorenew_in_progress", "autorenew_registry_in_progress"}
_ARRIVING = {"pending_create", "pending_installation"}
_TASK_FAILED = {"error", "problem", "cancelled"}


class Orders:
    """Reads sales orders."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listable_until = float("-inf")

    def read(self, order_id: OrderId, priority: Priority) -> SalesOrder:
        entry = Order.read(self._client.ask(f"/me/order/{order_id}", priority=priority))
        return reading.order(entry, self._status(order_id, priority))

    def status(self, order_id: OrderId, priority: Priority) -> OrderStatus:
        return OrderStatus(self._status(order_id, priority))

    def since(self, moment: datetime, priority: Priority) -> list[OrderId]:
        """Return the numbers of all orders since then by OVH's clock, oldest first."""
        query = {"date.from": moment.isoformat(timespec="seconds")}
        try:
            listed = self._client.ask("/me/order", query=query, priority=priority)
        except RegistrarRefused:
            self._listable_until = float("-inf")
            raise
        return sorted(map(OrderId, IDS.read(listed)))

    def link(self, order_id: OrderId) -> str:
        """Return the order's page; raises `Unreadable` if OVH gives none."""
        return Link.read(self._client.ask(f"/me/order/{order_id}", priority=Priority.PEOPLE)).url

    def find(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, known: Known) -> OrderReconciliation:
        """Search for an attempt's order, starting with its cart.

        An open cart made no order; a closed one may name its order. Otherwise exactly one new order with these names
        must have all the terms of the attempt.
        """
        closed = self._cart_is_closed(attempt.registrar_cart)
        if closed is False:
            return OrderReconciliation(Outcome.ABSENT, {"seen": "cart_open"})
        if closed and (number := self._named_by(attempt.registrar_cart)) is not None:
            return self._own(number, known)
        # Oldest first: the attempt's order is among the first ones, however many followed.
        new = self._new(attempt.started_at, known)
        ours, unclear = self._with_names(new[:_MOST_READ], frozenset(line.domain.ascii for line in lines))
        candidates = (*(order.id for order in ours), *unclear, *new[_MOST_READ:])
        reconciliation = OrderReconciliation(Outcome.UNDECIDED, {}, candidates=candidates, closed=bool(closed))
        if len(ours) == 1:
            return self._judged(ours[0], attempt, lines, quote, reconciliation)
        if ours:
            return _seeing(reconciliation, "several_orders", orders=[order.id for order in ours])
        if unclear:
            return _seeing(reconciliation, "order_unclear", order=unclear[0])
        return _seeing(reconciliation, "no_order_fits" if new else "no_new_order", orders=len(new))

    def _judged(
        self,
        order: SalesOrder,
        attempt: Attempt,
        lines: Sequence[Line],
        quote: Quote,
        reconciliation: OrderReconciliation,
    ) -> OrderReconciliation:
        """Adopt the only order with these names if it is not older and all its terms are shown and equal."""
        if self._made_at(order) < attempt.started_at - _DATED_BEFORE:
            return _seeing(reconciliation, "order_made_before", order=order.id)
        compared = self._compare(order, lines, quote)
        if different := (*_other_total(order, quote), *compared.different):
            return _seeing(reconciliation, "order_differs", order=order.id, different=different)
        if compared.hidden:
            return _seeing(reconciliation, "terms_hidden", order=order.id, hidden=compared.hidden)
        found = replace(order, owner_hidden=compared.owner_hidden)
        return _seeing(replace(reconciliation, outcome=Outcome.FOUND, order=found), "order_found", order=order.id)

    def _made_at(self, order: SalesOrder) -> datetime:
        entry = Order.read(self._client.ask(f"/me/order/{order.id}", priority=Priority.MONEY))
        return visible(entry.date, "date")

    def _own(self, number: OrderId, known: Known) -> OrderReconciliation:
        """Return the order that the attempt's own cart names: it is this attempt's, whatever it shows."""
        seen: Data = {"seen": "cart_names_order", "order": number}
        if known([number]):
            anothers: Data = {**seen, "seen": "cart_names_order_of_another"}
            return OrderReconciliation(Outcome.UNDECIDED, anothers, closed=True)
        try:
            return OrderReconciliation(Outcome.FOUND, seen, self.read(number, Priority.MONEY), (number,), closed=True)
        except NotThere:
            hidden: Data = {**seen, "seen": "cart_names_hidden_order"}
            return OrderReconciliation(Outcome.UNDECIDED, hidden, candidates=(number,), closed=True)

    def _named_by(self, cart: str) -> OrderId | None:
        """Return the order number that a closed cart shows. It is unknown which of the two calls shows it."""
        for call in ("checkout", "summary"):
            try:
                answer = self._client.ask(f"/order/cart/{segment(cart)}/{call}", priority=Priority.MONEY)
            except RegistrarRefused:
                continue
            number = CartOrder.read(answer).order_id
            if number is not None:
                return OrderId(number)
        return None

    def _compare(self, order: SalesOrder, lines: Sequence[Line], quote: Quote) -> Comparison:
        """Compare an order's terms with those of an attempt, as far as OVH shows them."""
        path = f"/me/order/{order.id}/details"
        ids = IDS.read(self._client.ask(path, priority=Priority.MONEY))
        names = {number: reading.names_in([self._detail(path, number)]) for number in ids}

        def extensions(name: str) -> Iterator[Extension]:
            for number in ids:
                if name in names[number]:
                    with suppress(NotThere):
                        yield Extension.read(self._client.ask(f"{path}/{number}/extension", priority=Priority.MONEY))

        return compare(lines, quote, extensions)

    def _detail(self, path: str, number: int) -> OrderDetail:
        with suppress(NotThere):
            return OrderDetail.read(self._client.ask(f"{path}/{number}", priority=Priority.MONEY))
        return OrderDetail()

    def fitting(
        self, number: OrderId, lines: Sequence[Line], quote: Quote, attempt: Attempt | None
    ) -> OrderReconciliation:
        """Read an order that a person named. Its total may differ; with other different terms it is not adopted.

        Neither is one from before the attempt, if there is one.
        """
        ours, _ = self._with_names([number], frozenset(line.domain.ascii for line in lines))
        if not ours:
            return OrderReconciliation(Outcome.ABSENT, {"seen": "order_has_other_names", "order": number})
        if attempt is not None and (made_at := self._made_at(ours[0])) < attempt.started_at - _DATED_BEFORE:
            moments: Data = {"made_at": made_at.isoformat(), "tried_at": attempt.started_at.isoformat()}
            return OrderReconciliation(Outcome.UNDECIDED, {"seen": "order_made_before", "order": number, **moments})
        compared = self._compare(ours[0], lines, quote)
        if compared.different:
            seen: Data = {"seen": "order_differs", "order": number, "different": compared.different}
            return OrderReconciliation(Outcome.UNDECIDED, seen, candidates=(number,))
        found = replace(ours[0], owner_hidden=compared.owner_hidden)
        return OrderReconciliation(Outcome.FOUND, {"seen": "order_found", "order": number}, found)

    def must_be_listable(self) -> None:
        """Raise `RegistrarRefused` if the API key may not list orders. A success is cached for a while.

        Without that right a lost answer to a checkout could never be reconciled.
        """
        if time.monotonic() < self._listable_until:
            return
        try:
            self._new(datetime.now(UTC), frozenset)  # treats all as known: only the right to list counts
        except RegistrarRefused as refusal:
            reason, ovh = refusal.code, refusal.params.get("ovh")
            raise RegistrarRefused(code="orders_not_listable", reason=reason, ovh=ovh) from refusal
        self._listable_until = time.monotonic() + _RIGHT_HOLDS

    def _new(self, since: datetime, known: Known) -> list[OrderId]:
        """Return the orders since then, by OVH's clock, that belong to no cart yet, oldest first."""
        numbers = frozenset(self.since(since - _CLOCKS_APART, Priority.MONEY))
        return sorted(numbers - known(numbers))

    def _with_names(self, numbers: Sequence[OrderId], names: frozenset[str]) -> tuple[list[SalesOrder], list[OrderId]]:
        """Return those of these orders with exactly these names, and those that may have them.

        OVH adds details late.
        """
        ours, unclear = [], []
        for number in numbers:
            path = f"/me/order/{number}"
            try:
                entry = self._client.ask(path, priority=Priority.MONEY)
                ids = IDS.read(self._client.ask(f"{path}/details", priority=Priority.MONEY))
                lines = [self._client.ask(f"{path}/details/{line}", priority=Priority.MONEY) for line in ids]
            except NotThere:  # although it is listed: OVH shows it in one place before the other
                unclear.append(number)
                continue
            found = reading.names_in([OrderDetail.read(line) for line in lines])
            if found == names:
                ours.append(reading.order(Order.read(entry), self._status(number, Priority.MONEY)))
            elif not lines or (found and found < names):
                unclear.append(number)
        return ours, unclear

    def delivery(self, domain: DomainName) -> Delivery:
        """Read the name itself; while the account does not have it, read the registry's task."""
        try:
            answer = self._client.ask(f"/domain/{segment(domain.ascii)}", priority=Priority.POLLING)
        except NotThere:
            return self._registration(domain)
        state = Domain.read(answer).state or ""
        if state in _WORKING:
            return Delivery(DeliveryProgress.DELIVERED)
        return Delivery(DeliveryProgress.UNDER_WAY, None if state in _ARRIVING else state or None)

    def _registration(self, domain: DomainName) -> Delivery:
        # The route's filter is a "like", so take the newest task of exactly this name.
        tasks = self._client.ask(
            "/me/task/domain",
            query={"domain": domain.ascii, "function": "DomainCreate"},
            priority=Priority.POLLING,
        )
        for number in sorted(IDS.read(tasks), reverse=True):
            task = Task.read(self._client.ask(f"/me/task/domain/{number}", priority=Priority.POLLING))
            if (task.domain or "").lower() == domain.ascii:
                failed = task.status in _TASK_FAILED
                return Delivery(
                    DeliveryProgress.FAILED if failed else DeliveryProgress.UNDER_WAY,
                    task.comment if failed else None,
                )
        return Delivery(DeliveryProgress.UNDER_WAY)

    def _status(self, order_id: OrderId, priority: Priority) -> str:
        return WORD.read(self._client.ask(f"/me/order/{order_id}/status", priority=priority))

    def _cart_is_closed(self, cart: str) -> bool | None:
        """Return whether OVH closed the cart; None if OVH no longer knows it."""
        try:
            found = self._client.ask(f"/order/cart/{segment(cart)}", priority=Priority.MONEY)
        except NotThere:
            return None
        return CartState.read(found).read_only


def _seeing(reconciliation: OrderReconciliation, seen: str, **details: Json) -> OrderReconciliation:
    """Return the result with what was seen at OVH, and what became of the attempt's cart."""
    cart = "closed" if reconciliation.closed else "gone"
    return replace(reconciliation, seen={"seen": seen, "cart": cart, **details})


def _other_total(order: SalesOrder, quote: Quote) -> tuple[Data, ...]:
    if order.total == quote.total:
        return ()
    return ({"term": "total", "shown": amount(order.total), "approved": amount(quote.total)},)
