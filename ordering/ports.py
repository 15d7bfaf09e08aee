"""What the rules need from outside: a memory and a registrar."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ordering.cart import Cart, CartState
from ordering.cart_line import Line
from ordering.contact import Contact, LegalForm
from ordering.domain_name import DomainName
from ordering.events import Event
from ordering.money import Money
from ordering.offer import Availability, Effort
from ordering.pre_flight import Finding
from ordering.question import Question
from ordering.quote import Quote
from ordering.sales_order import (
    Attempt,
    Delivery,
    MethodId,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentSighting,
    SalesOrder,
    Sighting,
)


class MessageRole(StrEnum):
    """Which picture of a cart a message shows."""

    CART = "cart"
    APPROVAL = "approval"


class Errand(StrEnum):
    """What a process can claim a cart for. To advance it is never hindered by who watches it."""

    ADVANCE = "advance"  # what was decided
    WATCH = "watch"  # what OVH makes of it
    SHOW = "show"


# Which claims on a cart keep others from claiming it for an errand.
HINDERING = {
    Errand.ADVANCE: frozenset({Errand.ADVANCE}),
    Errand.WATCH: frozenset({Errand.WATCH, Errand.ADVANCE}),
    Errand.SHOW: frozenset({Errand.SHOW}),
}

NOTHING_SHOWN = -1  # a version that no cart has


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message that shows a cart. `ts` is None until it is posted; `shown` is the cart's version in it."""

    id: int
    cart_id: int
    role: MessageRole
    channel: str
    ts: str | None = None
    shown: int = NOTHING_SHOWN


class Reading(Protocol):
    """What can be asked of the memory. Lists are newest first unless said."""

    def cart(self, cart_id: int) -> Cart:
        """Read a cart; raises `NoSuchCart`."""

    def open_cart(self, channel: str) -> Cart | None:
        """The one open cart of a channel."""

    def carts(
        self,
        *,
        states: Collection[CartState] | None = None,
        person: str | None = None,
        before: int | None = None,
        limit: int = 20,
    ) -> list[Cart]:
        """Carts in these states, that this person asked for or added to, with numbers below `before`."""

    def every_cart(self, *, since: datetime | None = None) -> Iterator[Cart]:
        """All carts, oldest first; with `since`, those that something happened to from then on."""

    def due(self, now: datetime, errand: Errand | None = None) -> list[int]:
        """Numbers of the carts that are due, for one errand or for any, and that nobody works on, longest due first."""

    def next_due(self, errand: Errand | None = None, *, without: Collection[int] = ()) -> datetime | None:
        """When the next cart is due, of all but these; one that another process works on when its claim ends."""

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, int]:
        """Which of these names are in carts under way, and in which."""

    def names_in_carts(self) -> frozenset[DomainName]:
        """All names of carts that are open or under way."""

    def committed(self, since: datetime, currency: str, *, without: int) -> Money:
        """Total with tax that was approved, ordered or paid since then, without that one cart."""

    def known_orders(self) -> frozenset[int]:
        """Numbers of the sales orders that belong to a cart."""

    def events(self, cart_id: int) -> list[Event]:
        """What happened to a cart, oldest first."""

    def untold(self, cart_id: int) -> list[Event]:
        """Those of its events that no thread has told yet, oldest first."""

    def messages(self, cart_id: int) -> list[Message]:
        """The messages that show a cart."""

    def outdated(self) -> list[int]:
        """Numbers of the carts with a message that shows an old version, or with an untold event."""


