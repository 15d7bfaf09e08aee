"""The store port: transactions, carts, messages and leases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Literal, Protocol

from ordering.model.cart import AnyCart, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.money_call import RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import Stamp, Standing
from ordering.model.sales_order import SalesOrder, SentPayment


class StoreError(Exception):
    """The database cannot be used now; nothing was written, or the answer to the commit was lost."""


class MessageRole(StrEnum):
    """The view of a cart that a message shows."""

    CART = "cart"  # an open cart, in its channel
    STATUS = "status"  # a request's state, in its cart's channel
    APPROVAL = "approval"


class TaskType(StrEnum):
    """The purpose a process can lease a cart for. A lease for WATCH never blocks one for ADVANCE."""

    ADVANCE = "advance"  # carry out a decision
    WATCH = "watch"  # poll OVH for changes
    SHOW = "show"


# Which leases on a cart block a new lease for a task type.
HINDERING = {
    TaskType.ADVANCE: frozenset({TaskType.ADVANCE}),
    TaskType.WATCH: frozenset({TaskType.WATCH, TaskType.ADVANCE}),
    TaskType.SHOW: frozenset({TaskType.SHOW}),
}


class TimerKind(StrEnum):
    """What a timer starts. A cart has one timer per kind, and each is set and ended independently."""

    STEP = "step"  # the worker advances the cart
    REMINDER = "reminder"  # a person is reminded
    WITNESS = "witness"  # the head of the audit log is kept outside; of no cart


class Keep(Enum):
    """The default that leaves a timer unchanged. None cannot stand for that: it ends the timer."""

    KEEP = "keep"


KEEP: Literal[Keep.KEEP] = Keep.KEEP
Moment = datetime | None | Literal[Keep.KEEP]

NOTHING_RENDERED = -1  # a version that no cart has


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message that shows a cart.

    `ts` is None until it is posted; `rendered_version` is the cart's version in it.

    `is_settled`: it needs no update. It shows the newest version, or the bot gave it up until the next one.
    """

    id: int
    cart_id: CartId
    role: MessageRole
    channel: str
    ts: str | None = None
    rendered_version: int = NOTHING_RENDERED
    is_settled: bool = False

    def is_same(self, other: Message) -> bool:
        """Return whether both are one message; another one may get its number after the database went back."""
        return (self.id, self.cart_id, self.role, self.channel) == (other.id, other.cart_id, other.role, other.channel)


