"""Swapped ids and moves without their data. Nothing here is run.

mypy reports an ignore without an error under it (`warn_unused_ignores`), so each of these lines must be an error.
"""

from dataclasses import replace
from datetime import datetime

from ordering.model.cart import Cart
from ordering.model.cart_phases import Ordered, Requested
from ordering.model.ids import CartId, OrderId
from ordering.model.money_call import RecordedCall, pays
from ordering.model.policy import Person
from ordering.model.sales_order import MethodId, Payment, SalesOrder
from ordering.ports.payments import OrderPayments
from ordering.ports.store import Transaction
from ordering.process.fulfilment import Fulfilment
from ordering.process.payment import Payments
from ordering.workflow.recovery import ManualRecovery


def ids_are_swapped(cart: Cart, order: SalesOrder, recovery: ManualRecovery, by: Person) -> None:
    """An order's number is never taken for a cart's, nor any other number for one of them."""
    recovery.adopt(cart.id, order.id, by=by, mark=cart.mark)  # as it must be
    recovery.adopt(order.id, cart.id, by=by, mark=cart.mark)  # type: ignore[arg-type]
    recovery.adopt(cart.id, 256900123, by=by, mark=cart.mark)  # type: ignore[arg-type]
    recovery.adopt(12, order.id, by=by, mark=cart.mark)  # type: ignore[arg-type]


def ids_are_swapped_in_money_calls(
    cart: Cart, order: SalesOrder, registrar: OrderPayments, method: MethodId, at: datetime
) -> None:
    """The registrar is asked about orders alone, and an attempt belongs to a cart."""
    registrar.ready_to_pay(cart.id, method)  # type: ignore[arg-type]
    registrar.ready_to_pay(method, order.id)  # type: ignore[arg-type]
    registrar.payment_methods(cart.id)  # type: ignore[arg-type]
    pays(cart.id)  # type: ignore[arg-type]
    RecordedCall(pays(order.id), order.id, 1, at)  # type: ignore[arg-type]


def ids_are_swapped_in_the_store(carts: Transaction, fulfilment: Fulfilment, order: OrderId, cart: CartId) -> None:
    """The database has both numbers, in two tables."""
    carts.cart(order)  # type: ignore[arg-type]
    carts.known_orders([cart])  # type: ignore[list-item]
    fulfilment.advance(order)  # type: ignore[arg-type]


def moves_lack_their_data(cart: Cart, requested: Requested, payment: Payment, at: datetime) -> None:
    """A move is made with all that it records, by the phase that has what it needs."""
    cart.pay(payment, at=at)  # type: ignore[attr-defined]
    requested.pay(payment, at=at)  # type: ignore[attr-defined]
    requested.approve(at=at, approved_by=("U0CLEO",))  # type: ignore[call-arg]
    requested.reject(at=at, rejected_by="U0CLEO", reason=None)  # type: ignore[arg-type]
    requested.checked_out(None, at=at)  # type: ignore[arg-type]


def phases_are_mixed_up(requested: Requested, ordered: Ordered, payments: Payments) -> None:
    """What a phase promises stays true: nothing takes it away, and no step begins without it."""
    payments.watch_order(ordered)  # as it must be
    payments.watch_order(requested)  # type: ignore[arg-type]
    payments.look_again(ordered)  # type: ignore[arg-type]
    replace(ordered, order=None)  # type: ignore[arg-type]
