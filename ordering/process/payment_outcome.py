"""The outcome of a sent payment. Silence is never "not paid": only proof or the end of a floor counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.cart import CartState
from ordering.model.cart_phases import Paying
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, Fact, amount, quoted
from ordering.model.sales_order import OrderStatus, Payment, PaymentProgress, PaymentReconciliation, SalesOrder
from ordering.ports.clock import RegistrarClock
from ordering.ports.payments import OrderPayments
from ordering.ports.sales_orders import SalesOrders
from ordering.process.floors import Floors
from ordering.process.transitions import Logbook, is_for_a_person

S, K = CartState, EventKind
P = PaymentProgress
# A multiple of the settling time: OVH accepted the payment, so it is neither lost nor stuck yet.
_PATIENCE = 10
_NOTIFIED_FIRST = timedelta(hours=1)  # for a payment that OVH processes, or for a longer floor
_NOTIFIED_AGAIN = timedelta(days=1)


class PaymentReader(OrderPayments, SalesOrders, RegistrarClock, Protocol):
    """The part of the registrar port that reading a payment's outcome uses."""


class PaymentOutcome:
    """Follows a payment after its call, while it is paying or a person is asked. `settle`: when a person is asked."""

    def __init__(self, book: Logbook, registrar: PaymentReader, settle: timedelta, floors: Floors) -> None:
        self._book = book
        self._registrar = registrar
        self._settle = settle
        self._floors = floors

    def follow(self, cart: Paying) -> None:
        """Advance the cart if OVH shows the outcome or a floor is over; else notify, ask or wait."""
        payment = cart.payment
        try:
            reconciliation = self._registrar.payment(cart.order, payment)
        except (RegistrarRefused, RegistrarUnavailable) as error:
            self._unanswered(cart, error)
            return
        if self._is_decided(cart, reconciliation):
            return
        now = self._registrar.time()
        if payment.ended_at is not None and payment.ended_at_ovh is None:
            cart = self._keep(cart, self._dated(payment, now))
        if not self._may_have_failed(cart.payment, reconciliation):
            self._ask_or_wait(cart, reconciliation, now)
        elif now < self._floor_of(cart):
            self._wait(cart, reconciliation, now, until=self._floor_of(cart))
        else:
            self._after_the_floor(cart, now)

    # Evidence from OVH

    def _is_decided(self, cart: Paying, reconciliation: PaymentReconciliation) -> bool:
        """Return whether OVH shows the outcome of the payment, and record it."""
        order, payment = cart.order, cart.payment
        if reconciliation.progress is P.RECEIVED:
            self._paid(cart)
        elif reconciliation.progress is P.CANCELLED and payment.accepted_at is None:
            self._book.cancelled_unpaid(cart, replace(order, status=OrderStatus.CANCELLED, methods=()))
        elif reconciliation.progress is P.CANCELLED or reconciliation.order_is_over:
            self._cancelled_while_paying(cart, reconciliation.seen)
        elif reconciliation.is_own and payment.accepted_at is not None and order.opened_at is None:
            # OVH accepted the call, and no user ever opened the order's page from here: OVH keeps a page as long as the
            # order, so a user who opened it before this payment may still pay there.
            self._not_paid(cart, *_refused(cart, reconciliation))
        else:
            return False
        return True

    def _paid(self, cart: Paying) -> None:
        """Record that OVH has the payment; a person's statement to the contrary is dropped."""
        seen = "after_sending"
        if cart.payment.is_denied:
            seen = "after_denial"
        elif cart.state is S.NEEDS_ATTENTION:
            seen = "after_question"
        order = replace(cart.order, status=OrderStatus.CHECKING)
        data: Data = {"order": order.id, "amount": amount(order.total), "seen": seen}
        paid = replace(cart, order=order).paid(at=self._book.now())
        self._book.save(paid, K.PAYMENT_RECEIVED, data=data, due_in=timedelta())

    def _not_paid(self, cart: Paying, why: Fact, order: SalesOrder) -> None:
        """Let the same order be paid another way: there is never a second order."""
        unpaid = replace(cart, order=order).unpaid(at=self._book.now())
        self._book.save(unpaid, why.kind, data=why.data, due_in=timedelta())

    def _cancelled_while_paying(self, cart: Paying, seen: Data | None) -> None:
        """Handle an order that OVH cancelled after it accepted a payment, or may have."""
        order = replace(cart.order, status=OrderStatus.CANCELLED, methods=())
        data: Data = {"order": order.id, "while_paying": True, "evidence": seen, "ovh": {"status": order.status.value}}
        self._book.needs_attention(replace(cart, order=order), K.ORDER_CANCELLED_AFTER_PAYMENT, data=data)

    # The floor

    def _may_have_failed(self, payment: Payment, reconciliation: PaymentReconciliation) -> bool:
        """Return whether OVH refused the call, or refused what may be this payment, or a person denied it."""
        if payment.is_affirmed:
            return False
        return (
            payment.refusal is not None
            or payment.is_denied
            or reconciliation.progress is P.REFUSED
            or reconciliation.failed
        )

    def _dated(self, payment: Payment, now: datetime) -> Payment:
        """Date the end of the call.

        A floor that was announced before, when no end was known, becomes shorter.
        """
        dated = replace(payment, ended_at_ovh=now)
        if payment.waits_until_ovh is None:
            return dated
        return replace(dated, waits_until_ovh=self._floors.end_for(dated, self._sent_at(dated)))

    def _floor_of(self, cart: Paying, *, unexplained: bool = False) -> datetime:
        payment = cart.payment
        return self._floors.end_for(payment, self._sent_at(payment), unexplained=unexplained)

    def _after_the_floor(self, cart: Paying, now: datetime) -> None:
        """Offer *Pay* again if OVH shows nothing that may be the payment. `now` was read from OVH in this step.

        It reads the payment once more: what OVH showed before that time may be older than the floor's end.
        """
        order = cart.order
        reconciliation = self._registrar.payment(order, cart.payment)
        if self._is_decided(cart, reconciliation):
            return
        if reconciliation.progress is P.UNDER_WAY:
            self._wait(cart, reconciliation, now, until=now)
            return
        money = self._unexplained(cart)
        is_explained = money.unexplained <= order.explained
        day_over = now >= self._floor_of(cart, unexplained=True)
        if money.unfinished and not is_explained:
            self._wait(cart, money, now, until=now)
        elif not (is_explained or day_over):
            self._wait(cart, money, now, until=self._floor_of(cart, unexplained=True))
        else:
            self._not_paid(cart, *_never_shown(cart, reconciliation, max(order.explained, money.unexplained)))

    def _unexplained(self, cart: Paying) -> PaymentReconciliation:
        """Return the transactions that may be this payment.

        If they cannot be read, returns one more than are explained.
        """
        order, payment = cart.order, cart.payment
        try:
            return unexplained(self._book, self._registrar, cart, payment)
        except RegistrarRefused as refusal:
            seen: Data = {"seen": "transactions_not_read", "refusal": refusal.data}
            return PaymentReconciliation(P.UNDECIDED, seen, unexplained=order.explained + 1)

    def _wait(self, cart: Paying, reconciliation: PaymentReconciliation, now: datetime, *, until: datetime) -> None:
        """Wait for the end of a floor; tell the payers of a refusal that may be another's, and of more than an hour."""
        payment = cart.payment
        if reconciliation.is_open:
            self._processing(cart, reconciliation, now)
        elif payment.waits_until_ovh == until:
            self._come_back(cart, now, until=until)
        elif until - now > _NOTIFIED_FIRST or reconciliation.progress is P.REFUSED:
            why = Fact(K.PAYMENT_WAITING, {"until": until.isoformat(), **evidence_of(cart, reconciliation)})
            self._notify(cart, replace(payment, waits_until_ovh=until), why, now)
        else:
            self._keep(cart, replace(payment, waits_until_ovh=until))

    # Notifications and questions

    def _ask_or_wait(self, cart: Paying, reconciliation: PaymentReconciliation, now: datetime) -> None:
        """Handle a payment without any refusal: OVH processes it, or a person is asked once it took long enough."""
        payment = cart.payment
        waited = now - self._sent_at(payment)
        limit = self._settle * (_PATIENCE if payment.accepted_at else 1)
        if reconciliation.progress is P.UNDER_WAY:
            self._processing(cart, reconciliation, now)
        elif cart.state is S.PAYING and waited >= limit and not self._is_told_paid(payment):
            self._ask(cart, evidence_of(cart, reconciliation))
        else:
            self._come_back(cart, now)

    def _is_told_paid(self, payment: Payment) -> bool:
        """Return whether a person said within the last day that it was paid."""
        statement = payment.statement
        return statement is not None and statement.paid and abs(self._book.now() - statement.at) < self._floors.unknown

    def _processing(self, cart: Paying, reconciliation: PaymentReconciliation, now: datetime) -> None:
        """Show on the card that OVH processes it; notify the payer after an hour, then daily."""
        payment = cart.payment
        sent_at = self._sent_at(payment)
        notified_at, why = payment.notified_at_ovh, Fact(K.PAYMENT_PROCESSING, evidence_of(cart, reconciliation))
        if cart.state is S.NEEDS_ATTENTION:
            self._notify(cart, replace(payment, notified_at_ovh=now), why, now)
        elif notified_at is None and now - sent_at >= self._settle:
            self._keep(cart, replace(payment, notified_at_ovh=sent_at))  # the card alone
        elif notified_at is not None and now - notified_at >= (
            _NOTIFIED_FIRST if notified_at == sent_at else _NOTIFIED_AGAIN
        ):
            self._notify(cart, replace(payment, notified_at_ovh=now), why, now)
        else:
            self._come_back(cart, now)

    def _unanswered(self, cart: Paying, error: RegistrarRefused | RegistrarUnavailable) -> None:
        """Handle that OVH does not return the payment's status.

        A person is asked in time; until then the error is the cart's blocked reason.
        """
        payment = cart.payment
        waited = abs(self._book.now() - (payment.sent_at or payment.asked_at))
        asks = cart.state is S.PAYING and payment.refusal is None and payment.statement is None
        if not (asks and is_for_a_person(error, waited, self._settle)):
            raise error
        self._ask(cart, {**_paying(cart), **error.data})

    def _ask(self, cart: Paying, data: Data) -> None:
        waiting = replace(cart.payment, waits_until_ovh=self._floor_of(cart), statement=None)
        self._book.needs_attention(replace(cart, payment=waiting), K.PAYMENT_UNKNOWN, data=data, follow=True)

    def _notify(self, cart: Paying, payment: Payment, why: Fact, now: datetime) -> None:
        """Report the status in the audit log and the card's thread. A person who was asked is not needed any more."""
        at = self._book.now()
        reported = replace(cart, payment=payment, blocked=None)
        if cart.state is S.NEEDS_ATTENTION:
            reported = cart.pay(payment, at=at)
        event = happened(reported, at, why.kind, data=why.data)
        with self._book.store.begin() as carts:
            carts.save(reported.saying(why.kind, why.data), event, due_at=at + self._pause(payment, now))

    # Storing the outcome

    def _keep(self, cart: Paying, payment: Payment) -> Paying:
        """Store a fact of the payment that needs no event, and poll again soon."""
        with self._book.store.begin() as carts:
            kept = replace(cart, payment=payment, blocked=None)
            return carts.save(kept, due_at=self._book.now() + self._book.poll_schedule.quickest)

    def _come_back(self, cart: Paying, now: datetime, *, until: datetime | None = None) -> None:
        """Poll again after a while, and at the end of a floor at the latest."""
        pause = self._pause(cart.payment, now)
        left = max(until - now, self._book.poll_schedule.quickest) if until else pause
        self._book.come_back(cart, min(pause, left))

    def _pause(self, payment: Payment, now: datetime) -> timedelta:
        return self._book.poll_schedule.after(now - self._sent_at(payment))

    def _sent_at(self, payment: Payment) -> datetime:
        """Return when it was sent by OVH's clock; older payments have only our own time."""
        return payment.sent_at_ovh or payment.sent_at or payment.asked_at