class Reading(Protocol):
    """Queries on the database. Lists are newest first unless stated otherwise."""

    def clock(self) -> datetime:
        """Return the database server's time in UTC; for a SQLite file, this machine's."""

    def cart(self, cart_id: CartId) -> Cart:
        """Read a cart; raises `NoSuchCart`."""

    def cart_with_attempt(self, registrar_cart: str) -> Cart | None:
        """Return the cart whose newest attempt checks out this cart at OVH, if there is one."""

    def open_cart(self, channel: str) -> Cart | None:
        """Return the open cart of a channel, if there is one."""

    def carts(
        self,
        *,
        states: Collection[CartState] | None = None,
        person: str | None = None,
        before: CartId | None = None,
        word: str = "",
        name: DomainName | None = None,
        limit: int = 20,
    ) -> list[Cart]:
        """Return carts in these states that this person requested or added to, with numbers below `before`.

        They have this `name`, or a name with this `word` in it.
        """

    def every_cart(self, *, since: datetime | None = None) -> Iterator[Cart]:
        """Yield all carts, oldest first; with `since`, only those with an event from then on."""

    def due(self, now: datetime, task_type: TaskType | None = None) -> list[CartId]:
        """Return the carts that are due and free for a task type, or for any; longest due first."""

    def next_due(self, task_type: TaskType | None = None, *, without: Collection[CartId] = ()) -> datetime | None:
        """Return when the next cart is due, except for those in `without`.

        A cart that another process works on is due when its lease ends.
        """

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, CartId]:
        """Return which of these names are in carts in progress, and in which cart."""

    def names_in_carts(self, *, seen_in: str) -> frozenset[DomainName]:
        """Return all names of carts that are open or in progress, without those of other channels' private carts."""

    def bought(self, domains: Collection[DomainName]) -> dict[DomainName, Cart]:
        """Return which of these names were bought through a request, with the newest such cart of each."""

    def committed(self, since: datetime, currency: str, *, without: CartId) -> Money:
        """Return the total with tax that was approved, ordered or paid since then, without that one cart."""

    def ended_with_answers(self, *, limit: int) -> list[tuple[CartId, datetime]]:
        """Return ended carts that hold private answers, and since when they have ended; longest ago first."""

    def known_orders(self, among: Collection[OrderId]) -> frozenset[OrderId]:
        """Return those of these sales orders that belong to a cart."""

    def timers(self, cart_id: CartId) -> dict[TimerKind, datetime]:
        """Return a cart's timers by kind."""

    def orders_left_open(self) -> frozenset[OrderId]:
        """Return the sales orders whose cart has ended although OVH did not show them as over."""

    def foreign_orders(self, since: datetime) -> list[ForeignOrder]:
        """Return the orders made since then, by OVH's clock, that no cart of this bot made."""

    def money_calls(self, subject: str) -> list[RecordedCall]:
        """Return all attempts on record about a subject, oldest first."""

    def recorded_markers(self, among: Collection[str]) -> frozenset[str]:
        """Return those of these markers that belong to an attempt on record."""

    def compared_markers(self, among: Collection[str]) -> frozenset[str]:
        """Return those of these markers that were shown to an operator in recover mode."""

    def presences(self) -> frozenset[str]:
        """Return all carts at OVH by which this bot ever announced itself."""

    def presence_calls(self) -> list[PresenceCall]:
        """Return the calls that make such a cart and have no answer on record, oldest first."""

    def sent_alike(self, order: SalesOrder, *, since: datetime) -> list[SentPayment]:
        """Return payments of other orders for the same total that were sent since, by OVH's clock, oldest first."""

    def events(self, cart_id: CartId) -> list[Event]:
        """Return the events of a cart, oldest first."""

    def undelivered(self, cart_id: CartId) -> list[Event]:
        """Return the events of a cart that no thread has reported yet, oldest first."""

    def messages(self, cart_id: CartId) -> list[Message]:
        """Return the messages that show a cart."""

    def messages_of(self, cart_ids: Collection[CartId]) -> list[Message]:
        """Return the messages that show these carts, oldest first."""

    def outdated(self) -> list[CartId]:
        """Return the carts with a message that shows an old version, or with an unreported event."""

    # Detection of a database that went back in time: ordering.process.recovery

    def standing(self) -> Standing:
        """Return the recover row. In a writing transaction it includes other processes' latest changes."""

    def head(self) -> tuple[int, str | None]:
        """Return the number and digest of the newest event; 0 and None without one."""

    def stamp(self) -> Stamp:
        """Return the stamp of the newest event, for buttons rendered now."""

    def knows(self, stamp: Stamp) -> bool:
        """Return whether the stamp's event, with its digest, is on record; True for a stamp without an event."""

    def newest_seen(self) -> tuple[Stamp, ...]:
        """Return the newest stamps that this process itself saw committed.

        A stamp stays until a later event of this process is committed in a transaction that found its event in place.
        """

    def newest_about_money(self) -> int:
        """Return the number of the newest event of a cart that was approved, ordered or paid; 0 without one."""

    def last_event_at(self, *, until: datetime) -> datetime | None:
        """Return when the newest event up to then happened."""

    def is_shared(self) -> bool:
        """Return whether several processes may work on this database."""


