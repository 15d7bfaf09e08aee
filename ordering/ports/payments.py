"""Port for payments of orders at OVH."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ordering.model.ids import OrderId
from ordering.model.sales_order import MethodId, Payment, PaymentMethod, PaymentReconciliation, SalesOrder, SentPayment
from ordering.ports.money_call import MoneyCall


class OrderPayments(Protocol):
    """Ways to pay an order, the call that pays, and its outcome.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def can_be_paid(self) -> bool:
        """Return whether the account has a registered payment method that is valid now."""

    def payment_methods(self, order_id: OrderId) -> tuple[PaymentMethod, ...]:
        """Return what can pay this order: valid registered methods, the account's default first, then other means."""

    def lists_method(self, order_id: OrderId, method: MethodId) -> bool:
        """Read the order's methods and return whether this one is listed. An empty list counts as listing it.

        Raises `RegistrarRefused` if the list cannot be read.
        """

    def require_right_to_pay(self, order_id: OrderId, method: MethodId) -> None:
        """Raise `RegistrarRefused` if the registrar says that the API key may not pay this order so. One call at most.

        A registrar that does not tell grants it.
        """

    def ready_to_pay(self, order_id: OrderId, method: MethodId) -> AbstractContextManager[MoneyCall[None]]:
        """Prepare the call that pays. A failure on entering means nothing was sent; it can be retried.

        After the call, reconcile with `payment`. Only `NotSent` proves that nothing was paid: any answer may be the
        answer to the second copy of a call that a proxy repeated.
        """

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentReconciliation:
        """Read the progress of a payment that was sent, ignoring the outcome of earlier ones.

        REFUSED if the order shows a refusal and exactly one payment was begun since the sending.
        """

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        """Check before a payment is sent whether another one was received, or may still be taken, by any method.

        Evidence in the order itself counts at any time. The account's transactions name no order, so a transaction
        counts if it was made since the order, by OVH's clock, and if `unexplained_payments` counts it.
        """

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        """Count the transactions since the order was made that may have paid it and belong to no other order.

        `others` are our payments of other orders for this total; orders made elsewhere are read from OVH. Raises
        `RegistrarRefused` if transactions cannot be read.
        """
