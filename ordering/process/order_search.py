"""Reconciles a checkout without a clear answer: finds its order, or proves that there is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from ordering.model.cart import CartState
from ordering.model.cart_phases import Requested, Tried
from ordering.model.errors import NotSent, RegistrarError, RegistrarRefused, RegistrarUnavailable
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount, earlier
from ordering.model.ids import OrderId
from ordering.model.sales_order import Attempt, OrderReconciliation, Outcome, SalesOrder
from ordering.ports.carts import RegistrarCarts
from ordering.ports.clock import RegistrarClock
from ordering.ports.sales_orders import SalesOrders
from ordering.ports.store import Transaction
from ordering.process.floors import UNTIL_ALL_SHOWS, Floors, is_over
from ordering.process.transitions import Logbook, is_for_a_person

S, K = CartState, EventKind
_MOST_TRIES = 5


class OrderSearchPort(RegistrarCarts, SalesOrders, RegistrarClock, Protocol):
    """The part of the registrar port that the search for an order uses."""


class OrderSearch:
    """Moves carts on from checking_out.

    `settle` is how long an unanswered checkout is observed. After the DELETE of its cart an order may still appear for
    `floors.ended`, or for `settle` if DELETE is a proof.
    """

    def __init__(self, book: Logbook, registrar: OrderSearchPort, *, settle: timedelta, floors: Floors) -> None:
        self._book = book
        self._registrar = registrar
        self._settle = settle
        self._floors = floors

    def refused(self, cart: Tried, refusal: RegistrarRefused) -> None:
        """Record OVH's refusal of the checkout, and search for an order.

        A repeated call is refused even if the first one created the order.
        """
        now, attempt = self._book.now(), replace(cart.attempt, refusal=refusal.code)
        data: Data = {"attempt": attempt.number, **refusal.data}
        noted = replace(cart, attempt=attempt).saying(K.CHECKOUT_CALL_REFUSED, data)
        with self._book.store.begin() as carts:
            event = happened(noted, now, K.CHECKOUT_CALL_REFUSED, data=data)
            saved = carts.save(noted, event, due_at=now + self._book.poll_schedule.quickest)
        self.look_for_order(saved)

    def rejected_by_ovh(self, cart: Tried) -> None:
        """Handle a throttled checkout. The first copy of a repeated call may have succeeded, so search for an order."""
        if self._find(cart).outcome is Outcome.ABSENT:
            self._withdraw(cart, cart.attempt)
        else:
            self._book.come_back(cart, self._book.poll_schedule.quickest)

    def nothing_left(self, cart: Tried, unsent: NotSent) -> None:
        """No byte of the checkout left this machine: delete its cart and try again."""
        self._registrar.discard(cart.attempt.registrar_cart)
        self._step_back(cart, unsent.data)

    def look_for_order(self, cart: Tried) -> None:
        """Adopt the order that was made, or step back once it is proven that none was."""
        waited, attempt = self._waited(cart), cart.attempt
        try:
            is_proven = self._floor_is_over(attempt)  # read before the search, so the search happens after the floor
            reconciliation = self._find(cart)
        except (RegistrarRefused, RegistrarUnavailable) as error:
            if not is_for_a_person(error, waited, self._settle):
                raise
            data: Data = {"attempt": attempt.number, **error.data}
            self._book.needs_attention(cart, K.ORDER_UNKNOWN, data=data, follow=True)
            return
        if reconciliation.order is not None:
            self._adopt(cart, reconciliation.order, "after_lost_answer")
        elif attempt.withdrawn_at is not None and not reconciliation.candidates:
            self._after_withdrawal(cart, attempt, is_proven=is_proven)
        elif self._may_withdraw(attempt, reconciliation, waited):
            self._withdraw(cart, attempt)
        elif waited < self._settle:
            self._book.come_back(cart, self._book.poll_schedule.after(waited))
        else:
            self._book.needs_attention(cart, K.ORDER_UNKNOWN, data=_seen(cart, attempt, reconciliation), follow=True)

    def look_again(self, cart: Tried) -> None:
        """Search again while a person is asked.

        The order may still appear, or the person's statement may take effect by now.
        """
        attempt = cart.attempt
        is_proven = self._floor_is_over(attempt)
        reconciliation = self._find(cart)
        if reconciliation.order is not None:
            self._adopt(cart, reconciliation.order, "later")
        elif attempt.denied_by is not None and is_proven and not self._may_show(attempt, reconciliation):
            self._step_back(cart, {"denied_by": attempt.denied_by})
        else:
            self._book.come_back(cart, self._book.poll_schedule.after(self._waited(cart)))

    def _waited(self, cart: Tried) -> timedelta:
        """Return how long the order has been searched for, by OVH's clock, because ours may be adjusted.

        If OVH does not return its time, our clock counts, and a jump of it either way counts as waiting.
        """
        try:
            return self._registrar.time() - cart.attempt.started_at
        except RegistrarError:
            return abs(self._book.now() - cart.since)

    def _may_show(self, attempt: Attempt, reconciliation: OrderReconciliation) -> bool:
        """Return whether something at OVH may still turn out to be this attempt's order."""
        is_possible = bool(reconciliation.candidates) or reconciliation.closed
        return is_possible and not is_over(self._registrar, attempt.started_at, UNTIL_ALL_SHOWS)

    def found(self, cart: Tried, order: SalesOrder, *, found: str | None = None) -> None:
        """Store an order as this cart's own; one that costs more than was approved needs a person.

        `found` says when it was seen, if no answer of OVH's named it.
        """
        if not cart.covers(order.total):
            self._book.too_dear(cart, order)
            return
        # The next step reads its payment options together with its expiry: until then neither is known.
        made = replace(order, expires_at=None)
        ordered = cart.checked_out(made, at=self._book.now())
        data: Data = {
            "order": order.id,
            "found": found,
            "owner_hidden": order.owner_hidden,
            "ovh": {"total": amount(order.total)},
        }
        self._book.save(ordered, K.ORDER_FOUND if found else K.ORDER_CREATED, data=data, due_in=timedelta())

    def _adopt(self, cart: Tried, order: SalesOrder, found: str) -> None:
        self.found(cart, replace(order, adopted_at=self._registrar.time()), found=found)

    def _may_withdraw(self, attempt: Attempt, reconciliation: OrderReconciliation, waited: timedelta) -> bool:
        """Return whether the old cart can be deleted now, or the answer to its DELETE was lost."""
        if attempt.deleting and not reconciliation.closed and not reconciliation.candidates:
            return True
        return reconciliation.outcome is Outcome.ABSENT and (attempt.refusal is not None or waited >= self._settle)

    def _withdraw(self, cart: Tried, attempt: Attempt) -> None:
        """Delete the old cart, so a checkout still in flight does not find it; then search once more."""
        deleting = cart
        if not attempt.deleting:
            with self._book.store.begin() as carts:
                begun = replace(cart, attempt=replace(attempt, deleting=True))
                deleting = carts.save(begun, due_at=self._book.now() + self._book.poll_schedule.quickest)
        if not self._registrar.discard(attempt.registrar_cart):
            self._book.come_back(deleting, self._book.poll_schedule.quickest)
            return
        withdrawn_at = self._registrar.time()
        with self._book.store.begin() as carts:
            withdrawn = replace(deleting.attempt, withdrawn_at=withdrawn_at)
            due_at = self._book.now() + self._book.poll_schedule.quickest
            saved = carts.save(replace(deleting, attempt=withdrawn), due_at=due_at)
        self.look_for_order(saved)  # an order may have been made just before the cart was deleted

    def _after_withdrawal(self, cart: Tried, attempt: Attempt, *, is_proven: bool) -> None:
        """Handle that no order appears after the DELETE.

        A refusal needs a person; otherwise the cart is ordered again.
        """
        if not is_proven:
            self._book.come_back(cart, self._book.poll_schedule.after(self._waited(cart)))
        elif attempt.refusal is not None:
            data: Data = {**_refusal_of(cart, attempt), "attempt": attempt.number, "call_was_refused": True}
            self._book.needs_attention(cart.without_attempt(), K.CHECKOUT_REFUSED, data=data)
        else:
            self._step_back(cart, {"error": "outcome_unknown"})

    def _floor_is_over(self, attempt: Attempt) -> bool:
        """Return whether an order of this attempt would be visible by now."""
        if attempt.withdrawn_at is None:
            return False
        # If DELETE is a proof, only a checkout in progress at that moment is still waited for.
        floor = self._settle if self._floors.delete_is_proof else self._floors.ended
        if self._floors.delete_is_proof and attempt.refusal is not None:
            return True
        return is_over(self._registrar, attempt.withdrawn_at, floor)

    def _find(self, cart: Tried) -> OrderReconciliation:
        def known(among: Collection[OrderId]) -> frozenset[OrderId]:
            # An order that an approver declared to be another's existed before this attempt.
            return self._book.known_orders(among) | frozenset(cart.foreign_allowed).intersection(among)

        return self._registrar.find_order(cart.attempt, cart.lines, cart.quote, known=known)

    def _step_back(self, cart: Tried, reason: Data) -> None:
        with self._book.store.begin() as carts:
            step_back(self._book, carts, cart, reason)


