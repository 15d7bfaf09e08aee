"""The cart that a channel shares, and the table of its state transitions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar

from ordering.model.answer_digests import Digest, digest_of
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardOutdated, NotPossible
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.question import is_private
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, Payment, SalesOrder
from ordering.model.seal import Seal


class CartState(StrEnum):
    """The state of a cart. The values are stored in the audit log."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CHECKING_OUT = "checking_out"
    CHECKED_OUT = "checked_out"
    PAYING = "paying"
    PAID = "paid"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def in_words(self) -> str:
        return self.value.replace("_", " ")


S = CartState
AnyCart = TypeVar("AnyCart", bound="Cart")  # in its phase, which saving does not change
MOVES: dict[CartState, frozenset[CartState]] = {
    S.OPEN: frozenset({S.SUBMITTED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.APPROVED, S.REJECTED, S.CANCELLED}),
    S.APPROVED: frozenset({S.CHECKING_OUT, S.SUBMITTED, S.CANCELLED, S.NEEDS_ATTENTION}),
    S.CHECKING_OUT: frozenset({S.CHECKED_OUT, S.APPROVED, S.NEEDS_ATTENTION}),
    S.CHECKED_OUT: frozenset({S.PAYING, S.PAID, S.CANCELLED, S.NEEDS_ATTENTION}),
    S.PAYING: frozenset({S.PAID, S.CHECKED_OUT, S.CANCELLED, S.NEEDS_ATTENTION}),
    S.PAID: frozenset({S.DELIVERED, S.NEEDS_ATTENTION}),
    # A person moves the cart on by a button, or the bot does when OVH shows what was missing. A second problem is a new
    # event, so the state may follow itself. When a person says whether a payment went through, the cart returns to
    # PAYING, where the bot looks for proof.
    S.NEEDS_ATTENTION: frozenset(
        {S.APPROVED, S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED, S.CANCELLED, S.NEEDS_ATTENTION}
    ),
    S.DELIVERED: frozenset(),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
}

WAITING = frozenset({S.SUBMITTED, S.APPROVED, S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.NEEDS_ATTENTION})
# From the approval on, money is promised or spent, so these carts count against the monthly limit. So does a cart that
# needs attention: it may be paid for until a person resolves it.
COMMITTED = frozenset({S.APPROVED, S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED, S.NEEDS_ATTENTION})
# While a cart is in one of these states, no other cart may request the same name.
HOLDING = WAITING | {S.PAID}
# A person decided and the bot carries the decision out. Carts in all other states are only polled at OVH.
DECIDED = frozenset({S.APPROVED, S.CHECKING_OUT, S.PAYING})
# These carts ended without an order that counts, so their names may be copied to another cart.
NOT_BOUGHT = frozenset({S.REJECTED, S.CANCELLED})
# Nothing leads out of these: such a cart is never ordered again.
ENDED = frozenset({S.DELIVERED, S.REJECTED, S.CANCELLED})
MOST_LINES = 40  # what fits on one card within Slack's 50 blocks


@dataclass(frozen=True, slots=True)
class BlockedReason:
    """Why the bot cannot advance a cart at the moment, though it keeps trying; `since` is when that began.

    `code` and `data` are those of the error behind it.
    """

    since: datetime
    code: str
    data: Data = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, eq=False)
