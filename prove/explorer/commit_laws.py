"""The laws of each commit: what a change of the request must be founded on, by the truth at OVH."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ordering.model.cart import ENDED, Cart, CartState
from ordering.model.facts import EventKind
from ordering.model.sales_order import Attempt, Payment, SalesOrder
from ordering.ports.store import TimerKind
from prove.explorer.law_names import (
    AGAIN,
    ALIKE,
    FOR_NO_REASON,
    INTERRUPTED,
    NOT_OURS,
    OFFERED,
    SILENCE,
    SLOW,
    STUCK,
    TOO_DEAR,
    TOO_OLD,
    UNANSWERED,
    UNRECORDED,
    LawBroken,
)
from prove.explorer.ledger import START, Paid
from prove.explorer.team import ANSWER, POLICY

if TYPE_CHECKING:
    from prove.explorer.processes import Process
    from prove.explorer.world import World

S, K = CartState, EventKind
_LEFT_ALONE = 58.0  # seconds that a process has for an attempt; OVH's clock tells whole seconds
# A checkout is looked for during the settling time and a floor, at intervals of a tenth of the time waited.
_CLEARED_WITHIN = 1300.0  # seconds
_A_DAY = 86_400.0  # seconds
_BEGUN_WITHIN = 61.0  # seconds from the intent; OVH's clock tells whole seconds
# What prolongs the search for an order: reads that fail, processes that sleep, clocks ahead, recover mode.
_HOLD_UP = ("busy", "forbidden", "freeze", "crash", "empty", "unanswered", "clock+", "lose", "restore", "hold")
_INTENTS = {K.CHECKOUT_STARTED, K.PAYMENT_STARTED}
_POLLED = {S.APPROVED, S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.PAID}
_ASKS_ABOUT_PAYMENT = {K.PAYMENT_QUESTIONED, K.PAYMENT_UNKNOWN}


class CommitLaws:
    """Checks each commit of the request against the one before it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before: Cart | None = None
        self._events = 0  # at the last commit
        self._entered_at = 0.0  # seconds of the world: when the request entered its state
        self.started: set[datetime] = set()  # payments with an entry in the audit log, by the time of their request

    def check(self, cart: Cart) -> None:
        events = self._world.store.kept.events
        for event in events[self._events :]:
            self._noted(event.kind, cart)
        self._events = len(events)
        before, self._before = self._before, cart
        self._must_be_polled(cart)
        self._must_keep_answers(cart)
        if cart.order is not None:
            self._must_be_good(cart)
            if before is None or before.order is None or before.order.missing_since is None:
                self._must_be_missing(cart)
        if before is None:
            return
        if cart.payment and before.payment_is_unsent and cart.payment.asked_at not in self.started:
            self._may_be_interrupted(cart.payment)
        self._must_not_be_given_up(before, cart)
        self._must_not_be_asked_twice(before, cart)
        if cart.state is not before.state:
            self._must_be_quick(before)
            self._entered_at = self._world.now

    def went_back(self, cart: Cart) -> None:
        """Handle the loss of the newest commits."""
        self._before, self._events = cart, len(self._world.store.kept.events)
        self._entered_at = self._world.now

    def _noted(self, kind: EventKind | None, cart: Cart) -> None:
        """Check what a new entry of the audit log stands for."""
        if kind in _INTENTS:
            self._world.current.intent = cart
        if kind is K.PAYMENT_STARTED and cart.payment:
            self.started.add(cart.payment.asked_at)
            self._must_be_young(cart.payment.asked_at, POLICY.payment_life.total_seconds())
        if kind is K.CHECKOUT_STARTED and cart.approved_at:
            self._must_be_young(cart.approved_at, POLICY.approval_life.total_seconds())
        if kind is K.CHECKOUT_INTERRUPTED and cart.attempt:
            self._must_be_left(cart.attempt.started_at)

    def _must_be_young(self, decided: datetime, life: float) -> None:
        """Check the age of a decision whose intent is committed, by the database's clock."""
        age = (self._world.store.server_clock() - decided).total_seconds()
        if age > life:
            raise LawBroken(TOO_OLD, f"{age:.0f} s after the click, by the database's clock")

    def _may_be_interrupted(self, payment: Payment) -> None:
        """Check a payment that counts as sent though no intent was committed."""
        began = {call.started_at for call in self._world.store.kept.calls}
        if payment.sent_at is not None and payment.sent_at_ovh in began:
            self._must_be_left(payment.sent_at_ovh)

    def _must_be_left(self, started_at: datetime) -> None:
        """Check that an attempt was left to its process for a while."""
        age = self._world.now - (started_at - START).total_seconds()
        if age < _LEFT_ALONE and self.cause is not K.ATTEMPT_NOT_ON_RECORD and not self._is_disturbed("clock"):
            raise LawBroken(INTERRUPTED, f"after {age:.0f} s")

    @property
    def cause(self) -> EventKind | None:
        """The newest fact about the request."""
        fact = self._world.laws.cart.fact
        return fact.kind if fact else None

    def _must_be_polled(self, cart: Cart) -> None:
        """Check that a user comes back to a request that waits for OVH."""
        if cart.state in _POLLED and (TimerKind.STEP, cart.id) not in self._world.store.kept.timers:
            raise LawBroken(STUCK, f"{cart.state} without a timer")

    def _must_keep_answers(self, cart: Cart) -> None:
        """Check that a request that may still be ordered has the answers of its requester."""
        if cart.state not in ENDED and any(line.answer(ANSWER.label) != ANSWER for line in cart.lines):
            raise LawBroken(UNANSWERED, f"{cart.state} without {ANSWER.label}")

    def _must_be_good(self, cart: Cart) -> None:
        """Check the order of a request: it is our own, and payable only if it was approved."""
        order = self._world.ledger.orders.get(cart.order.id) if cart.order else None
        if order is None or cart.order is None:
            return
        if order.foreign:
            raise LawBroken(NOT_OURS, f"order {order.id} was adopted")
        if cart.seal and cart.state in {S.CHECKED_OUT, S.PAYING} and cart.order.total.minor > cart.seal.total.minor:
            raise LawBroken(TOO_DEAR, f"order {order.id} is payable: {cart.order.total}, approved {cart.seal.total}")

    def _must_be_missing(self, cart: Cart) -> None:
        """Check an order that now counts as missing: OVH did not show it when the job began."""
        order = self._world.ledger.orders.get(cart.order.id) if cart.order else None
        if order is None or cart.order is None or cart.order.missing_since is None:
            return
        if order.shows(max(self._world.step_began_at, order.made_at)):
            raise LawBroken(FOR_NO_REASON, f"order {order.id} counts as missing")

    def _must_not_be_given_up(self, before: Cart, cart: Cart) -> None:
        """Check that nothing at OVH, or on its way there, contradicts that the request is ordered or paid again."""
        if cart.state is S.CHECKED_OUT and before.order and before.payment and before.payment.sent_at:
            self._must_be_unpaid(before.order, before.payment)
        attempt = before.attempt
        if attempt is not None and before.order is None and (cart.attempt is None or cart.state is S.APPROVED):
            self._must_be_unordered(attempt)

    def _must_be_unpaid(self, order: SalesOrder, given_up: Payment) -> None:
        payments = self._world.ledger.orders[order.id].payments
        taken = any(payment.took() and not payment.page for payment in payments)
        if taken and self._looks_alike(order, given_up, payments):
            raise LawBroken(ALIKE, f"order {order.id}")
        if taken or self._world.may_still_come(f"/me/order/{order.id}/pay"):
            raise LawBroken(OFFERED, f"order {order.id}")
        was_denied = given_up.refusal or given_up.is_denied or any(payment.refused for payment in payments)
        if not was_denied and self.cause is not K.PAYMENT_NOT_SENT:
            raise LawBroken(SILENCE, f"order {order.id}")

    def _looks_alike(self, order: SalesOrder, given_up: Payment, payments: Iterable[Paid]) -> bool:
        """Return whether all that OVH shows of an accepted payment is one refusal elsewhere that may be its own.

        It has the same method and began within a minute, on a page that nobody opened from the card.
        """
        if given_up.accepted_at is None or given_up.sent_at_ovh is None or order.opened_at is not None:
            return False
        since = (given_up.sent_at_ovh - START).total_seconds() - 1.0
        visible = [paid for paid in payments if paid.begun_at >= since and paid.shows_transaction(self._world.now)]
        if len(visible) != 1 or visible[0].method != given_up.method:
            return False
        return visible[0].refused and visible[0].mail and visible[0].begun_at - since < _BEGUN_WITHIN + 1.0

    def _must_be_unordered(self, attempt: Attempt) -> None:
        number = attempt.registrar_cart
        for order in self._world.ledger.ours:
            denied_late = attempt.denied_by is not None and self._world.now - order.made_at > _A_DAY
            if order.cart == number and order.is_alive(self._world.now) and not denied_late:
                raise LawBroken(AGAIN, f"order {order.id} was made at {order.made_at:.0f} s")
        if number in self._world.ledger.carts and self._world.may_still_come(f"/order/cart/{number}/checkout"):
            raise LawBroken(AGAIN, f"the checkout of {number} may still come")

    def _must_not_be_asked_twice(self, before: Cart, cart: Cart) -> None:
        """Check that nobody is asked about a payment within a day after a person said that it was made."""
        statement = before.payment.statement if before.payment else None
        asks = cart.state is S.NEEDS_ATTENTION and self.cause in _ASKS_ABOUT_PAYMENT
        if statement is None or not statement.paid or not asks or before.state is S.NEEDS_ATTENTION:
            return
        age = self._world.now - (statement.at - START).total_seconds()
        if age < _A_DAY - 60 and not self._is_disturbed("clock", "server"):
            raise LawBroken(FOR_NO_REASON, f"{age:.0f} s after a person said that it was paid")

    def _must_be_quick(self, before: Cart) -> None:
        waited = self._world.now - self._entered_at
        held_up = self._is_disturbed(*_HOLD_UP)
        if before.state is S.CHECKING_OUT and waited > _CLEARED_WITHIN and not held_up:
            raise LawBroken(SLOW, f"{waited:.0f} s")

    def step_ended(self, process: Process) -> None:
        """Check that the end of a money call is on record after its job."""
        intent, cart = process.intent, self._world.laws.cart
        if intent is None or process.was_sent is None:
            return
        looks_for = cart.attempt.registrar_cart if cart.attempt and cart.state is S.CHECKING_OUT else None
        is_same = intent.attempt is not None and intent.attempt.registrar_cart == looks_for
        if is_same and not process.was_sent and not self._is_disturbed("busy", "forbidden"):
            raise LawBroken(UNRECORDED, f"the checkout of {looks_for} was not sent")
        known, sent = cart.payment, intent.payment
        if known is None or sent is None or not cart.pays_or_may or known.ended_at is not None:
            return
        if sent.sent_at and (known.asked_at, known.sent_at) == (sent.asked_at, sent.sent_at):
            raise LawBroken(UNRECORDED, f"the payment that was sent at {sent.sent_at}")

    def _is_disturbed(self, *by: str) -> bool:
        return any(what.startswith(by) for what in self._world.deviated.values())
