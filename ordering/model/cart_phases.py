"""The phases of a cart: types that promise what is on record, with the moves that need it.

A cart collects its request, its attempt to order, its order and its payment. A function that needs one of them takes
the phase that promises it, so the type checker proves that it is there: see ADR 0027.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Self

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.facts import Fact
from ordering.model.ids import OrderId
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, Payment, SalesOrder
from ordering.model.seal import Seal

S = CartState


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Phase(Cart):
    """A cart in one of its phases: a subclass names what is on record."""

    @classmethod
    def of(cls, cart: Cart) -> Self:
        """Return the cart in this phase; its state must be one that has it.

        This is the only place that checks what a state promises: a cart without it is a mistake of the program.
        """
        data = {each.name: getattr(cart, each.name) for each in fields(cart)}
        promised = [each.name for each in fields(cls) if each.kw_only]  # `Cart` itself has no such field
        missing = [name for name in promised if data[name] is None]
        if missing:
            raise AssertionError(f"cart #{cart.id} is {cart.state.in_words} without {', '.join(missing)}")
        return cls(**data)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Returned(Phase):
    """A request that an approver returned for changes: nothing about its terms is on record."""

    requester: str
    purpose: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Requested(Phase):
    """A cart whose terms were sent to the approvers."""

    requester: str
    purpose: str
    quote: Quote
    seal: Seal

    def submit_again(self, *, at: datetime, lines: tuple[Line, ...], quote: Quote, seal: Seal) -> Self:
        """Return the cart with other terms, which nobody approved yet."""
        return replace(self._to(S.SUBMITTED, at=at), lines=lines, quote=quote, seal=seal, approved_by=())

    def approve(
        self, *, at: datetime, approved_by: tuple[str, ...], approved_at: datetime, approved_at_ovh: datetime | None
    ) -> Self:
        """Return the approved cart; `approved_at` is by the database's clock."""
        approved = self._to(S.APPROVED, at=at)
        return replace(approved, approved_by=approved_by, approved_at=approved_at, approved_at_ovh=approved_at_ovh)

    def lose_approval(self, *, at: datetime, approved_by: tuple[str, ...]) -> Self:
        """Return the cart as waiting for approval again; `approved_by` are approvals that still count."""
        waiting = self._to(S.SUBMITTED, at=at)
        return replace(waiting, approved_by=approved_by, approved_at=None, approved_at_ovh=None)

    def send_back(self, *, at: datetime) -> Returned:
        """Return the request for changes, without its terms and approvals: no approval of them can count any more."""
        moved = self._to(S.RETURNED, at=at)
        kept = {each.name: getattr(moved, each.name) for each in fields(moved)}
        return Returned.of(Cart(**kept | {"quote": None, "seal": None, "approved_by": ()}))

    def reject(self, *, at: datetime, rejected_by: str, reason: str) -> Self:
        """Return the rejected cart."""
        return replace(self._to(S.REJECTED, at=at), rejected_by=rejected_by, reason=reason)

    def order_again(self, *, at: datetime, foreign_allowed: tuple[OrderId, ...] | None = None) -> Self:
        """Return the cart as approved as before, to be checked out again.

        `foreign_allowed` are the orders made elsewhere that no longer stop it; None leaves them as they are.
        """
        again = self._to(S.APPROVED, at=at)
        return again if foreign_allowed is None else replace(again, foreign_allowed=foreign_allowed)

    def begin_checkout(self, attempt: Attempt, *, at: datetime, quote: Quote) -> Tried:
        """Return the cart as being checked out by this attempt, which OVH quoted like this."""
        return Tried.of(replace(self._to(S.CHECKING_OUT, at=at), attempt=attempt, quote=quote))

    def without_attempt(self) -> Requested:
        """Return the cart without its attempt, after which nothing was ordered."""
        return replace(Requested.of(self), attempt=None)

    def checked_out(self, order: SalesOrder, *, at: datetime) -> Ordered:
        """Return the cart with its order, which can be paid."""
        return Ordered.of(replace(self._to(S.CHECKED_OUT, at=at), order=order))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tried(Requested):
    """A cart with an attempt to order it, whose outcome may be unknown."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ordered(Requested):
    """A cart with its sales order."""

    order: SalesOrder

    def pay(self, payment: Payment, *, at: datetime) -> Paying:
        """Return the cart as being paid like this, or observed until OVH shows the outcome."""
        return Paying.of(replace(self._to(S.PAYING, at=at), payment=payment))

    def without_payment(self) -> Ordered:
        """Return the cart without its payment."""
        return replace(Ordered.of(self), payment=None)

    def unpaid(self, *, at: datetime, fact: Fact | None = None) -> Ordered:
        """Return the cart as payable again; `fact` is why, as people should know it."""
        return replace(Ordered.of(self._to(S.CHECKED_OUT, at=at)), payment=None, fact=fact)

    def paid(self, *, at: datetime) -> Self:
        """Return the cart as paid: now its names are to be delivered."""
        return self._to(S.PAID, at=at)

    def delivered(self, *, at: datetime) -> Self:
        """Return the cart with all its names delivered."""
        return self._to(S.DELIVERED, at=at)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Paying(Ordered):
    """A cart with a payment that a payer decided on, sent or not."""

    payment: Payment