class Cart:
    """A cart of names, with every decision about it. Times are UTC.

    `version` counts its changes: a caller that saves the cart must have read the newest version. What is on record
    besides the names grows with each phase, and stays: see `ordering.model.cart_phases`.
    """

    id: CartId
    channel: str
    created_by: str
    state: CartState
    since: datetime  # when the cart entered this state
    lines: tuple[Line, ...] = ()
    requester: str | None = None
    purpose: str | None = None
    quote: Quote | None = None
    seal: Seal | None = None
    approved_by: tuple[str, ...] = ()
    approved_at: datetime | None = None  # the last approval, by the database's clock
    approved_at_ovh: datetime | None = None  # the same moment by OVH's clock; None if it was never read
    rejected_by: str | None = None
    reason: str | None = None
    attempt: Attempt | None = None
    order: SalesOrder | None = None
    payment: Payment | None = None
    reminded_at: datetime | None = None  # when the payers were reminded that the order is unpaid
    fact: Fact | None = None  # what people should know about the present state
    note: str | None = None  # the same as a sentence, stored by an earlier version: new carts have none
    blocked: BlockedReason | None = None
    foreign_order: OrderId | None = None  # the order made elsewhere that a person must decide about
    foreign_allowed: tuple[OrderId, ...] = ()  # orders made elsewhere that an approver chose to ignore
    version: int = 0

    def __eq__(self, other: object) -> bool:
        """Compare the data alone: a phase is a promise about them, which is no difference."""
        if not isinstance(other, Cart):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(Cart))

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    def submit(
        self, *, at: datetime, lines: tuple[Line, ...], requester: str, purpose: str, quote: Quote, seal: Seal
    ) -> Self:
        """Return the cart with a request for approval of these terms."""
        submitted = self._to(S.SUBMITTED, at=at)
        return replace(submitted, lines=lines, requester=requester, purpose=purpose, quote=quote, seal=seal)

    def cancel(self, *, at: datetime, fact: Fact | None = None) -> Self:
        """Return the cart as closed without being bought; `fact` is why, as people should know it."""
        return replace(self._to(S.CANCELLED, at=at), fact=fact)

    def needs_attention(self, *, at: datetime, foreign_order: OrderId | None = None) -> Self:
        """Return the cart as handed to a person; `foreign_order` is the order made elsewhere to decide about."""
        return replace(self._to(S.NEEDS_ATTENTION, at=at), foreign_order=foreign_order)

    def without_private_answers(self) -> Self:
        """Return the ended cart with a digest in place of each private answer, and without their salt.

        What is still to be ordered needs its answers: to ask for this before the end is a mistake of the program.
        """
        if self.state not in ENDED:
            raise AssertionError(f"cart #{self.id} is {self.state.in_words}, so its answers are needed")
        return replace(
            self,
            lines=tuple(line.without_private_answers(self.answer_digest) for line in self.lines),
            quote=self.quote and self.quote.without_private_answers(self.answer_digest),
            seal=self.seal and replace(self.seal, salt=None),
        )

    def answer_digest(self, name: str, label: str, value: str) -> Digest:
        """Return the digest that stands for an answer of this cart."""
        return digest_of(self.id, self.seal.salt if self.seal else None, name, label, value)

    @property
    def has_private_answers(self) -> bool:
        """Whether it holds an answer in clear that is to be deleted some time after its end."""
        given = {answer.label for line in self.lines for answer in line.answers}
        given |= {each.label for each in (self.quote.configuration if self.quote else ())}
        return any(map(is_private, given))

    def _to(self, state: CartState, *, at: datetime) -> Self:
        """Return the cart in another state, without what was about the old one.

        Raises `NotPossible` if `MOVES` does not allow it.
        """
        if state not in MOVES[self.state]:
            raise NotPossible(code="no_such_move", cart=self.id, state=self.state.value, to=state.value)
        return replace(self, state=state, since=at, fact=None, note=None, blocked=None, foreign_order=None)

    def saying(self, kind: EventKind, data: Data | None = None) -> Self:
        """Return the cart with this fact as what people should know about its present state."""
        return replace(self, fact=Fact(kind, data or {}), note=None)

    def with_line(self, line: Line) -> Self:
        """Return the cart with this line added.

        Raises `NotPossible` if the name is in it already or the cart is full.
        """
        if self.line(line.domain):
            raise NotPossible(code="name_already_in_cart", cart=self.id, name=line.domain.ascii)
        if len(self.lines) >= MOST_LINES:
            raise NotPossible(code="cart_full", cart=self.id, most=MOST_LINES)
        return replace(self, lines=(*self.lines, line))

    def without(self, domain: DomainName) -> Self:
        """Return the cart without this name; raises `NotPossible` if the name is not in it."""
        self._must_have(domain)
        return replace(self, lines=tuple(line for line in self.lines if line.domain != domain))

    def with_years(self, years: Mapping[DomainName, int], *, by: str) -> Self:
        """Return the cart with other registration periods, in years by name.

        Raises `NotPossible` for a name that is not in the cart, or for years that OVH does not offer.
        """
        for domain in years:
            self._must_have(domain)
        lines = (line.with_years(years[line.domain], by=by) if line.domain in years else line for line in self.lines)
        return replace(self, lines=tuple(lines))

    def line(self, domain: DomainName) -> Line | None:
        return next((line for line in self.lines if line.domain == domain), None)

    def holds_the_same_as(self, other: Cart) -> bool:
        """Return whether both carts have the same state, names and answers.

        The registrar's questions are not compared.
        """
        return self.state is other.state and [replace(line, questions=None) for line in self.lines] == [
            replace(line, questions=None) for line in other.lines
        ]

    @property
    def mark(self) -> str:
        """Fingerprint of what a button of the card decides about: state, time of entering it, and the order's total.

        Each attempt, payment and question to a person gets a new fingerprint. A blocked reason or a new payment method
        does not change it, so a click made before that re-rendering is still accepted.
        """
        total = self.order.total if self.order else None
        return hashlib.sha256(f"{self.state} {self.since.isoformat()} {total}".encode()).hexdigest()[:12]

    @property
    def request_mark(self) -> str:
        """What *Approve* carries: the seal, and a fingerprint of this round of asking.

        A lapsed, void or stopped approval begins another round, so an old click approves nothing in it. A partial
        approval does not.
        """
        return f"{self.seal.short if self.seal else ''}-{self.mark}"

    def require_mark(self, mark: str) -> None:
        """Raise `CardOutdated` if the button's fingerprint is not the cart's.

        The button is then on an old card, or Slack redelivered a click. The fingerprint is only compared, never trusted
        as input.
        """
        if mark != self.mark:
            raise CardOutdated(self.id)

    def covers(self, total: Money) -> bool:
        """Return whether the approval covers an order for this total."""
        return self.seal is not None and total.is_within(self.seal.total)

    @property
    def is_undecided(self) -> bool:
        """Whether the bot asked OVH to create the order and the outcome is unknown."""
        return self.state is S.NEEDS_ATTENTION and self.attempt is not None and self.order is None

    @property
    def payment_is_undecided(self) -> bool:
        """Whether the bot asked OVH to pay the order and the outcome is unknown."""
        if self.state is not S.NEEDS_ATTENTION or self.payment is None or self.order is None:
            return False
        return not (self.order.status.is_paid or self.order.status.is_over)

    @property
    def can_be_ordered_anyway(self) -> bool:
        """Whether a person may order it despite what stopped it before the checkout.

        It was stopped by an order made elsewhere, or by an attempt that is not on record.
        """
        if self.state is not S.NEEDS_ATTENTION or self.attempt is not None or self.order is not None:
            return False
        not_on_record = self.fact is not None and self.fact.kind is EventKind.ATTEMPT_NOT_ON_RECORD
        return self.foreign_order is not None or not_on_record

    @property
    def pays_or_may(self) -> bool:
        """Whether a payment of its order is in progress, or may be."""
        return self.payment is not None and (self.state is S.PAYING or self.payment_is_undecided)

    @property
    def order_is_missing(self) -> bool:
        """Whether it needs a person because OVH no longer knows its unpaid order."""
        missing = self.order is not None and self.order.missing_since is not None
        return missing and self.state is S.NEEDS_ATTENTION and self.payment is None

    @property
    def payment_is_unsent(self) -> bool:
        """Whether a payer decided to pay and the intent of the payment is not committed yet.

        False if a person said that the order was paid already: the bot then only polls OVH.
        """
        payment = self.payment
        return self.state is S.PAYING and payment is not None and payment.sent_at is None and not payment.is_affirmed

    @property
    def has_nothing_to_come(self) -> bool:
        """Whether it needs attention, and either nothing was ordered or OVH cancelled the order."""
        if self.state is not S.NEEDS_ATTENTION:
            return False
        return self.order.status.is_over if self.order else self.attempt is None

    @property
    def people_who_added(self) -> frozenset[str]:
        return frozenset(line.added_by for line in self.lines)

    @property
    def people_who_shaped(self) -> frozenset[str]:
        """Every user who added a name, chose its years or answered a question about it."""
        return frozenset(person for line in self.lines for person in line.shapers)

    def _must_have(self, domain: DomainName) -> None:
        if self.line(domain) is None:
            raise NotPossible(code="name_not_in_cart", cart=self.id, name=domain.ascii)
