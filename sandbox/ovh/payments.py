"""Payment sources at OVH: registered methods, the prepaid account, loyalty points, and OVH's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import forbidden, not_found, refused
from sandbox.ovh.orders import Order, Orders, PaymentCall, Source, Try
from sandbox.ovh.prices import price

_CARDS = {"VISA", "MASTERCARD", "AMERICAN_EXPRESS", "CARTE_BANCAIRE"}
# The oldest names of payment means, which their route still uses next to the newer ones.
_OLD_NAMES = {
    "CREDIT_CARD": "creditCard", "PAYPAL": "paypal", "DEFERRED_PAYMENT_ACCOUNT": "deferredPaymentAccount",
}  # fmt: skip
MEANS = {
    "CREDIT_CARD", "CURRENT_ACCOUNT", "DEFERRED_PAYMENT_ACCOUNT", "DOMESTIC_CARD", "ENTERPRISE",
    "INTERNAL_TRUSTED_ACCOUNT", "PAYPAL", "RUPAY", "SEPA_DIRECT_DEBIT", "bankAccount", "creditCard",
    "deferredPaymentAccount", "fidelityAccount", "ovhAccount", "paypal",
}  # fmt: skip
_NEED_AN_ID = {"bankAccount", "creditCard", "paypal"}
# The names that the oldest route uses for the source of the money.
_PAID_BY = {"ovhAccount": "ovhAccount", "fidelityAccount": "fidelityPoints", "page": "creditCard"}


@dataclass
class Method:
    """A registered method. It is listed whatever its `status`; only a VALID one pays.

    `refuses` makes the bank decline it, with `why`; it fits orders up to `most`. `mean_id` is its id in the legacy
    route.
    """

    id: int
    kind: str
    label: str
    default: bool = False
    refuses: bool = False
    status: str = "VALID"
    why: str = "The bank declined this payment (insufficient funds)."
    most: Decimal | None = None
    expires: str | None = None

    @property
    def mean_id(self) -> int:
        return self.id - 8_000_000

    @property
    def payment_type(self) -> str:
        return "CREDIT_CARD" if self.kind in _CARDS else self.kind

    @property
    def mean(self) -> str:
        return _OLD_NAMES.get(self.payment_type, self.payment_type)


_REMOVED = Method(0, "VISA", "", refuses=True, why="The payment method was removed.")


@dataclass(frozen=True)
class Foreign:
    """A transaction of the account that belongs to no order in the simulation."""

    method: int
    amount: Decimal
    status: str
    at: datetime


class Payments:
    """The account's payments. `prepaid` is the OVH account's credit, `points` are loyalty points.

    A point is worth a cent (invented). `lists_unusable` lets an order list methods that cannot pay, too; `tells_why`
    adds the reason to a refusal. With `settle_after` the bank takes that many seconds to answer, and
    another payment is accepted in that time: nothing that OVH documents rules that out. `calls` are all payment calls
    that came this far, oldest first, including refused ones.

    Unkind switches, all off by default:
    with `takes_again` OVH accepts another payment of a paid order;
    for `transaction_after` seconds a transaction is neither listed nor readable;
    methods of the kinds in `untracked` leave no transaction, as the prepaid account leaves none;
    `unreadable` refuses the transactions with 403, the "list" of them or each "one" that is listed;
    `foreign` holds transactions that no order of the simulation made: see `Outsider.transaction`.
    """

    def __init__(self, clock: Clock, orders: Orders) -> None:
        self._clock = clock
        self._orders = orders
        self.prepaid = Decimal(0)
        self.points = 0
        self.lists_unusable = True
        self.tells_why = True
        self.settle_after = 0.0
        self.takes_again = False
        self.transaction_after = 0.0
        self.untracked: set[str] = set()
        self.withheld = 0  # how often a transaction was left out of a response that would have shown it
        self.unreadable: set[Literal["list", "one"]] = set()
        self.foreign: list[Foreign] = []
        self.calls: list[PaymentCall] = []
        self.methods = [
            Method(8_120_045, "VISA", "4970 XXXX XXXX 1234", default=True, expires="2028-09-30T00:00:00+02:00"),
            Method(8_120_046, "SEPA_DIRECT_DEBIT", "FR76 XXXX XXXX 4321"),
            Method(
                8_120_047, "MASTERCARD", "5131 XXXX XXXX 9999", status="EXPIRED", expires="2026-06-30T00:00:00+02:00"
            ),
        ]

    # Payment methods

    def fitting(self, order: Order) -> list[Method]:
        """Return the registered methods that OVH lists for an order; none if it is not payable."""
        if not self._is_payable(order):
            return []
        return [
            method
            for method in self.methods
            if (method.status == "VALID" or self.lists_unusable) and (method.most is None or order.total <= method.most)
        ]

    def means(self, order: Order) -> list[str]:
        """Return the legacy route's answer for an order: kinds of payment means, not the means themselves."""
        if self._orders.status(order) != "notPaid":
            return []
        kinds = [method.mean for method in self.fitting(order) if method.status == "VALID"]
        kinds += ["ovhAccount"] if self.prepaid > 0 else []
        kinds += ["fidelityAccount"] if self.points > 0 or order.total == 0 else []
        return list(dict.fromkeys(kinds))

    # Payments. The response does not contain the outcome: status and follow-up do.

    def pay(self, order: Order, method_id: object) -> None:
        call = self._call(order, str(method_id))
        usable = [method for method in self.fitting(order) if method.status == "VALID"]
        method = next((m for m in usable if m.id == method_id), None)
        self._must_be_open(order)
        if method is None:
            raise refused("Invalid payment method")
        self._charge(order, method, call)

    def pay_with_default(self, order: Order) -> None:
        """Pay at the checkout on request; without a usable default method the order stays unpaid."""
        for method in self.fitting(order):
            if method.default and method.status == "VALID":
                self._charge(order, method)

    def pay_with_mean(self, order: Order, mean: str, mean_id: object) -> None:
        """Pay by the legacy route: from an account, or with a registered method by its old id."""
        if mean not in MEANS:
            raise refused(f"Invalid value for paymentMean: {mean}")
        call = self._call(order, mean)
        self._must_be_open(order)
        if mean == "ovhAccount":
            self._spend_credit(order, call)
        elif mean == "fidelityAccount":
            self._spend_points(order, call)
        else:
            self._charge(order, self._meant(order, mean, mean_id), call)

    def pay_on_the_page(self, order: Order) -> None:
        """Simulate a user who pays on OVH's own page, with an unregistered card."""
        self._must_be_open(order)
        self._take(order, "page")

    def note_payment(self, order: Order, source: Source, at: datetime) -> None:
        """Record a payment at a moment, without a call of the API."""
        order.paid_at = at
        order.tries.append(Try(at, source))
        order.payments.append(source)

    def _call(self, order: Order, source: Source) -> PaymentCall:
        """Record a payment call. A payment on OVH's own page is not a call that another one could repeat."""
        calls = [call for call in self.calls if call.order == order.id]
        is_open = any(attempt.call is not None for attempt in order.pending)
        call = PaymentCall(
            order.id, source, self._clock.now(), beside=is_open or any(earlier.moved for earlier in calls)
        )
        self.calls.append(call)
        return call

    def _must_be_open(self, order: Order) -> None:
        if not self._is_payable(order):
            raise refused("This order cannot be paid")

    def _is_payable(self, order: Order) -> bool:
        """Return whether OVH accepts a payment of this order now."""
        again = self.takes_again and order.paid_at is not None
        return again or self._orders.status(order) == "notPaid"

    def _meant(self, order: Order, mean: str, mean_id: object) -> Method:
        if mean in _NEED_AN_ID and mean_id is None:
            raise refused(f"paymentMeanId is mandatory for {mean}")
        for method in self.fitting(order):
            named = mean in {method.mean, method.payment_type} and mean_id in {None, method.mean_id}
            if named and method.status == "VALID":
                return method
        raise refused("Invalid payment mean")

    def settle(self) -> None:
        """Let the bank answer all attempts that are due; to be called before anything is read."""
        for order in self._orders.all.values():
            for attempt in list(order.pending):
                if after(attempt.at, self.settle_after) <= self._clock.now():
                    order.pending.remove(attempt)
                    method = next((m for m in self.methods if m.id == attempt.source), _REMOVED)
                    self._answer(order, method, attempt.call)

    def _charge(self, order: Order, method: Method, call: PaymentCall | None = None) -> None:
        if self.settle_after:
            order.pending.append(Try(self._clock.now(), method.id, call=call))
        else:
            self._answer(order, method, call)

    def _answer(self, order: Order, method: Method, call: PaymentCall | None) -> None:
        if method.refuses:
            why = method.why if self.tells_why else ""
            order.tries.append(Try(self._clock.now(), method.id, why, call))
        else:
            self._take(order, method.id, call)

    def _spend_credit(self, order: Order, call: PaymentCall) -> None:
        if self.prepaid < order.total:
            raise refused("The balance of your OVH account is insufficient")
        self.prepaid -= order.total
        self._take(order, "ovhAccount", call)

    def _spend_points(self, order: Order, call: PaymentCall) -> None:
        if self.points < order.total * 100:
            raise refused("The balance of your fidelity account is insufficient")
        self.points -= int(order.total * 100)
        self._take(order, "fidelityAccount", call)

    def _take(self, order: Order, source: Source, call: PaymentCall | None = None) -> None:
        order.paid_at = self._clock.now()
        order.tries.append(Try(order.paid_at, source, call=call))
        order.payments.append(source)
        if call is not None:
            call.moved = True

    # Reads

    def transactions(self) -> dict[int, dict[str, Any]]:
        """Return the transactions that show now: one for each attempt with a registered method, whatever its result."""
        as_json: dict[int, dict[str, Any]] = {}
        for order in self._orders.all.values():
            for place, attempt in enumerate(order.tries + order.pending):
                if isinstance(attempt.source, int) and self._shows(attempt.source, attempt.at):
                    number, written = order.id * 10 + place, self._clock.text(attempt.at)
                    status = "SUCCESS" if attempt.why is None else "FAILED"
                    status = "CONFIRMING" if attempt in order.pending else status
                    amount = price(order.total, order.currency)
                    as_json[number] = _transaction(number, attempt.source, amount, status, written)
        for number, each in enumerate(self.foreign, 77_000_001):
            if self._shows(each.method, each.at):
                written = self._clock.text(each.at)
                as_json[number] = _transaction(number, each.method, price(each.amount), each.status, written)
        return as_json

    def list_transactions(self) -> dict[int, dict[str, Any]]:
        """Return what `GET /me/payment/transaction` lists; raises 403 if the list is unreadable."""
        if "list" in self.unreadable:
            raise forbidden()
        return self.transactions()

    def transaction(self, number: str) -> dict[str, Any]:
        found = self.transactions().get(int(number))
        if found is None:
            raise not_found("This transaction does not exist")
        if "one" in self.unreadable:
            raise forbidden()
        return found

    def _shows(self, method_id: int, at: datetime) -> bool:
        kind = next((method.kind for method in self.methods if method.id == method_id), None)
        shows = kind not in self.untracked and after(at, self.transaction_after) <= self._clock.now()
        self.withheld += not shows
        return shows

    def payment(self, order: Order) -> dict[str, Any]:
        if self._orders.seen(order, "payment").paid_at is None or order.paid_at is None:
            raise not_found("The requested object does not exist")
        source = order.payments[-1]
        kinds = {method.id: "creditCard" if method.kind in _CARDS else "withdrawal" for method in self.methods}
        kind = "free" if order.total == 0 else _PAID_BY.get(str(source)) or kinds.get(int(source), "creditCard")
        return {"paymentDate": self._clock.text(order.paid_at), "paymentIdentifier": None, "paymentType": kind}

    def method(self, number: str) -> dict[str, Any]:
        found = next((m for m in self.methods if str(m.id) == number), None)
        if found is None:
            raise not_found("This payment method does not exist")
        return {
            "paymentMethodId": found.id, "paymentType": found.payment_type,
            "paymentSubType": found.kind if found.kind in _CARDS else None, "status": found.status,
            "default": found.default, "label": found.label, "description": None, "expirationDate": found.expires,
            "creationDate": "2025-01-10T10:00:00+01:00", "lastUpdate": "2026-01-10T10:00:00+01:00",
            "integration": "NONE", "billingContactId": 1, "formSessionId": None, "merchantId": None,
            "icon": {"data": None, "name": "card", "url": None}, "oneclick": False, "paymentMeanId": found.mean_id,
        }  # fmt: skip

    def prepaid_account(self, number: str) -> dict[str, Any]:
        credit, now = price(self.prepaid), self._clock.text(self._clock.now())
        return {
            "ovhAccountId": number, "isActive": True, "canBeCredited": True, "alertThreshold": None, "balance": credit,
            "availableAfterCredit": credit, "retrievableAmount": credit, "openDate": now, "lastUpdate": now,
        }  # fmt: skip

    def fidelity_account(self) -> dict[str, Any]:
        now = self._clock.text(self._clock.now())
        return {
            "balance": self.points, "canBeCredited": True, "alertThreshold": None, "openDate": now, "lastUpdate": now,
        }  # fmt: skip


def _transaction(number: int, method_id: int, amount: dict[str, Any], status: str, written: str) -> dict[str, Any]:
    return {
        "transactionId": number, "paymentMethodId": method_id, "amount": amount, "status": status, "type": "DEBIT",
        "creationDate": written, "lastUpdate": written,
    }  # fmt: skip
