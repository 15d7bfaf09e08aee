"""OVH's sales order, its payment and its delivery, as far as the bot follows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ordering.model.facts import Data
from ordering.model.ids import OrderId
from ordering.model.money import Money


class OrderStatus(StrEnum):
    """The status of a sales order, in OVH's words."""

    NOT_PAID = "notPaid"
    CHECKING = "checking"
    DOCUMENTS_REQUESTED = "documentsRequested"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> OrderStatus:
        return cls.UNKNOWN

    @property
    def is_paid(self) -> bool:
        return self in {self.CHECKING, self.DOCUMENTS_REQUESTED, self.DELIVERING, self.DELIVERED}

    @property
    def is_over(self) -> bool:
        return self in {self.CANCELLING, self.CANCELLED}


# A registered method by its number at OVH, or an older registered means of payment by its name, such as `ovhAccount`.
MethodId = int | str
# Completes an order with a total of zero without a choice, as OVH's own tools do.
FREE: MethodId = "fidelityAccount"


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay that OVH has on file; `label` is OVH's, such as ``VISA 4970 XXXX XXXX 1234`` or ``ovhAccount``.

    `refused` is set once it failed to pay this order.
    """

    id: MethodId
    label: str
    default: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """An order that OVH made. Its link and password are bearer secrets and are not stored here.

    `adopted_at`, by OVH's clock: when a search found the order after the answer to its checkout was lost.
    `owner_hidden`: OVH does not yet show who will own its names, so it may not be this cart's order and cannot be paid
    yet. `opened_at` is when a payer last opened its page from here: OVH keeps the page as long as the order.
    `missing_since` is since when OVH answers that it does not know the order, by OVH's clock. `explained` is how many
    transactions a payer attributed to something else.
    """

    id: OrderId
    total: Money  # with tax
    tax: Money
    status: OrderStatus = OrderStatus.NOT_PAID
    expires_at: datetime | None = None
    methods: tuple[PaymentMethod, ...] = ()
    invoice: str | None = None  # the invoice number
    adopted_at: datetime | None = None
    owner_hidden: bool = False
    opened_at: datetime | None = None
    missing_since: datetime | None = None
    explained: int = 0

    @property
    def is_free(self) -> bool:
        return self.total.minor == 0

    @property
    def suggested_method(self) -> PaymentMethod | None:
        """The account's default, unless it was refused and another method is left."""
        hopeful = [method for method in self.methods if not method.refused] or list(self.methods)
        return next((method for method in hopeful if method.default), hopeful[0] if hopeful else None)

    @property
    def refuses_all(self) -> bool:
        """Whether every method was refused."""
        return all(method.refused for method in self.methods)

    @property
    def was_read(self) -> bool:
        """Whether its payment options were read: OVH gives some orders no expiry, and others no method."""
        return self.expires_at is not None or bool(self.methods)

    def name_of(self, method_id: MethodId) -> str:
        """Return a method's label, even if OVH no longer lists it."""
        known = next((method.label for method in self.methods if method.id == method_id), None)
        return known or f"method {method_id}"

    def seen_as(self, fresh: SalesOrder, methods: tuple[PaymentMethod, ...]) -> SalesOrder:
        """Return OVH's current view of it with the bot's own data, such as its adoption and the refused methods."""
        refused = {method.id for method in self.methods if method.refused}
        marked = tuple(replace(method, refused=method.id in refused) for method in methods)
        return replace(
            fresh,
            methods=marked,
            invoice=self.invoice,
            adopted_at=self.adopted_at,
            owner_hidden=self.owner_hidden,
            opened_at=self.opened_at,
            explained=self.explained,
        )

    def refused_by(self, method_id: MethodId) -> SalesOrder:
        """Return the order with that method marked as refused."""
        marked = tuple(replace(m, refused=True) if m.id == method_id else m for m in self.methods)
        return replace(self, methods=marked)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to check a cart out, recorded before the call; `refusal` is the code of OVH's refusal of it.

    `started_at` and `withdrawn_at` are by OVH's clock. `withdrawn_at` is when OVH's cart was deleted; `deleting` is
    recorded before that call, as its answer may be lost. `denied_by` is the user who said that nothing was ordered;
    this takes effect once an order would certainly be visible.
    """

    number: int
    registrar_cart: str
    started_at: datetime
    refusal: str | None = None
    withdrawn_at: datetime | None = None
    deleting: bool = False
    denied_by: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's statement on a payment that OVH does not show. It proves nothing by itself."""

    paid: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that a payer decided on; `sent_at` is recorded before the call to OVH.

    Times named `_ovh` are by OVH's clock, all others by ours. `accepted_at` is when OVH accepted: the bank comes after
    it. `ended_at` is when the call ended, and `ended_at_ovh` a time that was read from OVH after that. `refusal` is
    the code of OVH's refusal of the call itself, which proves nothing. `waits_until_ovh` is the end of the floor as
    announced to people; `notified_at_ovh` is when the payer was last notified that OVH still processes the payment.
    `unexplained` is how many transactions may have paid the order before this payment was sent. `asked_at` is the click
    by the database's clock; `asked_at_ovh` is the same by OVH's, None if it was never read.
    """

    method: MethodId
    by: str
    asked_at: datetime
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    sent_at_ovh: datetime | None = None
    ended_at: datetime | None = None
    ended_at_ovh: datetime | None = None
    refusal: str | None = None
    statement: Statement | None = None
    waits_until_ovh: datetime | None = None
    notified_at_ovh: datetime | None = None
    unexplained: int = 0
    asked_at_ovh: datetime | None = None

    @property
    def is_denied(self) -> bool:
        """Whether a person said that it was not paid."""
        return self.statement is not None and not self.statement.paid

    @property
    def is_affirmed(self) -> bool:
        """Whether a person said that it was paid."""
        return self.statement is not None and self.statement.paid


@dataclass(frozen=True, slots=True)
class SentPayment:
    """A payment of another order of this bot for the same total, which explains one transaction. Times are OVH's."""

    order: OrderId
    method: MethodId
    sent_at: datetime


