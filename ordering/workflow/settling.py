"""Something needs a person, who says what the desk could not find out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.policy import Person
from ordering.model.sales_order import Attempt, Outcome, Payment, PaymentProgress, SalesOrder, Sighting
from ordering.process.transitions import why_too_dear
from ordering.workflow.use_cases import UseCases, seal_and_quote

S, K = CartState, EventKind
# After a checkout, an order of it would long be seen by then, with its names; so would the order show that it is paid
# after its money was taken.
_UNTIL_ALL_SHOWS = timedelta(days=1)


class Settling(UseCases):
    """Moving on a cart that needs attention; `shown` is the mark on the button that was clicked."""

    def try_again(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Have a cart that OVH refused, and of which nothing was ordered, checked out afresh under the same seal."""
        return self._resolve(
            cart_id, by=by, shown=shown, to=S.APPROVED, kind=K.RETRY_REQUESTED, note="to be tried again"
        )

    def give_up(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Close a cart of which nothing was ordered, or whose order OVH cancelled."""
        return self._resolve(cart_id, by=by, shown=shown, to=S.CANCELLED, kind=K.CLOSED, note="closed")

    def may_settle(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Raise where this person may not say what became of this cart's order."""
        self.policy.may_resolve(by)
        cart = self.cart(cart_id)
        if not cart.is_undecided:
            raise NotPossible(_why_not_movable(cart), code="not_movable", cart=cart.id, state=cart.state.value)
        cart.must_be_as_shown(shown)
        return cart

    def adopt(self, cart_id: int, order_id: int, *, by: Person, shown: str) -> Cart:
        """Say which order at OVH is this cart's; one with other names, or of another cart, is refused.

        One that costs more than was approved is believed, too, but nobody can pay it from here.
        """
        cart = self.may_settle(cart_id, by=by, shown=shown)
        order = None if self._known_orders([order_id]) else self._registrar.order_of(order_id, cart.lines)
        if order is None:
            raise NotPossible(
                f"Order {order_id} is not this cart's: it has other names, or belongs to another cart. "
                "Look at OVH for the one with exactly these names.",
                code="not_this_carts_order",
                cart=cart.id,
                order=order_id,
            )
        now = self._clock()
        if cart.covers(order.total):
            found = cart.to(S.CHECKED_OUT, at=now, order=replace(order, expires_at=None))
        else:
            found = cart.to(S.NEEDS_ATTENTION, at=now, order=order, note=why_too_dear(cart, order))
        with self._store.begin() as carts:
            due_at = None if found.has_nothing_to_come else now
            data: Data = {
                "order": order_id,
                "payable": found.state is S.CHECKED_OUT,
                "ovh": {"total": amount(order.total)},
            }
            event = happened(found, now, K.ORDER_ADOPTED, data=data, by=by.id, note=f"it is order {order_id}")
            return carts.save(found, event, due_at=due_at)

    def nothing_ordered(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Say that OVH made no order of a cart, and have it checked out afresh under the same approval.

        Refused where an order may be its own after all, or where the first checkout could still come through.
        """
        cart = self.may_settle(cart_id, by=by, shown=shown)
        self.policy.may_deny(cart, by)
        if cart.attempt is None:
            raise AssertionError(f"cart #{cart_id} is undecided without an attempt")
        if self._look_once_more(cart, cart.attempt).outcome is Outcome.ABSENT:
            if not self._registrar.discard(cart.attempt.registrar_cart):
                raise NotPossible(
                    "OVH still holds the first try, so it is not tried again yet. Try again in a minute.",
                    code="first_attempt_still_held",
                    cart=cart_id,
                )
            self._look_once_more(cart, cart.attempt)  # it may have come through just before the cart went
        now = self._clock()
        again = cart.to(S.APPROVED, at=now)
        with self._store.begin() as carts:
            note = "nothing was ordered, to be tried again"
            data: Data = {"attempt": cart.attempt.number}
            event = happened(again, now, K.DECLARED_NOT_ORDERED, data=data, by=by.id, note=note)
            return carts.save(again, event, due_at=now)

    def _known_orders(self, among: Collection[int]) -> frozenset[int]:
        with self._store.read() as carts:
            return carts.known_orders(among)

    def _look_once_more(self, cart: Cart, attempt: Attempt) -> Sighting:
        """Look for the order; raises `NotPossible` where there is one, or may be."""
        total = seal_and_quote(cart)[0].total
        seen = self._registrar.find_order(attempt, cart.lines, total, known=self._known_orders)
        if seen.order is not None:
            raise NotPossible(
                f"Order {seen.order.id} at OVH has these names. If it is this cart's, choose “It is this order”.",
                code="order_found",
                cart=cart.id,
                order=seen.order.id,
            )
        if self._clock() - attempt.started_at < _UNTIL_ALL_SHOWS:
            if seen.candidates:
                raise NotPossible(
                    f"Order {seen.candidates[0]} at OVH may be this cart's. Look at it there: if it has these names, "
                    "choose “It is this order”. If it is about something else, try again in an hour.",
                    code="order_possible",
                    cart=cart.id,
                    order=seen.candidates[0],
                )
            if seen.closed:
                raise NotPossible(
                    "OVH closed this cart, which it does when it makes an order, so nothing is ordered again yet. "
                    "The desk keeps looking; or ask OVH's support for the order.",
                    code="registrar_cart_closed",
                    cart=cart.id,
                )
        return seen

    def it_was_paid(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Say that a payment went through which OVH does not show yet; refused where OVH shows that it did not."""
        cart, order, payment = self._payment_to_settle(cart_id, by, shown)
        sighting = self._registrar.payment(order, payment)
        ended = {PaymentProgress.REFUSED, PaymentProgress.CANCELLED}
        if sighting.progress in ended or sighting.shows_none(payment):
            raise NotPossible(
                f"OVH shows that order {order.id} was not paid: {sighting.seen or 'the payment was refused.'} "
                "The card will offer the ways to pay again in a moment.",
                code="payment_shown_as_failed",
                cart=cart.id,
                order=order.id,
            )
        return self._settled(cart, S.PAID, K.DECLARED_PAID, by, "It was paid.")

    def not_paid(self, cart_id: int, *, by: Person, shown: str) -> Cart:
        """Say that a payment did not go through, so that another can be chosen; refused where the order shows one."""
        cart, order, payment = self._payment_to_settle(cart_id, by, shown)
        self.policy.may_deny(cart, by)
        sighting = self._registrar.payment(order, payment)
        if sighting.progress is PaymentProgress.RECEIVED:
            raise NotPossible(
                f"OVH has received a payment for order {order.id}. The card will show it in a moment.",
                code="payment_received",
                cart=cart.id,
                order=order.id,
            )
        if sighting.is_open:
            raise NotPossible(
                f"OVH is still working on the payment of order {order.id}: another one now could pay it twice. "
                "Wait for its end, or ask OVH's support to stop it. The card shows what comes of it.",
                code="payment_under_way",
                cart=cart.id,
                order=order.id,
            )
        if sighting.taken_at is not None and self._clock() - sighting.taken_at < _UNTIL_ALL_SHOWS:
            raise NotPossible(
                f"{sighting.seen} If it paid order {order.id}, another payment could pay it twice: wait until OVH's "
                "order shows it, and the card does. If it paid another order, pay this one on OVH's page, or ask OVH's "
                "support. A day after that transaction the desk takes your word for it.",
                code="transaction_may_be_payment",
                cart=cart.id,
                order=order.id,
            )
        note = "It was not paid: a payer chooses again."
        return self._settled(cart, S.CHECKED_OUT, K.DECLARED_NOT_PAID, by, note, payment=None)

    def _payment_to_settle(self, cart_id: int, by: Person, shown: str) -> tuple[Cart, SalesOrder, Payment]:
        self.policy.may_resolve(by)
        cart = self.cart(cart_id)
        if not cart.payment_is_undecided or cart.order is None or cart.payment is None:
            raise NotPossible(_why_not_movable(cart), code="not_movable", cart=cart.id, state=cart.state.value)
        cart.must_be_as_shown(shown)
        return cart, cart.order, cart.payment

    def _settled(self, cart: Cart, to: CartState, kind: EventKind, by: Person, note: str, **changes: object) -> Cart:
        now = self._clock()
        moved = cart.to(to, at=now, **changes)
        data: Data = {"order": cart.order.id if cart.order else None}
        with self._store.begin() as carts:
            return carts.save(moved, happened(moved, now, kind, data=data, by=by.id, note=note), due_at=now)

    def _resolve(self, cart_id: int, *, by: Person, shown: str, to: CartState, kind: EventKind, note: str) -> Cart:
        now = self._clock()
        self.policy.may_resolve(by)
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            if not cart.has_nothing_to_come or (to is S.APPROVED and cart.order is not None):
                raise NotPossible(_why_not_movable(cart), code="not_movable", cart=cart.id, state=cart.state.value)
            cart.must_be_as_shown(shown)
            moved = cart.to(to, at=now, note=_closing(cart) if to is S.CANCELLED else None)
            data: Data = {"order": cart.order.id if cart.order else None}
            event = happened(moved, now, kind, data=data, by=by.id, note=note)
            return carts.save(moved, event, due_at=now if to is S.APPROVED else None)


def _why_not_movable(cart: Cart) -> str:
    return f"Cart #{cart.id} is not one that this button can move. Look at its newest card."


def _closing(cart: Cart) -> str:
    return f"Closed: OVH cancelled order {cart.order.id}." if cart.order else "Closed without ordering."
