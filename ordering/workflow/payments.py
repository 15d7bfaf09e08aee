"""Decisions to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.model.recovery import Stamp
from ordering.model.sales_order import FREE, MethodId, Payment, SalesOrder
from ordering.ports.clock import RegistrarClock
from ordering.ports.sales_orders import SalesOrders
from ordering.ports.store import Store
from ordering.process.adoption import require_owner_shown
from ordering.process.age import time_at_ovh
from ordering.process.standing import refuse_beyond_limits
from ordering.workflow.decisions import Decisions, read_cart

S = CartState
_PAID_FOR = {S.PAYING, S.PAID, S.DELIVERED}


class PaymentPort(SalesOrders, RegistrarClock, Protocol):
    """The part of the registrar port that a decision to pay uses."""


class PaymentDecisions:
    """Decides to pay a cart's order, and opens its pages at OVH."""

    def __init__(
        self, decisions: Decisions, store: Store, registrar: PaymentPort, policy: Policy, clock: Callable[[], datetime]
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def pay(
        self,
        cart_id: CartId,
        *,
        payer: Person,
        method: MethodId | None,
        mark: str,
        stamp: Stamp | None = None,
        clicked_at: datetime | None = None,
    ) -> Cart:
        """Decide to pay a cart's order with one of its methods; without one, with the suggested one.

        `mark` is the fingerprint on the button that was clicked: another total is not paid, and nothing is paid again
        after a refusal. `clicked_at` is by the database's clock and starts the payment's life; without it, now.
        Pressing Pay again on the same order returns the cart as it is.
        """
        now = self._clock()
        with self._decisions.begin(cart_id, stamp) as carts:
            cart = carts.cart(cart_id)
            self._policy.may_pay(payer)
            if _is_paid_by(cart, payer, method):
                return cart
            if cart.state is not S.CHECKED_OUT or cart.order is None:
                raise NotPossible(code="not_payable", cart=cart.id, state=cart.state.value)
            cart.require_mark(mark)
            require_owner_shown(cart)
            if cart.order.missing_since is not None:
                raise NotPossible(code="order_not_known", cart=cart.id, order=cart.order.id)
            chosen = _method(cart.order, method)
            refuse_beyond_limits(self._policy, carts, cart, cart.order.total, now)
            payment = Payment(
                method=chosen,
                by=payer.id,
                asked_at=clicked_at or carts.clock(),
                asked_at_ovh=time_at_ovh(self._registrar, now),
            )
            paying = Ordered.of(cart).pay(payment, at=now)
            data: Data = {"order": cart.order.id, "method": chosen, "amount": amount(cart.order.total)}
            event = happened(paying, now, EventKind.PAYMENT_REQUESTED, data=data, by=payer.id)
            return carts.save(paying, event, due_at=now)

    def order_link(self, cart_id: CartId, *, payer: Person, mark: str | None = None) -> str:
        """Return the order's page at OVH, to be shown only to this payer.

        While a payment is in progress, only a card that says so may open it: `mark` is its fingerprint.
        """
        self._policy.may_pay(payer)
        cart = read_cart(self._store, cart_id)
        if cart.order is None:
            raise NotPossible(code="no_order_yet", cart=cart_id)
        url = self._registrar.order_link(cart.order.id)
        self._note_opened(cart_id, mark)
        return url

    def _note_opened(self, cart_id: CartId, mark: str | None) -> None:
        """Record that the order's page was opened: a payment refused there must not be mistaken for the bot's."""
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            if cart.pays_or_may:
                cart.require_mark(mark or "")
            if cart.order is not None and (cart.pays_or_may or cart.state is S.CHECKED_OUT):
                carts.save(replace(cart, order=replace(cart.order, opened_at=now)), due_at=now)

    def invoice_link(self, cart_id: CartId, *, payer: Person) -> str:
        """Return the invoice's page at OVH, to be shown only to this payer."""
        self._policy.may_pay(payer)
        cart = read_cart(self._store, cart_id)
        if cart.order is None or cart.order.invoice is None:
            raise NotPossible(code="no_invoice_yet", cart=cart_id)
        return self._registrar.invoice_link(cart.order.invoice)


def _is_paid_by(cart: Cart, payer: Person, method: MethodId | None) -> bool:
    """Return whether this person decided exactly this already, so repeating it is no error."""
    if cart.payment is None or cart.state not in _PAID_FOR:
        return False
    return cart.payment.by == payer.id and method in {None, cart.payment.method}


def _method(order: SalesOrder, asked: MethodId | None) -> MethodId:
    """Return the method to pay with; raises `NotPossible` for one that the order does not accept."""
    if order.is_free:
        return FREE
    suggested = order.suggested_method
    if asked is None and suggested is not None:
        return suggested.id
    if not order.methods:
        raise NotPossible(code="no_payment_method", order=order.id)
    if asked is None or asked not in {known.id for known in order.methods}:
        raise NotPossible(code="payment_method_not_accepted", order=order.id)
    return asked
