"""The delivery: follows a paid order until its names work, and reports what blocks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data, EventKind, Fact, quoted
from ordering.model.sales_order import Delivery, DeliveryProgress, OrderStatus, SalesOrder
from ordering.ports.sales_orders import SalesOrders
from ordering.process.transitions import Logbook

S, K = CartState, EventKind
_INVOICE_COMES_WITHIN = timedelta(days=30)
_INVOICE_IS_ASKED_FOR_EVERY = timedelta(hours=6)  # at most; more often at first
_ARRIVES_WITHIN = timedelta(days=3)  # most within minutes; a registry or OVH's own checks may take a day or two
_PAID_SHOWS_WITHIN = timedelta(hours=1)  # at OVH, after a person said that it was paid


class Deliveries:
    """The step paid -> delivered, and the return from needs_attention. It also reads the invoice."""

    def __init__(self, book: Logbook, registrar: SalesOrders) -> None:
        self._book = book
        self._registrar = registrar

    def watch(self, cart: Ordered) -> None:
        """Check whether all names work, or what blocks them."""
        known = cart.order
        order = self._with_invoice(known.seen_as(self._registrar.order(known.id), known.methods))
        if order.status.is_over:
            self._cancelled(cart, order)
        elif order.status is OrderStatus.NOT_PAID:
            self._not_paid_after_all(cart, order)
        else:
            self._watch_names(cart, order)

    def look_for_invoice(self, cart: Ordered) -> None:
        """Read the invoice after delivery, which OVH may issue later. Best effort: lookup errors are ignored."""
        known = cart.order
        order, waited = self._with_invoice(known), self._book.now() - cart.since
        if order != known or waited > _INVOICE_COMES_WITHIN:
            self._book.refresh(cart, order, due_in=None)
        else:
            self._book.come_back(
                cart, max(self._book.poll_schedule.quickest, min(waited / 10, _INVOICE_IS_ASKED_FOR_EVERY))
            )

    def _watch_names(self, cart: Ordered, order: SalesOrder) -> None:
        deliveries = {line.domain: self._registrar.delivery(line.domain) for line in cart.lines}
        arrived = order.status is OrderStatus.DELIVERED and all(
            delivery.progress is DeliveryProgress.DELIVERED for delivery in deliveries.values()
        )
        odd = _unexpected_states(deliveries)
        lateness = _delivery_problem(order, deliveries) or (None if arrived else self._lateness(cart, order, odd))
        if arrived and lateness is None:
            wait = None if order.invoice else self._book.poll_schedule.quickest
            delivered = replace(cart, order=order).delivered(at=self._book.now())
            self._book.save(delivered, K.DELIVERED, data={"order": order.id}, due_in=wait)
        elif lateness is not None and not lateness.is_same_as(cart.fact):
            kind, data = lateness.kind, lateness.data
            self._book.needs_attention(replace(cart, order=order), kind, data=data, follow=True)
        elif lateness is None and cart.state is S.NEEDS_ATTENTION and order.status.is_paid:
            paid = replace(cart, order=order).paid(at=self._book.now())
            self._book.save(paid, K.DELIVERY_RESUMED, data={"order": order.id}, due_in=timedelta())
        elif (news := self._silence(cart, order) or _oddness(cart, order, odd)) is not None:
            self._book.report(cart, order, news)
        else:
            self._book.look_later(cart, order)

    def _lateness(self, cart: Cart, order: SalesOrder, odd: Mapping[str, str]) -> Fact | None:
        """Return the news that a paid order takes days; it needs a person until the order arrives.

        Only for an order that OVH shows as paid. Otherwise the card would ask whether it was paid, and offer to pay it
        again.
        """
        if not order.status.is_paid:
            return None
        was_late = cart.state is S.NEEDS_ATTENTION and cart.fact is not None and cart.fact.kind is K.DELIVERY_LATE
        is_late = cart.state is S.PAID and self._book.now() - cart.since > _ARRIVES_WITHIN
        if not (was_late or is_late):
            return None
        return Fact(K.DELIVERY_LATE, {**_overdue(order), "ovh": {"states": odd}})

    def _silence(self, cart: Cart, order: SalesOrder) -> Fact | None:
        """Return the news, once, that a paid order takes days and OVH does not show its status: it stays paid."""
        fact = Fact(K.DELIVERY_UNKNOWN, _overdue(order))
        is_late = cart.state is S.PAID and self._book.now() - cart.since > _ARRIVES_WITHIN
        if not is_late or order.status.is_paid or fact.is_same_as(cart.fact):
            return None
        return fact

    def _not_paid_after_all(self, cart: Ordered, order: SalesOrder) -> None:
        """Handle an order that a person said was paid and that OVH shows as unpaid."""
        if cart.state is S.PAID and self._book.now() - cart.since > _PAID_SHOWS_WITHIN:
            data: Data = {"order": order.id, "ovh": {"status": order.status.value}}
            self._book.needs_attention(replace(cart, order=order), K.PAYMENT_MISSING, data=data, follow=True)
        else:
            self._book.look_later(cart, order)

    def _with_invoice(self, order: SalesOrder) -> SalesOrder:
        if order.invoice is not None or not order.status.is_paid:
            return order
        try:
            return replace(order, invoice=self._registrar.invoice_of(order.id))
        except (RegistrarRefused, RegistrarUnavailable):
            return order  # read again later; a failure must not stop the names from being followed

    def _cancelled(self, cart: Ordered, order: SalesOrder) -> None:
        if cart.state is S.PAID or cart.order.status.is_paid:
            data: Data = {"order": order.id, "ovh": {"status": order.status.value}}
            self._book.needs_attention(replace(cart, order=order), K.ORDER_CANCELLED_AFTER_PAYMENT, data=data)
        else:
            self._book.cancelled_unpaid(cart, order)


def _delivery_problem(order: SalesOrder, deliveries: Mapping[DomainName, Delivery]) -> Fact | None:
    """Return what a person must resolve before the names can be registered."""
    if order.status is OrderStatus.DOCUMENTS_REQUESTED:
        return Fact(K.DOCUMENTS_REQUESTED, {"order": order.id})
    for domain, delivery in deliveries.items():
        if delivery.progress is DeliveryProgress.FAILED:
            data: Data = {"order": order.id, "name": domain.ascii, "ovh": {"comment": quoted(delivery.comment)}}
            return Fact(K.REGISTRATION_FAILED, data)
    return None


def _unexpected_states(deliveries: Mapping[DomainName, Delivery]) -> dict[str, str]:
    """Return OVH's word for each name in a state that is neither working nor on the way there."""
    return {
        str(name): delivery.comment
        for name, delivery in deliveries.items()
        if delivery.progress is DeliveryProgress.UNDER_WAY and delivery.comment
    }


def _oddness(cart: Cart, order: SalesOrder, odd: Mapping[str, str]) -> Fact | None:
    """Return the news of an unexpected state, once for each. A person resolves it when the order is late."""
    if not odd or cart.state is not S.PAID or not order.status.is_paid:
        return None
    fact = Fact(K.DELIVERY_UNEXPECTED, {"order": order.id, "ovh": {"states": odd}})
    return None if fact.is_same_as(cart.fact) else fact


def _overdue(order: SalesOrder) -> Data:
    return {"order": order.id, "days": _ARRIVES_WITHIN.days}