class Transaction(Reading, Protocol):
    """What can be written, all or nothing. Leaving the context commits; an exception rolls back."""

    def decide_alone(self) -> None:
        """Have every other decision that depends on several carts wait for this one, and wait for those under way.

        To be said first: which names are held and what the month has cost is true only for who decides alone.
        """

    def open(self, channel: str, *, by: str, at: datetime) -> Cart:
        """Start a channel's cart; raises `CartChanged` where somebody else just did."""

    def save(self, cart: Cart, *events: Event, due_at: datetime | None = None) -> Cart:
        """Write a cart with what happened, one version up; `due_at`: when the driver should advance it (None: never).

        Raises `CartChanged` where the stored version is not the one that was read.
        """

    def postpone(self, cart_id: int, *, version: int, due_at: datetime) -> None:
        """Have the driver come back later, nothing else changed; does nothing where the version moved on."""

    def show_in(self, cart_id: int, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        """Have a message show this cart: one a role and channel, a repeated call returns it (and notes a new `ts`)."""

    def shown(self, message_id: int, *, version: int, ts: str) -> None:
        """Note that a message shows this version."""

    def show_again(self, cart_ids: Collection[int]) -> None:
        """Note that the messages of these carts show nothing that is sure."""

    def forget(self, message_id: int) -> None:
        """A message is gone for good: show the cart there no more."""

    def told(self, event_id: int) -> None:
        """Note that a thread has told this event."""

    def claim(
        self, errand: Errand, cart_ids: Collection[int], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[int]:
        """Claim carts for an errand, each where no claim on it lasts beyond `now`; returns those that were free."""

    def keep(self, errand: Errand, cart_ids: Collection[int], *, holder: str, until: datetime) -> None:
        """Have these claims last longer, as far as they are still this holder's."""

    def give_back(self, errand: Errand, cart_id: int, *, holder: str) -> None:
        """End a claim, if it is still this holder's."""


class Store(Protocol):
    """The memory."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Start a transaction that may write. Never held over a call to OVH or to the chat."""

    def read(self) -> AbstractContextManager[Reading]:
        """Start a consistent look."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh registrar cart, filled and configured, what its dry run said, and what was `asked` of each line."""

    registrar_cart: str
    quote: Quote
    asked: Mapping[DomainName, tuple[Question, ...]] = field(default_factory=dict)


class Registrar(Protocol):
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

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Make a contact of fields that were checked."""

    def owned(self) -> frozenset[DomainName]:
        """The names that the account has already, as it was a minute ago at the most."""

    def can_be_paid(self) -> bool:
        """Whether the account has a registered payment method that is valid now."""

    def prepare(self, lines: Sequence[Line], *, reference: str) -> Prepared:
        """Build a fresh registrar cart with exactly these lines and their answers, and dry-run it.

        Raises `LinesRefused` where it cannot be bought as it is.
        """

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        """What the registries' rules have against these lines' owners and answers; none where OVH does not tell."""

    def discard(self, registrar_cart: str) -> bool:
        """Give back a registrar cart that must not be checked out, and say whether it is certainly gone."""

    def check_out(self, registrar_cart: str, *, waive_retraction: bool, not_after: datetime) -> SalesOrder:
        """Order, unpaid. Raises `OutcomeUnknown` where no clear answer came: then `find_order`, never again this.

        It does not leave `not_after`, by our clock: then `RegistrarUnavailable` is raised.
        """

    def clock_ahead(self) -> timedelta:
        """By how much OVH's clock, by which it dates what it shows, is ahead of ours at this moment."""

    def find_order(self, attempt: Attempt, lines: Sequence[Line], total: Money, *, known: frozenset[int]) -> Sighting:
        """Look whether an attempt made an order. `known` orders belong to others."""

    def order_since(self, since: datetime, lines: Sequence[Line], *, known: frozenset[int]) -> SalesOrder | None:
        """An order over exactly these names that was made since then by our clock, and is not over.

        `known` orders belong to others.
        """

    def order_of(self, order_id: int, lines: Sequence[Line]) -> SalesOrder | None:
        """Read an order where it is over exactly these names, else None."""

    def order(self, order_id: int, *, urgent: bool = False) -> SalesOrder:
        """Read an order with its status, without payment methods; `urgent` where a payment or a payer waits for it.

        Where not, raises `NotAsked` when others go first for too long.
        """

    def order_status(self, order_id: int) -> OrderStatus:
        """Read only whether an order is paid or over. Raises `NotAsked` where others go first for too long."""

    def payment_methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        """What can pay this order: valid registered methods, the account's default first, then other means."""

    def pay(self, order_id: int, method: MethodId, *, not_after: datetime) -> None:
        """Ask OVH to pay. Raises `OutcomeUnknown` where no clear answer came: then `payment`, never again this.

        Sends nothing after that moment: somebody may look for the outcome by then. Raises `RegistrarUnavailable`.
        """

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentSighting:
        """Look how far a payment is that was sent; what became of earlier ones does not count."""

    def earlier_payment(self, order: SalesOrder, *, made_at: datetime) -> PaymentSighting:
        """Look before a payment is sent whether another one was received or may still be taken, by whatever method.

        What the order itself shows counts whenever it was; of the account's transactions, which name no order, those
        since the order was made, by OVH's clock.
        """

    def invoice_of(self, order_id: int) -> str | None:
        """The number of the order's invoice, None until there is one."""

    def invoice_link(self, number: str) -> str:
        """The invoice's page at OVH. A bearer secret as the order's."""

    def order_link(self, order_id: int) -> str:
        """The order's page at OVH. A bearer secret: shown to one payer, kept nowhere."""

    def delivery(self, domain: DomainName) -> Delivery:
        """Look how far a paid name is at the registry."""