def step_back(book: Logbook, carts: Transaction, cart: Tried, reason: Data) -> None:
    """Have the cart checked out again, with a longer wait each time. After the last attempt a person decides."""
    now, tries = book.now(), cart.attempt.number
    data: Data = {"attempt": tries, **reason}
    back: Requested
    if tries >= _MOST_TRIES:
        kind, due_at = K.CHECKOUT_ATTEMPTS_EXHAUSTED, None
        back = cart.without_attempt().needs_attention(at=now)
    else:
        kind, due_at = K.CHECKOUT_RESCHEDULED, now + book.poll_schedule.quickest * 2**tries
        back = cart.order_again(at=now)
    carts.save(back.saying(kind, data), happened(back, now, kind, data=data), due_at=due_at)


def _seen(cart: Tried, attempt: Attempt, reconciliation: OrderReconciliation) -> Data:
    """Return the evidence about an unanswered attempt, as data."""
    return {
        "attempt": attempt.number,
        "call_was_refused": attempt.refusal is not None,
        "refusal": _refusal_of(cart, attempt) if attempt.refusal is not None else None,
        "evidence": reconciliation.seen,
        "ovh": {"orders": reconciliation.candidates, "cart_closed": reconciliation.closed},
    }


def _refusal_of(cart: Tried, attempt: Attempt) -> Data:
    """Return why OVH refused an attempt's call, as data."""
    if cart.fact is not None and cart.fact.kind is K.CHECKOUT_CALL_REFUSED:
        return {name: value for name, value in cart.fact.data.items() if name != "attempt"}
    return earlier(attempt.refusal or "")
