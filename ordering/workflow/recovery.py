"""Manual recovery: a person states what the bot could not find out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered, Paying, Requested, Tried
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind
from ordering.model.ids import CartId, OrderId
from ordering.model.money_call import CallState, RecordedCall, lost_markers, orders
from ordering.model.policy import Person, Policy
from ordering.model.recovery import Stamp
from ordering.model.sales_order import Attempt, OrderReconciliation, Outcome, SalesOrder, Statement
from ordering.ports.carts import RegistrarCarts
from ordering.ports.clock import RegistrarClock
from ordering.ports.sales_orders import SalesOrders
from ordering.ports.store import Store
from ordering.process.floors import UNTIL_ALL_SHOWS, is_over
from ordering.process.transitions import excess
from ordering.workflow.decisions import Decisions, read_cart

S, K = CartState, EventKind


class RecoveryPort(RegistrarCarts, SalesOrders, RegistrarClock, Protocol):
    """The part of the registrar port that manual recovery uses."""


class ManualRecovery:
    """Resolves a cart that needs attention; `mark` is the fingerprint on the button that was clicked."""

    def __init__(
        self, decisions: Decisions, store: Store, registrar: RecoveryPort, policy: Policy, clock: Callable[[], datetime]
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def try_again(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Check a cart out again under the same seal after OVH refused it and nothing was ordered."""
        return self._resolve(cart_id, by=by, mark=mark, stamp=stamp, again=True)

    def order_anyway(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Order a cart despite what was shown: another order of its names, or an attempt that is not on record."""
        now = self._clock()
        with self._decisions.begin(cart_id, stamp) as carts:
            cart = carts.cart(cart_id)
            self._policy.may_approve(cart, by)
            if not cart.can_be_ordered_anyway:
                raise NotPossible(code="not_movable", cart=cart.id, state=cart.state.value)
            cart.require_mark(mark)
            if cart.foreign_order is None:
                subject, lost = orders(line.domain.ascii for line in cart.lines), cart.fact.data if cart.fact else {}
                for marker in lost_markers(lost):
                    carts.announce_call(RecordedCall(subject, cart_id, 0, now, marker=marker, state=CallState.UNSENT))
                moved = Requested.of(cart).order_again(at=now)
            else:
                allowed = (*cart.foreign_allowed, cart.foreign_order)
                moved = Requested.of(cart).order_again(at=now, foreign_allowed=allowed)
            data: Data = {"order": cart.foreign_order}
            return carts.save(moved, happened(moved, now, K.ORDERED_ANYWAY, data=data, by=by.id), due_at=now)

    def give_up(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Close a cart if nothing was ordered, or if OVH cancelled its order or no longer knows it."""
        return self._resolve(cart_id, by=by, mark=mark, stamp=stamp, again=False)

    def may_recover(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Tried:
        """Return the cart whose order is searched for; raises if this person may not state what became of it."""
        self._policy.may_resolve(by)
        self._decisions.must_be_allowed(cart_id, stamp)
        cart = read_cart(self._store, cart_id)
        if not cart.is_undecided:
            raise NotPossible(code="not_movable", cart=cart.id, state=cart.state.value)
        cart.require_mark(mark)
        return Tried.of(cart)

    def adopt(self, cart_id: CartId, order_id: OrderId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Adopt the order at OVH that a person names; refuse one with other names or terms, or of another cart.

        Refused, too, is one that an approver called another user's, and one from before the try. An order that costs
        more than was approved is adopted, but cannot be paid from here.
        """
        cart = self.may_recover(cart_id, by=by, mark=mark, stamp=stamp)
        order = replace(self._named(order_id, cart), adopted_at=self._registrar.time())
        now = self._clock()
        found = (
            cart.checked_out(replace(order, expires_at=None), at=now)
            if cart.covers(order.total)
            else Ordered.of(replace(cart, order=order)).needs_attention(at=now)
        )
        with self._decisions.begin(cart_id, stamp) as carts:
            due_at = None if found.has_nothing_to_come else now
            data: Data = {
                **excess(cart, order),
                "payable": found.state is S.CHECKED_OUT,
                "owner_hidden": order.owner_hidden,
            }
            event = happened(found, now, K.ORDER_ADOPTED, data=data, by=by.id)
            return carts.save(found.saying(K.ORDER_ADOPTED, data), event, due_at=due_at)

    def _named(self, order_id: OrderId, cart: Tried) -> SalesOrder:
        """Return the order that a person named; raises `NotPossible` if it is not this cart's."""
        if order_id in cart.foreign_allowed:
            raise NotPossible(
                code="order_of_somebody_else", cart=cart.id, order=order_id, by=self._allowed_by(order_id, cart)
            )
        known = self._known_orders([order_id])
        seen = None if known else self._registrar.order_of(order_id, cart.lines, cart.quote, attempt=cart.attempt)
        if seen is not None and seen.outcome is Outcome.UNDECIDED:
            if seen.seen["seen"] == "order_made_before":
                made_at, tried_at = seen.seen["made_at"], seen.seen["tried_at"]
                raise NotPossible(
                    code="order_from_before", cart=cart.id, order=order_id, made_at=made_at, tried_at=tried_at
                )
            raise NotPossible(code="order_terms_differ", cart=cart.id, order=order_id, evidence=seen.seen)
        if seen is None or seen.order is None:
            raise NotPossible(code="not_this_carts_order", cart=cart.id, order=order_id)
        return seen.order

    def _allowed_by(self, order_id: OrderId, cart: Tried) -> str | None:
        """Return the approver who said that this order is another user's."""
        with self._store.read() as carts:
            statements = [event for event in carts.events(cart.id) if event.kind is K.ORDERED_ANYWAY]
        return next(
            (each.by for each in statements if each.fact is not None and each.fact.data["order"] == order_id), None
        )

    def nothing_ordered(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Record a person's statement that OVH made no order of a cart, which is then checked out again.

        The approval stays the same. The statement takes effect once an order of the first attempt would certainly be
        visible; until then the bot keeps searching for it. Refused if an order may be this cart's after all, or if the
        first checkout could still succeed.
        """
        cart = self.may_recover(cart_id, by=by, mark=mark, stamp=stamp)
        self._policy.may_deny(cart, by)
        attempt = cart.attempt
        if self._look_once_more(cart, attempt).outcome is Outcome.ABSENT:
            if not self._registrar.discard(attempt.registrar_cart):
                raise NotPossible(code="first_attempt_still_held", cart=cart_id)
            attempt = replace(attempt, withdrawn_at=None)
            self._look_once_more(cart, attempt)  # an order may have been made just before the cart was deleted
        denied = replace(attempt, withdrawn_at=attempt.withdrawn_at or self._registrar.time(), denied_by=by.id)
        now = self._clock()
        data: Data = {"attempt": attempt.number}
        declared = replace(cart, attempt=denied).needs_attention(at=now).saying(K.DECLARED_NOT_ORDERED, data)
        with self._decisions.begin(cart_id, stamp) as carts:
            event = happened(declared, now, K.DECLARED_NOT_ORDERED, data=data, by=by.id)
            return carts.save(declared, event, due_at=now)

    def _known_orders(self, among: Collection[OrderId]) -> frozenset[OrderId]:
        with self._store.read() as carts:
            return carts.known_orders(among)

    def _look_once_more(self, cart: Tried, attempt: Attempt) -> OrderReconciliation:
        """Search for the order; raises `NotPossible` if there is one, or may be."""

        def known(among: Collection[OrderId]) -> frozenset[OrderId]:
            return self._known_orders(among) | frozenset(cart.foreign_allowed).intersection(among)

        seen = self._registrar.find_order(attempt, cart.lines, cart.quote, known=known)
        if seen.order is not None:
            raise NotPossible(code="order_found", cart=cart.id, order=seen.order.id)
        may_show = bool(seen.candidates) or seen.closed
        if may_show and not is_over(self._registrar, attempt.started_at, UNTIL_ALL_SHOWS):
            if seen.candidates:
                raise NotPossible(code="order_possible", cart=cart.id, order=seen.candidates[0])
            if seen.closed:
                raise NotPossible(code="registrar_cart_closed", cart=cart.id)
        return seen

    def it_was_paid(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Record a person's statement that a payment succeeded which OVH does not show yet.

        The request stays in paying, and the question is not repeated for a day: only OVH can make it paid.
        """
        return self._say(cart_id, by, mark, stamp, paid=True)

    def not_paid(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Record a person's statement that a payment did not succeed.

        It takes effect when the floor is over and OVH still shows nothing. If the question was asked before anything
        was sent, it takes effect at once: the transactions shown are not this order's, and the payment is sent.
        """
        return self._say(cart_id, by, mark, stamp, paid=False)

    def _say(self, cart_id: CartId, by: Person, mark: str, stamp: Stamp | None, *, paid: bool) -> Cart:
        now = self._clock()
        self._policy.may_resolve(by)
        with self._decisions.begin(cart_id, stamp) as carts:
            cart = carts.cart(cart_id)
            paying = self._payment_to_recover(cart, by, mark, paid=paid)
            order, payment = paying.order, paying.payment
            declared = replace(payment, statement=Statement(paid=paid, by=by.id, at=now))
            if payment.sent_at is None and not paid:
                order = replace(order, explained=max(order.explained, payment.unexplained))
            moved = replace(paying, order=order).pay(declared, at=now)
            kind = K.DECLARED_PAID if paid else K.DECLARED_NOT_PAID
            data: Data = {"order": order.id, "method": payment.method, "sent": payment.sent_at is not None}
            return carts.save(moved, happened(moved, now, kind, data=data, by=by.id), due_at=now)

    def _payment_to_recover(self, cart: Cart, by: Person, mark: str, *, paid: bool) -> Paying:
        """Return the cart with the payment in question; raises if this person may not make this statement."""
        if not cart.payment_is_undecided:
            raise NotPossible(code="not_movable", cart=cart.id, state=cart.state.value)
        paying = Paying.of(cart)
        paying.require_mark(mark)
        if paying.payment.sent_at is None:
            self._policy.may_pay(by)
        if not paid:
            self._policy.may_deny(cart, by)
        return paying

    def _resolve(self, cart_id: CartId, *, by: Person, mark: str, stamp: Stamp | None, again: bool) -> Cart:
        now = self._clock()
        self._policy.may_resolve(by)
        with self._decisions.begin(cart_id, stamp) as carts:
            cart = carts.cart(cart_id)
            ended = cart.has_nothing_to_come or cart.order_is_missing
            if not ended or (again and cart.order is not None):
                raise NotPossible(code="not_movable", cart=cart.id, state=cart.state.value)
            cart.require_mark(mark)
            data: Data = {"order": cart.order.id if cart.order else None, "missing": cart.order_is_missing}
            kind = K.RETRY_REQUESTED if again else K.CLOSED
            moved = (Requested.of(cart).order_again(at=now) if again else cart.cancel(at=now)).saying(kind, data)
            event = happened(moved, now, kind, data=data, by=by.id)
            return carts.save(moved, event, due_at=now if again else None)