class Outcome(StrEnum):
    """The result of a check at OVH after an answer was lost."""

    FOUND = "found"
    ABSENT = "absent"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class OrderReconciliation:
    """The result of searching for an order; `order` is set if exactly one matches.

    `seen` is the evidence as data: what was seen, under `seen`, and its details. `candidates` are orders that have the
    names, or do not show their names yet. `closed`: the registrar closed the cart, which it does when it makes an
    order.
    """

    outcome: Outcome
    seen: Data
    order: SalesOrder | None = None
    candidates: tuple[OrderId, ...] = ()
    closed: bool = False


class PaymentProgress(StrEnum):
    """The progress of a payment, read from the order's status, its follow-up and the account's transactions."""

    NOT_SEEN = "not_seen"  # nothing at OVH could be this payment
    UNDER_WAY = "under_way"  # the order itself shows it, but not its end yet
    UNDECIDED = "undecided"  # something could be it, or could not be read
    REFUSED = "refused"
    RECEIVED = "received"
    CANCELLED = "cancelled"  # the order is over, and shows no payment


@dataclass(frozen=True, slots=True)
class PaymentReconciliation:
    """The progress of a payment, and the evidence as data: what was seen, under `seen`, and its details.

    `unfinished`: the transaction that leaves it undecided has not ended at OVH either. `failed`: the only evidence is a
    transaction that ended without paying. `is_own`: what was refused has this payment's method, amount and date.
    `unexplained` counts the transactions that took this amount and belong to no other order. `order_is_over`: OVH
    cancelled the order, whatever else it shows.
    """

    progress: PaymentProgress
    seen: Data | None = None
    unfinished: bool = False
    failed: bool = False
    is_own: bool = False
    unexplained: int = 0
    order_is_over: bool = False

    @property
    def words(self) -> str | None:
        """OVH's words on a refusal; None if it gave none."""
        evidence = self.seen.get("said") if self.seen else None
        return str(evidence) if evidence else None

    @property
    def is_open(self) -> bool:
        """Whether money may still be in transit: another payment now could be a second one."""
        return self.progress is PaymentProgress.UNDER_WAY or self.unfinished


class DeliveryProgress(StrEnum):
    """The progress of one name at the registry."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The progress of one name. `comment`: OVH's words after a failure, or its word for an unexpected state."""

    progress: DeliveryProgress
    comment: str | None = None
