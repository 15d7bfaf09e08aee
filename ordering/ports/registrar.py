"""The registrar port: what the rules ask of whoever sells domain names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from ordering.model.cart_line import Line
from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.foreign_order import ForeignOrder
from ordering.model.money import Money
from ordering.model.offer import Availability, Effort
from ordering.model.preflight_findings import Finding
from ordering.model.question import Question
from ordering.model.quote import Quote
from ordering.model.sales_order import (
    Attempt,
    Delivery,
    MethodId,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentSighting,
    SalesOrder,
    SentPayment,
    Sighting,
)
from ordering.ports.account import Account

Known = Callable[[Collection[int]], frozenset[int]]  # of these orders, those that belong to a cart
Result_co = TypeVar("Result_co", covariant=True)


class MoneyCall(Protocol[Result_co]):
    """A call that buys or pays, ready to be written: it has its permit, its token and an open connection of its own."""

    def send(self, *, signed_at: datetime, not_after: datetime) -> Result_co:
        """Write it once. Commit the intent before, and the result inside the same `with` block: a stop waits for that.

        `signed_at` is the intent's time by the registrar's clock, so that a process that slept does not sign afresh.
        `not_after` is by our clock. Raises

        - `NotSent`: no byte left. It can be prepared and sent again.
        - `RegistrarRefused`, `RegistrarUnavailable`: the registrar answered that it did not do it.
        - `OutcomeUnknown`: no clear answer came. The call has ended on our side, also where the bot is stopped. Look
          what became of it; never send it again.
        """


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh registrar cart, filled and configured, what its dry run said, and what was `asked` of each line."""

    registrar_cart: str
    quote: Quote
    asked: Mapping[DomainName, tuple[Question, ...]] = field(default_factory=dict)


