"""The payment of a sales order: paid once, by a payer's decision or on OVH's own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.cart import CartState
from ordering.model.cart_phases import Ordered, Paying
from ordering.model.errors import (
    NotKnown,
    NotSent,
    OutcomeUnknown,
    RateLimitTimeout,
    RegistrarError,
    RegistrarRefused,
    RegistrarUnavailable,
)
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.sales_order import (
    MethodId,
    OrderStatus,
    Payment,
    PaymentProgress,
    PaymentReconciliation,
    SalesOrder,
)
from ordering.ports.clock import RegistrarClock
from ordering.ports.money_call import MoneyCall
from ordering.ports.payments import OrderPayments
from ordering.ports.sales_orders import SalesOrders
from ordering.process.floors import Floors
from ordering.process.intent import Intents, IntentStopped
from ordering.process.money_markers import MoneyMarkers
from ordering.process.payment_marker import PaymentMarkers, save_unsent, still_paying
from ordering.process.payment_outcome import PaymentOutcome, evidence_of, made_at_of
from ordering.process.reminder import is_time_to_remind, remind
from ordering.process.transitions import Logbook, RecentReads, change

S, K = CartState, EventKind
P = PaymentProgress


class PaymentPort(OrderPayments, SalesOrders, RegistrarClock, Protocol):
    """The part of the registrar port that a payment uses."""


class Payments:
    """The steps checked_out -> paying -> paid. `settle`: after how long a person is asked about a lost answer."""

    def __init__(
        self,
        book: Logbook,
        registrar: PaymentPort,
        intents: Intents,
        markers: MoneyMarkers,
        settle: timedelta,
        floors: Floors,
    ) -> None:
        self._book = book
        self._intents = intents
        self._registrar = registrar
        self._settle = settle
        self._floors = floors
        self._markers = PaymentMarkers(book, registrar, markers, settle)
        self._outcome = PaymentOutcome(book, registrar, settle, floors)
        self._recent_reads = RecentReads()

    def watch_order(self, cart: Ordered) -> None:
        """Refresh the order's payment options, detect a payment or cancellation at OVH, and remind once."""
        known = cart.order
        try:
            is_as_before = self._is_as_before(cart, known)
            order = known if is_as_before else self._read_again(cart, known)
        except NotKnown as unknown:
            self._missing(cart, known, unknown)
            return
        if order is None:
            return
        if is_time_to_remind(cart, order, self._book.now()):
            remind(self._book, cart, order)
        else:
            self._book.look_later(cart, order)
        if not is_as_before:  # only after it is stored: otherwise the new data would be taken for known
            self._recent_reads.was_read(cart, order, self._book.now())

    def pay_or_watch(self, cart: Paying, *, is_hindered: Callable[[Ordered], bool]) -> None:
        """Send a payment once, then follow its outcome.

        `is_hindered` asks a person and returns True if it must not be sent.
        """
        payment = cart.payment
        if payment.sent_at is not None:
            self._outcome.follow(cart)
        elif payment.is_affirmed:
            self._wait_for_the_other_payment(cart, payment)
        # First handle what may have been sent already: its floor must run, whatever else blocks the payment.
        elif not self._markers.was_interrupted(cart, payment) and not is_hindered(cart):
            self._send(cart, payment)

    def look_again(self, cart: Paying) -> None:
        """Poll OVH while a person is asked: it may still show the outcome."""
        if cart.payment.sent_at is not None:
            self._outcome.follow(cart)
        else:
            self._wait_for_the_other_payment(cart, cart.payment)

    # An order that OVH does not know

    def _missing(self, cart: Ordered, known: SalesOrder, unknown: NotKnown) -> None:
        """Block payment of an order that OVH does not know, and ask a person after a day. OVH may show it again."""
        now = self._registrar.time()
        if known.missing_since is None:
            missing = replace(cart, order=replace(known, missing_since=now), blocked=None)
            self._book.try_later(missing, unknown)
        elif now - known.missing_since < self._floors.unknown:
            raise unknown
        else:
            data: Data = {"order": known.id, "since": known.missing_since.isoformat()}
            self._book.needs_attention(cart, K.ORDER_MISSING, data=data, follow=True)

    def look_for_missing(self, cart: Ordered) -> None:
        """Poll OVH while a person is asked about an order that it does not know: it may show it again."""
        known = cart.order
        try:
            order = known.seen_as(self._registrar.order(known.id), known.methods)
        except NotKnown:
            self._book.come_back(cart, self._book.poll_schedule.after(self._book.now() - cart.since))
            return
        if not self._is_settled(cart, order):
            found = cart.checked_out(replace(order, expires_at=None), at=self._book.now())
            self._book.save(found, K.ORDER_SHOWN_AGAIN, data={"order": known.id}, due_in=timedelta())

    # Before the payment

    def _is_as_before(self, cart: Ordered, known: SalesOrder) -> bool:
        """Return whether it was read in full recently, and is still neither paid nor over."""
        recently = known.missing_since is None and self._recent_reads.are_enough(cart, self._book.now())
        return recently and self._registrar.order_status(known.id) is known.status

    def _read_again(self, cart: Ordered, known: SalesOrder) -> SalesOrder | None:
        """Return the current order with its methods, as a card may have been added or removed.

        None if there is nothing to pay any more.
        """
        # Before the first read its card offers no way to pay, and a payer is waiting for that.
        order = known.seen_as(self._registrar.order(known.id, urgent=not known.was_read), known.methods)
        if self._is_settled(cart, order):
            return None
        return known.seen_as(order, self._registrar.payment_methods(known.id))

    def _is_settled(self, cart: Ordered, order: SalesOrder) -> bool:
        """Return whether there is nothing to pay any more, or nothing that may be paid, and record it."""
        if order.status.is_paid:
            self._paid(cart, order, seen="paid_at_ovh")
        elif order.status.is_over:
            self._book.cancelled_unpaid(cart, replace(order, methods=()))
        elif not cart.covers(order.total):
            self._book.too_dear(cart, order)
        else:
            return False
        return True

    # The payment

    def _send(self, cart: Paying, payment: Payment) -> None:
        known = cart.order
        try:  # it may have been paid, cancelled or changed at OVH since the card was rendered
            fresh = known.seen_as(self._registrar.order(known.id, urgent=True), known.methods)
        except NotKnown as unknown:
            self._unpaid(cart, {"reason": "order_not_known", **unknown.data}, order=known)
            return
        if self._is_settled(cart, fresh):
            return
        if fresh.total != known.total:
            self._unpaid(cart, {"reason": "order_changed", **change(known, fresh)}, order=fresh)
            return
        earlier = self._earlier(cart, payment)
        if self._hinders(cart, payment, earlier):
            return
        # A refusal of the call would cost a floor, so ask first what can be known before.
        if not self._is_listed(known, payment.method):
            self._method_gone(cart, payment.method)
            return
        self._registrar.require_right_to_pay(known.id, payment.method)
        standing = self._intents.read(cart)
        ahead = self._registrar.clock_ahead()
        recorded = self._markers.announce(cart, payment, self._book.now() + ahead)
        if recorded is None:
            return
        sending = sent = None
        try:
            with self._registrar.ready_to_pay(known.id, payment.method) as call:
                sending = self._intent(cart, payment, ahead)
                now = self._book.now()
                # An event, so a database that loses this intent also lacks an entry of the audit log.
                begun = happened(sending, now, K.PAYMENT_STARTED, data=_begun(sending), by=payment.by)
                due_at = now + self._book.poll_schedule.quickest
                sent = self._intents.commit(sending, begun, standing=standing, at=now, due_at=due_at)
                self._call(call, sent)
        except IntentStopped:
            self._markers.unsent(recorded)
        except Exception:  # including the database's
            if sent is None:
                self._markers.unsent(recorded, sending)
            raise

    def _intent(self, cart: Paying, payment: Payment, ahead: timedelta) -> Paying:
        """Return the cart as it is to be committed before the call."""
        sent_at = self._book.now()
        return replace(cart, payment=replace(payment, sent_at=sent_at, sent_at_ovh=sent_at + ahead))

    def _call(self, call: MoneyCall[None], sent: Paying) -> None:
        """Ask OVH to pay, once, and record how the call ended. Only a call that was not sent proves anything."""
        payment = sent.payment
        sent_at = payment.sent_at or self._book.now()
        try:
            # A later request could race with a person who checks for the outcome.
            call.send(signed_at=payment.sent_at_ovh or sent_at, not_after=sent_at + self._settle / 2)
        except (NotSent, RateLimitTimeout) as unsent:
            self._not_sent(sent, unsent)
        except RegistrarRefused as refusal:
            self._refused(sent, refusal)
        except RegistrarUnavailable as unavailable:
            self._refused(sent, unavailable)
        except OutcomeUnknown:
            self._ended(sent)
        else:
            self._ended(sent, accepted_at=self._book.now())

    def _is_listed(self, order: SalesOrder, method: MethodId) -> bool:
        """Return whether OVH still lists the method for the order, or does not tell.

        An order over nothing is completed by a method that no list names.
        """
        try:
            return order.is_free or self._registrar.lists_method(order.id, method)
        except RegistrarRefused:
            return True

    def _method_gone(self, cart: Paying, method: MethodId) -> None:
        order = cart.order
        gone: Data = {"reason": "method_gone", "method": method, "method_name": order.name_of(method)}
        self._unpaid(cart, gone, order=order.refused_by(method))

    # The end of the call. Another process or a person may have changed the cart during the call.

    def _ended(self, sent: Paying, *, accepted_at: datetime | None = None) -> None:
        """Record that the call ended: its floor runs from a time that is read from OVH after this."""
        now = self._book.now()
        with self._book.store.begin() as carts:
            cart = still_paying(carts.cart(sent.id), sent)
            if cart is not None:
                payment = replace(cart.payment, ended_at=now, accepted_at=accepted_at)
                carts.save(replace(cart, payment=payment), due_at=now + self._book.poll_schedule.quickest)

    def _not_sent(self, sent: Paying, unsent: RegistrarError) -> None:
        """Make the order payable again at once: the sender knows that no byte left."""
        now = self._book.now()
        with self._book.store.begin() as carts:
            cart = still_paying(carts.cart(sent.id), sent)
            if cart is not None:
                save_unsent(carts, cart, unsent, at=now)

    def _refused(self, sent: Paying, error: RegistrarRefused | RegistrarUnavailable) -> None:
        """Record OVH's refusal of the call. It proves nothing: a proxy may have repeated a call that succeeded."""
        was_unavailable = isinstance(error, RegistrarUnavailable)
        method = sent.payment.method
        data: Data = {"order": sent.order.id, "method": method, "turned_away": was_unavailable, **error.data}
        now = self._book.now()
        with self._book.store.begin() as carts:
            cart = still_paying(carts.cart(sent.id), sent)
            if cart is not None:
                payment = replace(cart.payment, ended_at=now, refusal=error.code)
                refused = replace(cart, payment=payment).saying(K.PAYMENT_CALL_REFUSED, data)
                event = happened(refused, now, K.PAYMENT_CALL_REFUSED, data=data)
                carts.save(refused, event, due_at=now + self._book.poll_schedule.quickest)

    # Other payments of the order

    def _earlier(self, cart: Paying, payment: Payment) -> PaymentReconciliation:
        order, made_at = cart.order, made_at_of(cart, payment)
        with self._book.store.read() as carts:
            others = carts.sent_alike(order, since=made_at)
        return self._registrar.earlier_payment(order, payment.method, made_at=made_at, others=others)

    def _hinders(self, cart: Paying, payment: Payment, earlier: PaymentReconciliation) -> bool:
        """Return whether OVH shows another payment of this order that was taken, or may be, and record it.

        It may be one of the bot's that the database lost, or a person pays on OVH's own page. A refused one is no
        obstacle.
        """
        order = cart.order
        if earlier.progress is P.RECEIVED:
            self._paid(cart, replace(order, status=OrderStatus.CHECKING), seen="before_sending")
        elif earlier.is_open:
            self._unpaid(cart, {"reason": "payment_open", **evidence_of(cart, earlier)})
        elif earlier.unexplained > order.explained:
            asking, data = replace(payment, unexplained=earlier.unexplained, statement=None), evidence_of(cart, earlier)
            self._book.needs_attention(replace(cart, payment=asking), K.PAYMENT_QUESTIONED, data=data, follow=True)
        else:
            return False
        return True

    def _wait_for_the_other_payment(self, cart: Paying, payment: Payment) -> None:
        """Poll the order while another payment may exist.

        Nothing was sent, because a transaction may have paid the order; a person is asked, or said that it did.
        """
        known, statement = cart.order, payment.statement
        order = known.seen_as(self._registrar.order(known.id, urgent=True), known.methods)
        if self._is_settled(cart, order):
            return
        now = self._book.now()
        if cart.state is S.PAYING and statement is not None and abs(now - statement.at) >= self._floors.unknown:
            asking, data = replace(payment, statement=None), {"order": known.id, "method": payment.method}
            self._book.needs_attention(replace(cart, payment=asking), K.PAYMENT_QUESTIONED, data=data, follow=True)
        else:
            self._book.come_back(cart, self._book.poll_schedule.after(now - cart.since))

    def _paid(self, cart: Ordered, order: SalesOrder, *, seen: str) -> None:
        """Record a payment at OVH that was not made here. `seen` says when OVH showed it."""
        paid = replace(cart.without_payment(), order=order).paid(at=self._book.now())
        data: Data = {"order": order.id, "amount": amount(order.total), "seen": seen}
        self._book.save(paid, K.PAYMENT_RECEIVED, data=data, due_in=timedelta())

    def _unpaid(self, cart: Paying, why: Data, *, order: SalesOrder | None = None) -> None:
        """Make the order payable again, recording that nothing was sent, and why."""
        unpaid = replace(cart, order=order or cart.order).unpaid(at=self._book.now())
        data: Data = {"order": cart.order.id, **why}
        self._book.save(unpaid, K.PAYMENT_NOT_SENT, data=data, due_in=timedelta())


def _begun(sending: Paying) -> Data:
    """Return the payment that is about to be made, as data."""
    order = sending.order
    return {"order": order.id, "method": sending.payment.method, "amount": amount(order.total)}
