"""OVH's sales order, its payment and its delivery, as far as we follow them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordering.money import Money


class OrderStatus(StrEnum):
    """OVH's word for how far a sales order is."""

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


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay that OVH has on file; `label` is OVH's, such as ``VISA 4970 XXXX XXXX 1234``."""

    id: int
    label: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """An order that OVH made. Its link and password are bearer secrets and are not kept here."""

    id: int
    total: Money  # with tax
    tax: Money
    status: OrderStatus = OrderStatus.NOT_PAID
    expires_at: datetime | None = None
    methods: tuple[PaymentMethod, ...] = ()

    @property
    def default_method(self) -> PaymentMethod | None:
        return next((m for m in self.methods if m.default), self.methods[0] if self.methods else None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to check a cart out: written down before OVH is asked."""

    number: int
    registrar_cart: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment somebody decided on; `sent_at` is written down before OVH is asked to pay."""

    method: int
    by: str
    asked_at: datetime
    sent_at: datetime | None = None


class Finding(StrEnum):
    """What a look at OVH shows after an answer was lost."""

    FOUND = "found"
    ABSENT = "absent"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen when looking for an order, and the order where there is exactly one."""

    finding: Finding
    seen: str
    order: SalesOrder | None = None


class PaymentProgress(StrEnum):
    """How far a payment is, read from the order's status and follow-up."""

    NOT_SEEN = "not_seen"
    UNDER_WAY = "under_way"
    REFUSED = "refused"
    RECEIVED = "received"


class DeliveryProgress(StrEnum):
    """How far one name is at the registry."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one name is, and OVH's words where it failed."""

    progress: DeliveryProgress
    comment: str | None = None
