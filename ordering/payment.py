"""From the sales order to its payment: paid once, by a decision of a payer or on OVH's own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ordering.cart import Cart, CartState
from ordering.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.logbook import Logbook, order_of
from ordering.ports import Registrar
from ordering.sales_order import OrderStatus, PaymentProgress

S = CartState


class Payments:
    """The steps checked_out -> paying -> paid. `settle` is how long an unanswered payment is observed."""

    def __init__(self, book: Logbook, registrar: Registrar, settle: timedelta) -> None:
        self._book = book
        self._registrar = registrar
        self._settle = settle

    def watch_order(self, cart: Cart) -> None:
        """Keep how the order can be paid up to date, and see where it was paid or cancelled at OVH."""
        known = order_of(cart)
        order = self._registrar.order(known.id)
        # Read each time: a card may have been refused, removed or added since.
        methods = () if order.status.is_over else self._registrar.payment_methods(known.id)
        seen = replace(order, methods=methods)
        if order.status.is_paid:
            note = "paid on OVH's own page"
            self._book.save(cart.to(S.PAID, at=self._book.now(), order=seen, note=note), due_in=timedelta())
        elif order.status.is_over:
            self._book.cancelled_unpaid(cart, seen)
        elif seen != known:
            self._book.refresh(cart, seen)
        else:
            self._book.come_back(cart, self._book.pace.after(self._book.now() - cart.since))

    def pay_or_watch(self, cart: Cart) -> None:
        """Send a payment once, then see what became of it."""
        if cart.payment is None:
            raise AssertionError(f"cart #{cart.id} is being paid without a decision")
        if cart.payment.sent_at is None:
            self._send_payment(cart)
        else:
            self._watch_payment(cart, cart.payment.sent_at)

    def _send_payment(self, cart: Cart) -> None:
        order, payment = order_of(cart), cart.payment
        if payment is None:
            raise AssertionError(f"cart #{cart.id} is being paid without a decision")
        sending = replace(cart, payment=replace(payment, sent_at=self._book.now()))
        with self._book.store.begin() as carts:
            sent = carts.save(sending, due_at=self._book.now() + self._book.pace.quickest)
        try:
            self._registrar.pay(order.id, payment.method)
        except (RegistrarRefused, RegistrarUnavailable) as refusal:
            self._unpaid(sent, f"{refusal} Nothing was paid: choose another payment method, or try again.")
        except OutcomeUnknown:
            self._book.come_back(sent, self._book.pace.quickest)

    def _watch_payment(self, cart: Cart, sent_at: datetime) -> None:
        order = order_of(cart)
        progress = self._registrar.payment(order.id, since=sent_at)
        waited = self._book.now() - sent_at
        if progress is PaymentProgress.RECEIVED:
            paid = replace(order, status=OrderStatus.CHECKING)
            self._book.save(cart.to(S.PAID, at=self._book.now(), order=paid), due_in=timedelta())
        elif progress is PaymentProgress.REFUSED:
            self._unpaid(cart, "OVH says that the payment was refused. Choose another payment method.")
        elif progress is PaymentProgress.NOT_SEEN and waited >= self._settle:
            self._unpaid(cart, "OVH has not taken the payment. Choose a payment method and pay again.")
        else:
            self._book.come_back(cart, self._book.pace.after(waited))

    def _unpaid(self, cart: Cart, note: str) -> None:
        self._book.save(cart.to(S.CHECKED_OUT, at=self._book.now(), payment=None, note=note), due_in=timedelta())
