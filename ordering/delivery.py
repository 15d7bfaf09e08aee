"""From the payment to names that work, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ordering.cart import Cart, CartState
from ordering.domain_name import DomainName
from ordering.logbook import Logbook, order_of
from ordering.ports import Registrar
from ordering.sales_order import Delivery, DeliveryProgress, OrderStatus, SalesOrder

S = CartState


class Deliveries:
    """The step paid -> delivered, and the way back from needs_attention."""

    def __init__(self, book: Logbook, registrar: Registrar) -> None:
        self._book = book
        self._registrar = registrar

    def watch(self, cart: Cart) -> None:
        """See whether all names work, or what is in the way."""
        known = order_of(cart)
        order = replace(self._registrar.order(known.id), methods=known.methods)
        if order.status.is_over:
            self._cancelled(cart, order)
            return
        deliveries = {line.domain: self._registrar.delivery(line.domain) for line in cart.lines}
        trouble = _trouble(order, deliveries)
        arrived = all(d.progress is DeliveryProgress.DELIVERED for d in deliveries.values())
        if order.status is OrderStatus.DELIVERED and trouble is None and arrived:
            self._book.save(cart.to(S.DELIVERED, at=self._book.now(), order=order))
        elif trouble is not None and trouble != cart.note:
            self._book.needs_attention(cart, trouble, follow=True, order=order)
        elif trouble is None and cart.state is S.NEEDS_ATTENTION and order.status.is_paid:
            note = "what was missing has arrived"
            self._book.save(cart.to(S.PAID, at=self._book.now(), order=order, note=note), due_in=timedelta())
        elif order != known:
            self._book.refresh(cart, order)
        else:
            self._book.come_back(cart, self._book.pace.after(self._book.now() - cart.since))

    def _cancelled(self, cart: Cart, order: SalesOrder) -> None:
        if cart.state is S.PAID or order_of(cart).status.is_paid:
            note = f"OVH cancelled order {order.id} after it was paid. Ask OVH's support about the refund."
            self._book.needs_attention(cart, note, order=order)
        else:
            self._book.cancelled_unpaid(cart, order)


def _trouble(order: SalesOrder, deliveries: Mapping[DomainName, Delivery]) -> str | None:
    if order.status is OrderStatus.DOCUMENTS_REQUESTED:
        return f"OVH asks for documents for order {order.id}. Open the order at OVH and send them."
    for domain, delivery in deliveries.items():
        if delivery.progress is DeliveryProgress.FAILED:
            return f"The registry did not register {domain}: {delivery.comment or 'no reason given'}."
    return None