def unexplained(book: Logbook, registrar: PaymentReader, cart: Paying, payment: Payment) -> PaymentReconciliation:
    """Count the transactions that may have paid a cart's order; raises `RegistrarRefused`."""
    order, made_at = cart.order, made_at_of(cart, payment)
    with book.store.read() as carts:
        others = carts.sent_alike(order, since=made_at)
    return registrar.unexplained_payments(order, payment.method, made_at=made_at, others=others)


def made_at_of(cart: Paying, payment: Payment) -> datetime:
    """Return when a cart's order was made, or shortly before."""
    return cart.attempt.started_at if cart.attempt else payment.asked_at


def evidence_of(cart: Paying, reconciliation: PaymentReconciliation) -> Data:
    """Return the evidence OVH showed of a cart's payment, as data."""
    seen = {
        "progress": reconciliation.progress.value,
        "unfinished": reconciliation.unfinished,
        "failed": reconciliation.failed,
    }
    return {
        **_paying(cart),
        "evidence": reconciliation.seen,
        "ovh": {**seen, "unexplained": reconciliation.unexplained},
    }


def _paying(cart: Paying) -> Data:
    """Return which order is paid, and how, as data."""
    order, method = cart.order, cart.payment.method
    return {"order": order.id, "method": method, "method_name": order.name_of(method)}


def _refused(cart: Paying, reconciliation: PaymentReconciliation) -> tuple[Fact, SalesOrder]:
    refused = cart.order.refused_by(cart.payment.method)
    data: Data = {**_paying(cart), "all_refused": refused.refuses_all, "ovh": {"said": quoted(reconciliation.words)}}
    return Fact(K.PAYMENT_REFUSED, data), refused


def _never_shown(cart: Paying, reconciliation: PaymentReconciliation, explained: int) -> tuple[Fact, SalesOrder]:
    payment, order = cart.payment, replace(cart.order, explained=explained)
    failed = reconciliation.failed or reconciliation.progress is P.REFUSED or payment.refusal is not None
    fact = Fact(K.PAYMENT_NOT_SEEN, evidence_of(cart, reconciliation))
    return fact, order.refused_by(payment.method) if failed else order
