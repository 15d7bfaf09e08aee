"""Payments of orders at OVH."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ordering.model.sales_order import MethodId, Payment, PaymentMethod, PaymentSighting, SalesOrder, SentPayment
from ordering.ports.money_call import MoneyCall


class OrderPayments(Protocol):
    """Ways to pay an order, the call that pays, and what became of it.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def can_be_paid(self) -> bool:
        """Whether the account has a registered payment method that is valid now."""

    def payment_methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        """What can pay this order: valid registered methods, the account's default first, then other means."""

    def lists_method(self, order_id: int, method: MethodId) -> bool:
        """Return whether the order's list of methods, read now, has this one. An empty list counts as having it.

        Raises `RegistrarRefused` where the list cannot be read.
        """

    def ready_to_pay(self, order_id: int, method: MethodId) -> AbstractContextManager[MoneyCall[None]]:
        """Prepare the call that pays. What fails on entering sent nothing, and can be tried again.

        After the call look with `payment`. Only `NotSent` proves that nothing was paid: every answer may be one to the
        second copy of a call that a proxy repeated.
        """

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentSighting:
        """Look how far a payment is that was sent; what became of earlier ones does not count.

        REFUSED where the order shows a refusal and exactly one payment that was begun since the sending.
        """

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentSighting:
        """Look before a payment is sent whether another one was received or may still be taken, by whatever method.

        What the order itself shows counts whenever it was. Of the account's transactions, which name no order, those
        count that were made since the order was, by OVH's clock, and that `unexplained_payments` counts.
        """

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentSighting:
        """Count the transactions since the order was made that may have paid it and belong to no other order.

        `others` are our payments of other orders for this total; orders of others are read from OVH. Raises
        `RegistrarRefused` where transactions cannot be read.
        """
