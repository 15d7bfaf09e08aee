"""Facts about a cart: a kind from a fixed list, and typed data. The bot renders sentences for people from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from ordering.model.money import Money

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
# A small JSON object without floats. OVH's own data is under the key `ovh`, and nothing else is.
Data: TypeAlias = Mapping[str, Json]
EARLIER_TEXT = "earlier_text"  # the code of an error that an earlier version stored as a sentence alone
_MOST_QUOTED = 300  # characters of one text from OVH


class EventKind(StrEnum):
    """What happened to a cart. The values are hashed into the audit log: add to them, never rename one."""

    # The request
    CART_OPENED = "cart_opened"
    NAMES_ADDED = "names_added"
    NAME_REMOVED = "name_removed"
    YEARS_CHOSEN = "years_chosen"
    QUESTIONS_ANSWERED = "questions_answered"
    NAMES_COPIED = "names_copied"
    APPROVAL_REQUESTED = "approval_requested"
    REQUEST_WITHDRAWN = "request_withdrawn"
    PARTLY_APPROVED = "partly_approved"
    APPROVED = "approved"
    REJECTED = "rejected"
    ORDER_STOPPED = "order_stopped"
    APPROVAL_LAPSED = "approval_lapsed"
    APPROVAL_VOID = "approval_void"
    # The checkout
    TERMS_CHANGED = "terms_changed"
    CHECKOUT_STARTED = "checkout_started"
    CHECKOUT_REFUSED = "checkout_refused"
    CHECKOUT_RESCHEDULED = "checkout_rescheduled"
    CHECKOUT_ATTEMPTS_EXHAUSTED = "checkout_attempts_exhausted"
    ORDER_CREATED = "order_created"
    ORDER_FOUND = "order_found"
    ORDER_UNKNOWN = "order_unknown"
    CHECKOUT_CALL_REFUSED = "checkout_call_refused"  # an order may still have been created
    FOREIGN_ORDER_FOUND = "foreign_order_found"
    SECOND_ORDER_FOUND = "second_order_found"
    ORDER_TERMS_DIFFER = "order_terms_differ"
    OWNER_CHECK_ENDED = "owner_check_ended"
    CHECKOUT_INTERRUPTED = "checkout_interrupted"
    ATTEMPT_NOT_ON_RECORD = "attempt_not_on_record"
    # The order
    ORDER_EXCEEDS_APPROVAL = "order_exceeds_approval"
    ORDER_CHANGED = "order_changed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_CANCELLED_AFTER_PAYMENT = "order_cancelled_after_payment"
    ORDER_MISSING = "order_missing"
    ORDER_SHOWN_AGAIN = "order_shown_again"
    INVOICE_RECEIVED = "invoice_received"
    # The payment
    PAYMENT_REMINDER = "payment_reminder"
    PAYMENT_REQUESTED = "payment_requested"
    PAYMENT_STARTED = "payment_started"  # the intent: the call follows it
    PAYMENT_STOPPED = "payment_stopped"
    PAYMENT_LAPSED = "payment_lapsed"
    PAYMENT_VOID = "payment_void"
    PAYMENT_NOT_SENT = "payment_not_sent"
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_NOT_SEEN = "payment_not_seen"
    PAYMENT_UNKNOWN = "payment_unknown"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_MISSING = "payment_missing"
    PAYMENT_CALL_REFUSED = "payment_call_refused"
    PAYMENT_QUESTIONED = "payment_questioned"
    PAYMENT_WAITING = "payment_waiting"
    PAYMENT_PROCESSING = "payment_processing"
    # The delivery
    DOCUMENTS_REQUESTED = "documents_requested"
    REGISTRATION_FAILED = "registration_failed"
    DELIVERY_LATE = "delivery_late"
    DELIVERY_UNKNOWN = "delivery_unknown"
    DELIVERY_UNEXPECTED = "delivery_unexpected"
    DELIVERY_RESUMED = "delivery_resumed"
    DELIVERED = "delivered"
    # What a person stated or decided about a cart that needs attention
    RETRY_REQUESTED = "retry_requested"
    CLOSED = "closed"
    ORDER_ADOPTED = "order_adopted"
    ORDERED_ANYWAY = "ordered_anyway"
    DECLARED_NOT_ORDERED = "declared_not_ordered"
    DECLARED_PAID = "declared_paid"
    DECLARED_NOT_PAID = "declared_not_paid"
    # The rules and the people
    POLICY_CHANGED = "policy_changed"
    PERSON_ERASED = "person_erased"
    # An event of a newer version
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> EventKind:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind with its data."""

    kind: EventKind
    data: Data = field(default_factory=dict, hash=False)

    def is_same_as(self, other: Fact | None) -> bool:
        """Return whether both facts are equal, even if one was read back from a database."""
        return other is not None and self.kind is other.kind and canonical(self.data) == canonical(other.data)


def canonical(content: object) -> str:
    """Serialize JSON in the one form that digests are computed over: sorted keys, no spaces, ASCII only."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def amount(money: Money) -> Data:
    """Return an amount as data, in the export's form: ``{"amount": "3.59", "currency": "EUR"}``."""
    return {"amount": str(money.amount), "currency": money.currency}


def earlier(text: str) -> Data:
    """Return a sentence that an earlier version stored in place of an error's code, as data."""
    return {"error": EARLIER_TEXT, "text": text}


def quoted(text: str | None) -> str | None:
    """Return a text of OVH's for the key `ovh`, cut to 300 characters; None if it is empty."""
    return text[:_MOST_QUOTED] if text else None
