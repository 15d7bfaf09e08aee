"""Payment methods of an order, the call that pays, and the evidence OVH shows of a payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ordering.model.errors import RegistrarRefused
from ordering.model.facts import Data, amount, quoted
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.sales_order import (
    MethodId,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentProgress,
    PaymentReconciliation,
    SalesOrder,
    SentPayment,
)
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, ReadyCall, segment
from registrars.ovh.api.errors import NotThere
from registrars.ovh.api.wire.base import IDS, TEXTS, WORD, visible
from registrars.ovh.api.wire.orders import History, Link, OrderTotal, validating
from registrars.ovh.api.wire.payments import MEANS, Method, OrderPayment, Transaction, UsableMethods
from registrars.ovh.throttling.scheduler import Priority

P = PaymentProgress
_RECEIVED = {"PAYMENT_RECEIVED", "PAYMENT_CONFIRMED"}
_INITIATED = {"PAYMENT_INITIATED", "REGISTERED_PAYMENT_INITIATED"}
_ENDED = "SUCCESS"
_FAILED = {"CANCELED", "CANCELING", "ERROR", "EXPIRED", "FAILED"}  # transactions in any other state may still pay
_UNFINISHED = ("READY", "CONFIRMING")
# Tolerance between two clocks: an entry dated slightly before a payment may still be that payment.
_CLOCKS_APART = timedelta(minutes=2)
# OVH's dates are in whole seconds, and so is our knowledge of its clock, so a refusal just before the call may seem to
# follow it.
_SURELY_AFTER = timedelta(seconds=2)
# OVH begins a payment while it answers the call; one that was begun later is another.
_BEGUN_WITHIN = timedelta(minutes=1)
_BEFORE_ALL = datetime.fromtimestamp(0, UTC)
_MAX_READ = 20  # transactions of one method: ours is among the newest
_MAX_COUNTED = 60  # transactions that may have paid one order; in two weeks an account has fewer of one amount
_MAX_ORDERS = 40  # orders made elsewhere that are read to explain transactions
_ORDER_LIFETIME = timedelta(days=35)  # no order is paid later than this after it was made
# Means that only say "one of the registered ones": those are listed themselves.
_NEED_AN_ID = {"bankAccount", "creditCard", "paypal"}
_NONE: Data = {"seen": "no_payment"}
_NONE_AT_THE_ORDER: Data = {"seen": "no_payment_at_the_order"}


class Payments:
    """Payments of sales orders, and their invoices."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def methods(self, order_id: OrderId) -> tuple[PaymentMethod, ...]:
        """Return the order's valid methods, the account's default first, then means such as the prepaid account."""
        entries = [entry for entry in self._registered(order_id) if entry.status == "VALID"]
        methods = sorted(map(reading.payment_method, entries), key=lambda method: not method.default)
        listed = {_kind(entry.payment_type or "") for entry in entries} | {_kind(mean) for mean in _NEED_AN_ID}
        means = [reading.payment_mean(mean) for mean in self._means(order_id) if _kind(mean) not in listed]
        return (*methods, *means)

    def lists_method(self, order_id: OrderId, method: MethodId) -> bool:
        """Read the order's methods and return whether this one is listed; raises `RegistrarRefused` if unreadable.

        An empty list proves nothing about a method: a paid order has an empty list, too.
        """
        if isinstance(method, int):
            answer = self._client.ask(f"/me/order/{order_id}/paymentMethods", priority=Priority.MONEY)
            listed = visible(UsableMethods.read(answer).registered, "registered")
            return not listed or method in listed
        path = f"/me/order/{order_id}/availableRegisteredPaymentMean"
        means = {mean.payment_mean for mean in MEANS.read(self._client.ask(path, priority=Priority.MONEY))}
        return not means or method in means

    def ready_to_pay(self, order_id: OrderId, method: MethodId) -> AbstractContextManager[ReadyCall]:
        """Prepare a payment with a method by its number, or by the older route with a means by its name."""
        if isinstance(method, int):
            return self._client.money_call(f"/me/order/{order_id}/pay", {"paymentMethod": {"id": method}})
        path = f"/me/order/{order_id}/payWithRegisteredPaymentMean"
        return self._client.money_call(path, {"paymentMean": method})

    def reconcile(self, order: SalesOrder, payment: Payment) -> PaymentReconciliation:
        """Read the order's status; while that shows no payment, its follow-up, then the account's transactions."""
        status = self._status(order)
        if status.is_paid:
            return _paid(order)
        since = self._sent_at(payment).replace(microsecond=0)  # OVH writes whole seconds
        seen = self._evidence_for(self._follow_up_evidence(order, since), payment.method, order.total, since)
        if status.is_over and seen.progress is P.NOT_SEEN:
            return PaymentReconciliation(P.CANCELLED, {"seen": "order_cancelled", "order": order.id})
        return replace(seen, order_is_over=status.is_over)

    def reconcile_any(
        self, order: SalesOrder, method: MethodId, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        """Read the evidence of any payment of an order, before one is sent.

        Transactions name no order, so only those since `made_at` count. A refusal proves nothing about a payment begun
        after it.
        """
        if self._status(order).is_paid:
            return _paid(order)
        evidence = self._follow_up_evidence(order, _BEFORE_ALL)
        if evidence.progress in {P.RECEIVED, P.UNDER_WAY}:
            return evidence
        seen = self._unfinished(order, made_at, others)
        return seen if seen.is_open else self._unexplained_or_none(order, method, made_at, others)

    def unexplained(
        self, order: SalesOrder, method: MethodId, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        """Count the transactions of a method that may have paid this order and belong to no other order.

        Each payment in `others` explains one that is dated after it. So does each order made elsewhere that was paid at
        about that time. Raises `RegistrarRefused` if transactions cannot be read.
        """
        if not isinstance(method, int):
            return PaymentReconciliation(P.NOT_SEEN, _NONE_AT_THE_ORDER)  # means have no transactions
        entries = list(self._transactions(_MAX_COUNTED, paymentMethodId=str(method)))
        left = _without(_that_may_pay(entries, order.total, made_at), [o for o in others if o.method == method])
        if left:
            left = self._without_orders_of_others(left, order, made_at, {other.order for other in others})
        if not left:
            return PaymentReconciliation(P.NOT_SEEN, _NONE)
        newest = max(left, key=lambda entry: entry.changed_at)
        seen = _transaction("transaction_unexplained", newest, order.total)
        unfinished = any(entry.status != _ENDED for entry in left)
        return PaymentReconciliation(P.UNDECIDED, seen, unfinished=unfinished, unexplained=len(left))

    def _evidence_for(
        self, evidence: PaymentReconciliation, method: MethodId, total: Money, since: datetime
    ) -> PaymentReconciliation:
        """Prefer the order's evidence; the transaction shows which payment the order's evidence is about."""
        if evidence.progress is P.REFUSED:
            return replace(evidence, is_own=self._is_refused(method, total, since))
        if evidence.progress not in {P.NOT_SEEN, P.UNDECIDED}:
            return evidence
        seen = self._transaction_evidence(method, total, since)
        return seen if evidence.progress is P.NOT_SEEN or seen.failed or seen.progress is not P.NOT_SEEN else evidence

    def _is_refused(self, method: MethodId, total: Money, since: datetime) -> bool:
        """Return whether the one transaction of a method and amount since then failed, and was begun by a call then.

        The follow-up names no method, so a refusal there may be of a payment on OVH's page.
        """
        if not isinstance(method, int):
            return False
        try:
            entries = [e for e in self._transactions(_MAX_READ, paymentMethodId=str(method)) if _fits(e, total)]
        except RegistrarRefused:
            return False
        own = _made_since(entries, since)
        failed = [entry for entry in own if entry.status in _FAILED]
        return len(failed) == len(own) == 1 and failed[0].creation_date < since + _BEGUN_WITHIN

    def invoice_of(self, order_id: OrderId) -> str | None:
        """Return the number of the order's invoice, once OVH made it."""
        bills = self._client.ask("/me/bill", query={"orderId": str(order_id)}, priority=Priority.POLLING)
        return next(iter(TEXTS.read(bills)), None)

    def invoice_link(self, number: str) -> str:
        """Return the invoice's page; raises `Unreadable` if OVH gives none."""
        return Link.read(self._client.ask(f"/me/bill/{segment(number)}", priority=Priority.PEOPLE)).url

    def _status(self, order: SalesOrder) -> OrderStatus:
        return OrderStatus(WORD.read(self._client.ask(f"/me/order/{order.id}/status", priority=Priority.MONEY)))

    def _sent_at(self, payment: Payment) -> datetime:
        """Return when it was sent by OVH's clock; if that was not stored, use the clocks' present difference."""
        return payment.sent_at_ovh or (payment.sent_at or payment.asked_at) + self._client.clock_ahead()

    def _registered(self, order_id: OrderId) -> Iterator[Method]:
        """Yield the order's registered methods.

        Yields nothing if this beta route is missing or forbidden: OVH's own page can pay.
        """
        try:
            usable = self._client.ask(f"/me/order/{order_id}/paymentMethods", priority=Priority.PEOPLE)
        except RegistrarRefused:
            return
        for number in UsableMethods.read(usable).registered or ():
            try:
                answer = self._client.ask(f"/me/payment/method/{number}", priority=Priority.PEOPLE)
            except NotThere:
                continue  # removed a moment ago
            yield Method.read(answer)

    def _means(self, order_id: OrderId) -> list[str]:
        """Return the means that the order accepts; empty if this older route is missing or forbidden."""
        path = f"/me/order/{order_id}/availableRegisteredPaymentMean"
        try:
            answer = self._client.ask(path, priority=Priority.PEOPLE)
        except RegistrarRefused:
            return []  # the methods alone can pay; the client logged OVH's answer
        return [mean.payment_mean for mean in MEANS.read(answer)]

    def _follow_up_evidence(self, order: SalesOrder, since: datetime) -> PaymentReconciliation:
        """Return the evidence in the order's follow-up for a payment since then.

        A refusal counts only if exactly one payment was begun since then. A step keeps its ERROR after a refusal, so it
        counts only with newer history; after an earlier payment it also needs words, as the ERROR may be that
        payment's. For example: a card was refused at 9:00, and at 9:05 another is tried. An ERROR without words is then
        most likely the one of 9:00. A payment that has not ended counts even if it looks slightly older.
        """
        step = validating(self._client.ask(f"/me/order/{order.id}/followUp", priority=Priority.MONEY))
        whole = step.history  # of all payments of the order
        near = _entries_since(whole, since - _CLOCKS_APART)  # may be of this payment, if the clocks differ
        history = _entries_since(whole, since)  # is dated after it
        was_refused = any(method.refused for method in order.methods)
        # Cannot be of a payment that was refused just before it.
        own = _entries_since(whole, since + _SURELY_AFTER) if was_refused else history
        begun, near_begun, ever_begun = _begun(history), _begun(near), _begun(whole)
        if {entry.label for entry in near} & _RECEIVED:
            return PaymentReconciliation(P.RECEIVED, {"seen": "payment_received", "order": order.id})
        failed, words = step.status == "ERROR", reading.said_in(own)
        fraud = "FRAUD_REFUSED" in {entry.label for entry in own}
        was_refused_now = fraud or (bool(own) and failed and bool(words or ever_begun == near_begun))
        if was_refused_now and _begun(own) == begun == 1:
            return PaymentReconciliation(P.REFUSED, {"seen": "refused", "said": quoted(words)})
        if was_refused_now or (begun and failed):
            return PaymentReconciliation(P.UNDECIDED, {"seen": "some_payment_failed"})
        if near_begun and not failed:
            return PaymentReconciliation(P.UNDER_WAY, {"seen": "payment_begun", "order": order.id})
        return PaymentReconciliation(P.NOT_SEEN)

    def _unfinished(self, order: SalesOrder, made_at: datetime, others: Sequence[SentPayment]) -> PaymentReconciliation:
        """Look for an unfinished transaction of any method that could pay this order, before another is begun."""
        try:
            entries = [entry for status in _UNFINISHED for entry in self._transactions(_MAX_READ, status=status)]
        except RegistrarRefused:
            return PaymentReconciliation(P.NOT_SEEN, _NONE_AT_THE_ORDER)  # like means, which have no transactions
        open_ones = [entry for entry in entries if entry.status in _UNFINISHED]
        left = _without(_that_may_pay(open_ones, order.total, made_at), others)
        for entry in left:
            return PaymentReconciliation(
                P.UNDECIDED, _transaction("transaction_open", entry, order.total), unfinished=True
            )
        return PaymentReconciliation(P.NOT_SEEN, _NONE)

    def _unexplained_or_none(
        self, order: SalesOrder, method: MethodId, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        """Count unexplained transactions; before a first payment, unreadable ones block nothing."""
        try:
            return self.unexplained(order, method, made_at, others)
        except RegistrarRefused:
            return PaymentReconciliation(P.NOT_SEEN, _NONE_AT_THE_ORDER)

    def _without_orders_of_others(
        self, entries: list[Transaction], order: SalesOrder, made_at: datetime, counted: set[int]
    ) -> list[Transaction]:
        """Return the transactions that no other order of this total explains by the date of its payment."""
        numbers = self._order_numbers(since=made_at - _ORDER_LIFETIME)
        for number in [n for n in reversed(numbers) if n != order.id and n not in counted][:_MAX_ORDERS]:
            paid_at = self._paid_at(number, order.total)
            own = [e for e in entries if paid_at and abs(e.creation_date - paid_at) <= _CLOCKS_APART]
            if own:
                entries = [entry for entry in entries if entry is not own[0]]
            if not entries:
                break
        return entries

    def _order_numbers(self, since: datetime) -> list[OrderId]:
        """Return the account's orders since then; none if OVH refuses to list them, as they then explain nothing."""
        query = {"date.from": since.isoformat(timespec="seconds")}
        try:
            listed = IDS.read(self._client.ask("/me/order", query=query, priority=Priority.MONEY))
        except RegistrarRefused:
            return []
        return sorted(map(OrderId, listed))

    def _paid_at(self, number: OrderId, total: Money) -> datetime | None:
        """Return when an order of this total was paid; None for another total, or if OVH shows no payment of it."""
        path = f"/me/order/{number}"
        try:
            if OrderTotal.read(self._client.ask(path, priority=Priority.MONEY)).price_with_tax.money != total:
                return None
            return OrderPayment.read(self._client.ask(f"{path}/payment", priority=Priority.MONEY)).payment_date
        except RegistrarRefused:
            return None

    def _transaction_evidence(self, method: MethodId, total: Money, since: datetime) -> PaymentReconciliation:
        """Look for a transaction that could be this payment.

        It names no order, so one that fits proves nothing. If none fits, OVH shows no money taken by this method: the
        payment was not made, or OVH does not show it yet. So absence counts only after the floor.

        Accounts such as the prepaid one are no methods and have no transactions: the order shows their payments.
        """
        if not isinstance(method, int):
            return PaymentReconciliation(P.NOT_SEEN, _NONE_AT_THE_ORDER)
        try:
            near = [e for e in self._transactions(_MAX_READ, paymentMethodId=str(method)) if _fits(e, total)]
        except RegistrarRefused as refusal:
            return PaymentReconciliation(P.UNDECIDED, {"seen": "transactions_not_read", "refusal": refusal.data})
        near = _made_since(near, since - _CLOCKS_APART)
        open_ones = [entry for entry in near if entry.status not in _FAILED]
        if open_ones:
            # An unfinished one is stronger evidence than a finished one, which may have paid another order.
            entry = max(open_ones, key=lambda one: (one.status != _ENDED, one.changed_at))
            seen = _transaction("transaction_booked", entry, total)
            return PaymentReconciliation(P.UNDECIDED, seen, unfinished=entry.status != _ENDED)
        alike = _made_since(near, since)
        seen = _transaction("transaction_failed", alike[-1], total) if alike else _NONE
        return PaymentReconciliation(P.NOT_SEEN, seen, failed=bool(alike))

    def _transactions(self, most: int, **query: str) -> Iterator[Transaction]:
        numbers = IDS.read(self._client.ask("/me/payment/transaction", query=query, priority=Priority.MONEY))
        for number in sorted(numbers)[-most:]:
            yield Transaction.read(self._client.ask(f"/me/payment/transaction/{number}", priority=Priority.MONEY))


def _paid(order: SalesOrder) -> PaymentReconciliation:
    return PaymentReconciliation(P.RECEIVED, {"seen": "order_paid", "order": order.id})


def _transaction(seen: str, entry: Transaction, total: Money) -> Data:
    status = entry.status.lower()
    return {"seen": seen, "transaction": entry.transaction_id, "amount": amount(total), "status": status}


def _begun(history: Iterable[History]) -> int:
    return sum(entry.label in _INITIATED for entry in history)


def _that_may_pay(entries: Iterable[Transaction], total: Money, made_at: datetime) -> list[Transaction]:
    """Return those of a total since the order was made that took the money or still may, oldest first."""
    near = _made_since(entries, made_at - _CLOCKS_APART)
    return sorted(
        (e for e in near if _fits(e, total) and e.status not in _FAILED), key=lambda entry: entry.creation_date
    )


def _without(entries: Sequence[Transaction], sent: Iterable[SentPayment]) -> list[Transaction]:
    """Return the entries that none of these payments explains; each explains the first of its method after it."""
    left = list(entries)
    for payment in sorted(sent, key=lambda one: one.sent_at):
        since = payment.sent_at - _CLOCKS_APART
        own = [e for e in left if e.payment_method_id == payment.method and e.creation_date >= since]
        if own:
            left.remove(own[0])
    return left


def _fits(entry: Transaction, total: Money) -> bool:
    return entry.type == "DEBIT" and entry.amount.money == total


def _made_since(entries: Iterable[Transaction], since: datetime) -> list[Transaction]:
    return [entry for entry in entries if entry.creation_date >= since]


def _entries_since(history: Iterable[History], since: datetime) -> list[History]:
    return [entry for entry in history if entry.date >= since]


def _kind(name: str) -> str:
    """Normalize a kind of payment, which has two spellings: CREDIT_CARD and creditCard."""
    return name.replace("_", "").casefold()