class Transaction(Reading, Protocol):
    """Writes, all or nothing. Leaving the context commits; an exception rolls back."""

    def decide_alone(self) -> None:
        """Take the lock that serializes decisions about several carts.

        Call this first: the names that are held, and the month's total, are reliable only under this lock.
        """

    def open(self, channel: str, *, by: str, at: datetime, private: bool = True, shared: bool = True) -> Cart:
        """Create a channel's cart; raises `CartChanged` if another transaction just did.

        `private`: what is in it is for the people of its channel. A cart that is not `shared` is one person's own next
        to the channel's cart: save it as requested in this transaction, because a channel has one open cart.
        """

    def save(self, cart: AnyCart, *events: Event, due_at: Moment = KEEP) -> AnyCart:
        """Write a cart with its events and increment its version. Its timers stay, unless `due_at` is given.

        `due_at` sets the timer of its next step; None ends that timer. The returned cart has a new save id. Raises
        `CartChanged` if the stored cart is another save than the one that was read: see `Cart.is_same_save`.
        """

    def save_without_answers(self, cart: Cart) -> None:
        """Write an ended cart whose private answers were deleted, and increment its version.

        It makes no event, since the newest one holds the same digests, and renders no message again. Raises
        `CartChanged` if the stored version is not the one that was read.
        """

    def keep_foreign_order(self, order: ForeignOrder) -> None:
        """Store the data read from an order that no cart of this bot made."""

    def announce_call(self, call: RecordedCall) -> RecordedCall:
        """Record an attempt before any part of it is sent; returns it with its id."""

    def update_call(self, call: RecordedCall) -> None:
        """Update the marker of an attempt, and record if it ended unsent. No other state is written.

        Writes nothing if the number belongs to another attempt, as it may after the database went back: see
        `RecordedCall.is_same`.
        """

    def mark_intended(self, call: RecordedCall) -> None:
        """Mark an announced attempt as intended.

        Raises `CartChanged` if it is not announced any more: its end, or another process's mark, stays. So it does if
        the number belongs to another attempt. Save the cart first, so every transaction locks the cart before the
        attempt.
        """

    def add_compared_markers(self, markers: Collection[str]) -> None:
        """Record that an operator was shown these markers in recover mode."""

    def add_presence(self, cart: str) -> None:
        """Record a cart at OVH by which this bot announces itself; again is no error."""

    def announce_presence(self, started_at: datetime, expires_at: datetime) -> PresenceCall:
        """Record that such a cart is about to be made, at this time by OVH's clock, and which expiry it asks for."""

    def end_presence(self, call: PresenceCall) -> None:
        """Forget a call whose cart is on record, or that made none."""

    def postpone(self, cart: Cart, *, due_at: datetime | None) -> None:
        """Set or, with None, end the timer of a cart's next step; does nothing if the cart was saved since."""

    def set_timer(self, cart_id: CartId, kind: TimerKind, due_at: datetime | None) -> None:
        """Set or, with None, end a cart's timer of one kind. `due_at` may be far ahead."""

    def begin_step(self, cart_id: CartId) -> None:
        """Rewrite a cart's row unchanged.

        If the database accepts no writes, the work thus fails before its first call to OVH.
        """

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        """Register a message that shows this cart: one per role and channel.

        A repeated call returns it, and stores a new `ts`.
        """

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        """Record that a message shows this cart.

        It stays outdated if another save of the cart is on record under this version, or only an earlier version: then
        the database went back. Writes nothing if the message's number belongs to another message, for the same reason.
        """

    def record_posted(self, message: Message, *, ts: str) -> None:
        """Record where a message was posted that does not show its cart completely yet: it stays outdated.

        Writes nothing if the message's number belongs to another message.
        """

    def show_again(self, cart_ids: Collection[CartId]) -> None:
        """Mark the messages of these carts as outdated, because what they show is uncertain."""

    def give_up(self, message: Message, cart: Cart) -> None:
        """Stop trying to show this version there: the chat refuses it permanently. The next version is tried again.

        Does nothing if the message's number belongs to another message, or if another save of the cart is on record.
        """

    def forget(self, message: Message) -> None:
        """Stop showing the cart in a message that is permanently gone, unless its number belongs to another message."""

    def record_delivered(self, event: Event) -> None:
        """Record that a thread has reported this event, unless its number belongs to another event."""

    def end_click(self, key: str, *, overtaking: CartId | None = None) -> None:
        """End a click of the inbox as decided; raises `ClickEnded` if it had ended.

        With `overtaking`, older open clicks on that cart end as overtaken, too.
        """

    def acquire_leases(
        self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[CartId]:
        """Lease carts for a task type unless another lease lasts beyond `now`; returns those that were free."""

    def renew_leases(self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, until: datetime) -> None:
        """Renew those of these leases that this holder still has."""

    def release_lease(self, task_type: TaskType, cart_id: CartId, *, holder: str) -> None:
        """Release a lease, if this holder still has it."""

    def save_standing(self, standing: Standing) -> None:
        """Write the recover row. Call `decide_alone` first: decisions and intents read it under that lock."""

    def raise_epoch(self, epoch: int) -> None:
        """Set the epoch of all future stamps."""

    def render_live_again(self) -> None:
        """Have every message of an open request rendered again."""

    def wake_decided(self, at: datetime) -> None:
        """Have the worker carry out pending decisions from this time on."""

    def renew_live(self) -> None:
        """Give each cart that can still change a new save id: what was read of it until now saves nothing any more."""


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Start a transaction that may write. Never held during a call to OVH or to the chat."""

    def read(self) -> AbstractContextManager[Reading]:
        """Start a consistent read."""
