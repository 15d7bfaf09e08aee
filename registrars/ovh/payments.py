"""How an order can be paid, paying it, and what OVH shows of a payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from ordering.model.errors import RegistrarRefused
from ordering.model.money import Money
from ordering.model.sales_order import (
    MethodId,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentProgress,
    PaymentSighting,
    SalesOrder,
)
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, ReadyCall, segment
from registrars.ovh.api.errors import NotThere
from registrars.ovh.throttling.scheduler import Priority

P = PaymentProgress
_RECEIVED = {"PAYMENT_RECEIVED", "PAYMENT_CONFIRMED"}
_INITIATED = {"PAYMENT_INITIATED", "REGISTERED_PAYMENT_INITIATED"}
_ENDED = "SUCCESS"
_FAILED = {"CANCELED", "CANCELING", "ERROR", "EXPIRED", "FAILED"}  # a transaction that is none of these may still pay
_UNFINISHED = ("READY", "CONFIRMING")
# Two clocks are compared: what is dated so little before a payment may be that payment all the same.
_CLOCKS_APART = timedelta(minutes=2)
# OVH dates in whole seconds, and its clock is known to the second: what was refused just before may seem as new.
_SURELY_AFTER = timedelta(seconds=2)
_BEFORE_ALL = datetime.fromtimestamp(0, UTC)
_MOST_READ = 20  # transactions of one method: ours is among the newest
# Means that only say "one of the registered ones": those are listed themselves.
_NEED_AN_ID = {"bankAccount", "creditCard", "paypal"}


class Payments:
    """Payments of sales orders, and their invoices."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        """The order's valid methods, the account's default first, then means such as the prepaid account."""
        entries = [entry for entry in self._registered(order_id) if entry.get("status") == "VALID"]
        methods = sorted(map(reading.payment_method, entries), key=lambda method: not method.default)
        listed = {_kind(str(entry.get("paymentType"))) for entry in entries} | {_kind(mean) for mean in _NEED_AN_ID}
        means = [reading.payment_mean(mean) for mean in self._means(order_id) if _kind(mean) not in listed]
        return (*methods, *means)

    def ready_to_pay(self, order_id: int, method: MethodId) -> AbstractContextManager[ReadyCall]:
        """Pay with a method by its number, or the older way with a mean by its name."""
        if isinstance(method, int):
            return self._client.money_call(f"/me/order/{order_id}/pay", {"paymentMethod": {"id": method}})
        path = f"/me/order/{order_id}/payWithRegisteredPaymentMean"
        return self._client.money_call(path, {"paymentMean": method})

    def look(self, order: SalesOrder, payment: Payment) -> PaymentSighting:
        """Read the order's status; while that shows no payment, its follow-up, then the account's transactions."""
        status = self._status(order)
        if status.is_paid:
            return _paid(order)
        since = self._sent_at(payment).replace(microsecond=0)  # OVH writes whole seconds
        seen = self._of_this(self._followed(order, since), payment.method, order.total, since)
        if status.is_over and seen.progress is P.NOT_SEEN:
            return PaymentSighting(P.CANCELLED, f"OVH cancelled order {order.id}.")
        return seen

    def look_for_any(self, order: SalesOrder, made_at: datetime) -> PaymentSighting:
        """Read the same of any payment, before one is sent; of transactions, which name no order, those since then."""
        if self._status(order).is_paid:
            return _paid(order)
        return self._of_any(self._followed(order, _BEFORE_ALL), order.total, made_at)

    def _of_any(self, told: PaymentSighting | None, total: Money, since: datetime) -> PaymentSighting:
        """Whether any payment was begun: what was refused says nothing of one that was begun after it."""
        if told is not None and told.progress in {P.RECEIVED, P.UNDER_WAY}:
            return told
        return self._unfinished(total, since)

    def _of_this(
        self, told: PaymentSighting | None, method: MethodId, total: Money, since: datetime
    ) -> PaymentSighting:
        """What the order says is believed first; where it does not say which payment it means, its transaction is."""
        if told is not None and told.progress is not P.UNDECIDED:
            return told
        seen = self._booked(method, total, since)
        return seen if told is None or seen.failed or seen.progress is not P.NOT_SEEN else told

    def invoice_of(self, order_id: int) -> str | None:
        """The number of the order's invoice, once OVH made it."""
        bills = self._client.ask("/me/bill", query={"orderId": str(order_id)}, priority=Priority.POLLING)
        return next((str(number) for number in reading.listed(bills)), None)

    def invoice_link(self, number: str) -> str:
        """The invoice's page; raises `KeyError` where OVH gives none."""
        return reading.link(self._client.ask(f"/me/bill/{segment(number)}", priority=Priority.PEOPLE))

    def _status(self, order: SalesOrder) -> OrderStatus:
        return OrderStatus(str(self._client.ask(f"/me/order/{order.id}/status", priority=Priority.MONEY)))

    def _sent_at(self, payment: Payment) -> datetime:
        """When it was sent by OVH's clock; where that was not kept, by how far that one is ahead today."""
        return payment.sent_at_ovh or (payment.sent_at or payment.asked_at) + self._client.clock_ahead()

    def _registered(self, order_id: int) -> Iterator[Mapping[str, Any]]:
        """None where this route, a beta one, is not there or not allowed: OVH's own page can pay."""
        try:
            usable = self._client.ask(f"/me/order/{order_id}/paymentMethods", priority=Priority.PEOPLE)
        except RegistrarRefused:
            return
        for number in usable.get("registered") or ():
            try:
                yield self._client.ask(f"/me/payment/method/{int(number)}", priority=Priority.PEOPLE)
            except NotThere:
                continue  # removed a moment ago

    def _means(self, order_id: int) -> list[str]:
        """Names of means that the order accepts; none where this older route is not there or not allowed."""
        path = f"/me/order/{order_id}/availableRegisteredPaymentMean"
        try:
            answer = self._client.ask(path, priority=Priority.PEOPLE)
        except RegistrarRefused:
            return []  # the methods alone can pay; the client logged what OVH said
        return [str(entry["paymentMean"]) for entry in reading.listed(answer)]

    def _followed(self, order: SalesOrder, since: datetime) -> PaymentSighting | None:
        """What the order's follow-up says of a payment since then; None where it says nothing.

        A step's ERROR stays after a refusal, so it counts only where its history says something newer; and where
        there was an earlier payment, only with words, for the ERROR may be that one's. What is not ended counts though
        it seems a little older.
        """
        steps = reading.listed(self._client.ask(f"/me/order/{order.id}/followUp", priority=Priority.MONEY))
        validating: Mapping[str, Any] = next((step for step in steps if step.get("step") == "VALIDATING"), {})
        whole = validating.get("history") or ()
        near = _dated(whole, "date", since - _CLOCKS_APART)
        history = _dated(near, "date", since)
        near_labels, labels = ({entry.get("label") for entry in entries} for entries in (near, history))
        failed = validating.get("status") == "ERROR"
        was_refused = any(method.refused for method in order.methods)
        own = _dated(whole, "date", since + _SURELY_AFTER) if was_refused else history
        if near_labels & _RECEIVED:
            return PaymentSighting(P.RECEIVED, f"OVH has received a payment for order {order.id}.")
        words = reading.said_in(own)
        is_first = not any(entry.get("label") in _INITIATED for entry in whole if entry not in near)
        own_labels = {entry.get("label") for entry in own}
        if "FRAUD_REFUSED" in own_labels or (own_labels and failed and (words or is_first)):
            return PaymentSighting(P.REFUSED, words)
        if labels & _INITIATED and failed:
            seen = "OVH shows that a payment failed and that one was begun, and not whether they are the same."
            return PaymentSighting(P.UNDECIDED, seen)
        if near_labels & _INITIATED and not failed:
            return PaymentSighting(P.UNDER_WAY, f"OVH has begun a payment of order {order.id}, and not ended it.")
        return None

    def _unfinished(self, total: Money, since: datetime) -> PaymentSighting:
        """Look for a transaction of any method that could pay this order and has not ended, before another is begun."""
        try:
            near = [entry for status in _UNFINISHED for entry in self._transactions(status=status)]
        except RegistrarRefused:
            return PaymentSighting(P.NOT_SEEN, "The order shows no payment.")  # as with means that have no transactions
        for entry in _dated(near, "creationDate", since - _CLOCKS_APART):
            if _fits(entry, total) and entry["status"] in _UNFINISHED:
                seen = (
                    f"Transaction {entry['transactionId']} over {total} has not ended ({entry['status'].lower()}). "
                    "It names no order, so it may be this one's or another's over the same amount."
                )
                return PaymentSighting(P.UNDECIDED, seen, unfinished=True)
        return PaymentSighting(P.NOT_SEEN, "OVH shows no payment.")

    def _booked(self, method: MethodId, total: Money, since: datetime) -> PaymentSighting:
        """Look for a transaction that could be this payment. It names no order, so it can prove nothing but absence.

        Accounts such as the prepaid one are no methods and have no transactions: what they pay, the order shows.
        """
        if not isinstance(method, int):
            return PaymentSighting(P.NOT_SEEN, "The order shows no payment.")
        try:
            near = [entry for entry in self._transactions(paymentMethodId=str(method)) if _fits(entry, total)]
        except RegistrarRefused as refusal:
            return PaymentSighting(P.UNDECIDED, f"The account's transactions could not be read: {refusal}")
        near = _dated(near, "creationDate", since - _CLOCKS_APART)
        open_ones = [entry for entry in near if entry["status"] not in _FAILED]
        if open_ones:
            # One that has not ended says more than one that has: that may have paid another order.
            entry = max(open_ones, key=lambda one: (one["status"] != _ENDED, _changed_at(one)))
            seen = (
                f"Transaction {entry['transactionId']} took {total} with this method ({entry['status'].lower()}), "
                "but the order shows no payment."
            )
            if entry["status"] == _ENDED:
                return PaymentSighting(P.UNDECIDED, seen, taken_at=_changed_at(entry))
            return PaymentSighting(P.UNDECIDED, seen, unfinished=True)
        alike = _dated(near, "creationDate", since)
        seen = f"Its transaction {alike[-1]['transactionId']} failed." if alike else "OVH shows no payment."
        return PaymentSighting(P.NOT_SEEN, seen, failed=bool(alike))

    def _transactions(self, **query: str) -> Iterator[Mapping[str, Any]]:
        numbers = reading.listed(self._client.ask("/me/payment/transaction", query=query, priority=Priority.MONEY))
        for number in sorted(map(int, numbers))[-_MOST_READ:]:
            yield self._client.ask(f"/me/payment/transaction/{number}", priority=Priority.MONEY)


def _paid(order: SalesOrder) -> PaymentSighting:
    return PaymentSighting(P.RECEIVED, f"Order {order.id} is paid.")


def _changed_at(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry.get("lastUpdate") or entry["creationDate"])


def _fits(entry: Mapping[str, Any], total: Money) -> bool:
    return entry.get("type", "DEBIT") == "DEBIT" and reading.money(entry["amount"]) == total


def _dated(entries: Iterable[Mapping[str, Any]], field: str, since: datetime) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if datetime.fromisoformat(entry[field]) >= since]


def _kind(name: str) -> str:
    """A kind of payment under both of its spellings: CREDIT_CARD and creditCard."""
    return name.replace("_", "").casefold()