class Registrar(Account, Protocol):
    """OVH. Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no)."""

    def extensions(self) -> tuple[str, ...]:
        """Extensions that OVH promotes, most promoted first, without a dot."""

    def every_extension(self) -> tuple[str, ...]:
        """All extensions that OVH sells here, without a dot."""

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        """First-year prices without tax by extension, as far as known: to rank by, never to order by.

        With `at_once`, nobody waits for OVH to tell them.
        """

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        """Ask for each name and yield answers as they come; a name that fails is one answer, never an error.

        With `recent`, what OVH said in the last minutes will do: to look at, never to order by. Searches take turns;
        what is `urgent`, for somebody is about to buy it, goes before them.
        """

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        """What it takes to look all of these up, with `recent`."""

    def questions(self, lines: Sequence[Line]) -> Mapping[DomainName, tuple[Question, ...]]:
        """What the registries ask of these lines; those of which nothing was learned are left out.

        Raises `LinesRefused` where some cannot be had, with what is asked of the others.
        """

    def contacts(self) -> tuple[Contact, ...]:
        """The account's contacts that can own a name, newest first. Personal data."""

    def contact(self, contact_id: str) -> Contact:
        """Read one contact as OVH has it now; raises `RegistrarRefused` if it is not there. Personal data."""

    def account_holder(self) -> Contact:
        """The account's own data, which OVH uses as the owner if no contact was chosen. Personal data."""

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Make a contact of fields that were checked."""

    def owned(self) -> frozenset[DomainName]:
        """The names that the account has already, as it was a minute ago at the most."""

    def can_be_paid(self) -> bool:
        """Whether the account has a registered payment method that is valid now."""

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        """Build a fresh registrar cart with exactly these lines and their answers, and dry-run it.

        Raises `LinesRefused` where it cannot be bought as it is, `RegistrarRefused` where the key lacks a right that
        the checkout needs, `DraftGone` where somebody deleted the cart meanwhile. A failure leaves no cart behind.
        """

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        """What the registries' rules have against these lines' owners and answers; none where OVH does not tell."""

    def presences(self) -> frozenset[str]:
        """Carts by which desks show themselves on this account, this one's among them."""

    def show_presence(self) -> str:
        """Make such a cart for this desk, and return its id."""

    def leave_marker(self, subject: str) -> str:
        """Leave a marker about a subject in the account, and return its id there."""

    def markers(self, subject: str) -> frozenset[str]:
        """Ids of all markers of this desk about a subject."""

    def discard(self, registrar_cart: str) -> bool:
        """Delete a registrar cart of this desk, and return whether it is certainly gone.

        The cart's description is read first: a cart that is not this desk's is left alone, and is not gone. A cart that
        is gone may have been ordered before (see `Fulfilment`).
        """

    def ready_to_check_out(
        self, registrar_cart: str, *, waive_retraction: bool
    ) -> AbstractContextManager[MoneyCall[SalesOrder]]:
        """Prepare the call that orders, unpaid. What fails on entering sent nothing, and can be tried again.

        After `OutcomeUnknown` look with `find_order`.
        """

    def clock_ahead(self) -> timedelta:
        """By how much OVH's clock, by which it dates what it shows, is ahead of ours at this moment."""

    def time(self) -> datetime:
        """Return OVH's time, read afresh. What must have passed since an OVH time is compared with nothing else."""

    def known_clock_ahead(self) -> timedelta | None:
        """By how much OVH's clock is ahead, as it was read last; None where it never was. Asks nobody."""

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> Sighting:
        """Look whether an attempt made an order with these terms. `known` tells which orders belong to a cart."""

    def order_of(self, order_id: int, lines: Sequence[Line], quote: Quote) -> Sighting:
        """Look whether an order has exactly these names, and the other terms as far as they are shown.

        ABSENT: other names; UNDECIDED: other terms, as `seen` says. A total may differ.
        """

    def order(self, order_id: int, *, urgent: bool = False) -> SalesOrder:
        """Read an order with its status, without payment methods; `urgent` where a payment or a payer waits for it.

        Where not, raises `NotAsked` when others go first for too long.
        """

    def order_status(self, order_id: int, *, urgent: bool = False) -> OrderStatus:
        """Read only whether an order is paid or over; `urgent` where a checkout waits for it.

        Where not, raises `NotAsked` when others go first for too long.
        """

    def orders_since(self, since: datetime, *, urgent: bool) -> list[int]:
        """Numbers of all orders of the account that were made since then by OVH's clock."""

    def foreign_order(self, number: int, *, at: datetime, urgent: bool) -> ForeignOrder:
        """Read an order that no cart of this desk made; `at` is OVH's time."""

    def payment_methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        """What can pay this order: valid registered methods, the account's default first, then other means."""

    def lists_method(self, order_id: int, method: MethodId) -> bool:
        """Return whether the order's list of methods, read now, has this one. An empty list counts as having it.

        Raises `RegistrarRefused` where the list cannot be read.
        """

    def ready_to_pay(self, order_id: int, method: MethodId) -> AbstractContextManager[MoneyCall[None]]:
        """Prepare the call that pays. What fails on entering sent nothing, and can be tried again.

        After the call look with `payment`. Only `NotSent` proves that nothing was paid: every answer may be one to the
        second copy of a call that a proxy repeated.
        """

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentSighting:
        """Look how far a payment is that was sent; what became of earlier ones does not count.

        REFUSED where the order shows a refusal and exactly one payment that was begun since the sending.
        """

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentSighting:
        """Look before a payment is sent whether another one was received or may still be taken, by whatever method.

        What the order itself shows counts whenever it was. Of the account's transactions, which name no order, those
        count that were made since the order was, by OVH's clock, and that `unexplained_payments` counts.
        """

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentSighting:
        """Count the transactions since the order was made that may have paid it and belong to no other order.

        `others` are our payments of other orders for this total; orders of others are read from OVH. Raises
        `RegistrarRefused` where transactions cannot be read.
        """

    def invoice_of(self, order_id: int) -> str | None:
        """The number of the order's invoice, None until there is one."""

    def invoice_link(self, number: str) -> str:
        """The invoice's page at OVH. A bearer secret as the order's."""

    def order_link(self, order_id: int) -> str:
        """The order's page at OVH. A bearer secret: shown to one payer, kept nowhere."""

    def delivery(self, domain: DomainName) -> Delivery:
        """Look how far a paid name is at the registry."""
