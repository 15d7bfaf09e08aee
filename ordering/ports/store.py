"""The store port: transactions, carts, messages and leases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Literal, Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.foreign_order import ForeignOrder
from ordering.model.money import Money
from ordering.model.money_call import RecordedCall
from ordering.model.recovery import Stamp, Standing
from ordering.model.sales_order import SalesOrder, SentPayment


class MessageRole(StrEnum):
    """Which picture of a cart a message shows."""

    CART = "cart"
    APPROVAL = "approval"


class TaskType(StrEnum):
    """What a process can claim a cart for. To advance it is never hindered by who watches it."""

    ADVANCE = "advance"  # what was decided
    WATCH = "watch"  # what OVH makes of it
    SHOW = "show"


# Which claims on a cart keep others from claiming it for a task type.
HINDERING = {
    TaskType.ADVANCE: frozenset({TaskType.ADVANCE}),
    TaskType.WATCH: frozenset({TaskType.WATCH, TaskType.ADVANCE}),
    TaskType.SHOW: frozenset({TaskType.SHOW}),
}


class TimerKind(StrEnum):
    """What a timer starts. Each kind of a cart's timers is set and ended by itself."""

    STEP = "step"  # the worker advances the cart
    REMINDER = "reminder"  # a person is reminded


class Keep(Enum):
    """Stands for "leave the timer as it is", which None cannot: None ends it."""

    KEEP = "keep"


KEEP: Literal[Keep.KEEP] = Keep.KEEP
Moment = datetime | None | Literal[Keep.KEEP]

NOTHING_SHOWN = -1  # a version that no cart has


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message that shows a cart. `ts` is None until it is posted; `shown` is the cart's version in it.

    `is_settled`: nothing is left to do for it. It shows the newest version, or was given up until the next one.
    """

    id: int
    cart_id: int
    role: MessageRole
    channel: str
    ts: str | None = None
    shown: int = NOTHING_SHOWN
    is_settled: bool = False


class Reading(Protocol):
    """What can be asked of the memory. Lists are newest first unless said."""

    def clock(self) -> datetime:
        """The database server's time in UTC; of a SQLite file, this machine's."""

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

    def due(self, now: datetime, task_type: TaskType | None = None) -> list[int]:
        """Numbers of the carts that are due for a task type, or for any, and are free; longest due first."""

    def next_due(self, task_type: TaskType | None = None, *, without: Collection[int] = ()) -> datetime | None:
        """When the next cart is due, of all but these; one that another process works on when its claim ends."""

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, int]:
        """Which of these names are in carts under way, and in which."""

    def names_in_carts(self) -> frozenset[DomainName]:
        """All names of carts that are open or under way."""

    def committed(self, since: datetime, currency: str, *, without: int) -> Money:
        """Total with tax that was approved, ordered or paid since then, without that one cart."""

    def known_orders(self, among: Collection[int]) -> frozenset[int]:
        """Return those of these sales orders that belong to a cart."""

    def timers(self, cart_id: int) -> dict[TimerKind, datetime]:
        """Return when work is due for a cart, by its kind."""

    def orders_left_open(self) -> frozenset[int]:
        """Numbers of sales orders whose cart has ended, though OVH did not show them as over."""

    def foreign_orders(self, since: datetime) -> list[ForeignOrder]:
        """Orders that no cart of this desk made, of those made since then by OVH's clock."""

    def money_calls(self, subject: str) -> list[RecordedCall]:
        """All attempts on record about a subject, oldest first."""

    def recorded_markers(self, among: Collection[str]) -> frozenset[str]:
        """Those of these markers that belong to an attempt on record."""

    def compared_markers(self, among: Collection[str]) -> frozenset[str]:
        """Those of these markers that an operator was shown in recover mode."""

    def presences(self) -> frozenset[str]:
        """Carts at OVH by which this desk ever showed itself to others."""

    def sent_alike(self, order: SalesOrder, *, since: datetime) -> list[SentPayment]:
        """Return payments of other orders for the same total that were sent since, by OVH's clock, oldest first."""

    def events(self, cart_id: int) -> list[Event]:
        """What happened to a cart, oldest first."""

    def untold(self, cart_id: int) -> list[Event]:
        """Those of its events that no thread has told yet, oldest first."""

    def messages(self, cart_id: int) -> list[Message]:
        """The messages that show a cart."""

    def outdated(self) -> list[int]:
        """Numbers of the carts with a message that shows an old version, or with an untold event."""

    # Whether the database went back: ordering.process.recovery

    def standing(self) -> Standing:
        """The recover row. In a writing transaction: as it is now, also where another process changed it."""

    def stamp(self) -> Stamp:
        """The stamp of the newest event, for the buttons of what is rendered now."""

    def knows(self, stamp: Stamp) -> bool:
        """Whether the event of this stamp, with this digest, is on record; true for a stamp without an event."""

    def newest_seen(self) -> Stamp | None:
        """The newest stamp that this process itself saw committed."""

    def newest_about_money(self) -> int:
        """The number of the newest event of a cart that was approved, ordered or paid; 0 without one."""

    def last_event_at(self, *, until: datetime) -> datetime | None:
        """When the newest event happened of those up to then."""

    def is_shared(self) -> bool:
        """Whether several processes may work on this database."""


class Transaction(Reading, Protocol):
    """What can be written, all or nothing. Leaving the context commits; an exception rolls back."""

    def decide_alone(self) -> None:
        """Have every other decision that depends on several carts wait for this one, and wait for those under way.

        To be said first: which names are held and what the month has cost is true only for who decides alone.
        """

    def open(self, channel: str, *, by: str, at: datetime) -> Cart:
        """Start a channel's cart; raises `CartChanged` where somebody else just did."""

    def save(self, cart: Cart, *events: Event, due_at: Moment = KEEP) -> Cart:
        """Write a cart with what happened, one version up. Its timers stay, unless `due_at` is given.

        `due_at` sets the timer of its next step; None ends that timer. Raises `CartChanged` where the stored version is
        not the one that was read.
        """

    def keep_foreign_order(self, order: ForeignOrder) -> None:
        """Write what was read of an order that no cart of this desk made."""

    def announce_call(self, call: RecordedCall) -> RecordedCall:
        """Write down an attempt before anything of it is sent; returns it with its id."""

    def update_call(self, call: RecordedCall) -> None:
        """Write down the marker and the state of an attempt. One that is no longer announced never is again.

        Nothing is written where the number is another attempt's, as after a database went back.
        """

    def add_compared_markers(self, markers: Collection[str]) -> None:
        """Keep that an operator was shown these markers in recover mode."""

    def add_presence(self, cart: str) -> None:
        """Write down a cart at OVH by which this desk shows itself."""

    def postpone(self, cart_id: int, *, version: int, due_at: datetime | None) -> None:
        """Set the timer of a cart's next step, or end it by None; does nothing where the version moved on."""

    def set_timer(self, cart_id: int, kind: TimerKind, due_at: datetime | None) -> None:
        """Set a cart's timer of one kind, or end it by None. `due_at` may lie far ahead."""

    def begin_step(self, cart_id: int) -> None:
        """Write a cart's row as it is: a database that takes no writes ends the work before its first call to OVH."""

    def show_in(self, cart_id: int, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        """Have a message show this cart: one a role and channel, a repeated call returns it (and notes a new `ts`)."""

    def shown(self, message_id: int, *, version: int, ts: str) -> None:
        """Note that a message shows this version."""

    def show_again(self, cart_ids: Collection[int]) -> None:
        """Note that the messages of these carts show nothing that is sure."""

    def give_up(self, message_id: int, *, version: int) -> None:
        """Show this version there no more: the chat refuses it for good. The next version is tried again."""

    def forget(self, message_id: int) -> None:
        """A message is gone for good: show the cart there no more."""

    def told(self, event_id: int) -> None:
        """Note that a thread has told this event."""

    def end_click(self, key: str, *, overtaking: int | None = None) -> None:
        """End a click of the inbox as decided; raises `ClickEnded` where it had ended.

        With `overtaking`, the older open clicks on that cart end, too, as overtaken.
        """

    def claim(
        self, task_type: TaskType, cart_ids: Collection[int], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[int]:
        """Claim carts for a task type, each where no claim on it lasts beyond `now`; returns those that were free."""

    def keep(self, task_type: TaskType, cart_ids: Collection[int], *, holder: str, until: datetime) -> None:
        """Have these claims last longer, as far as they are still this holder's."""

    def give_back(self, task_type: TaskType, cart_id: int, *, holder: str) -> None:
        """End a claim, if it is still this holder's."""

    def save_standing(self, standing: Standing) -> None:
        """Write the recover row. Call `decide_alone` first: decisions and intents read it under that lock."""

    def raise_epoch(self, epoch: int) -> None:
        """Give all stamps from now on this epoch."""

    def render_live_again(self) -> None:
        """Have every message of an open request rendered again."""

    def wake_decided(self, at: datetime) -> None:
        """Have the worker carry out what was decided, from then on."""


class Store(Protocol):
    """The memory."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Start a transaction that may write. Never held over a call to OVH or to the chat."""

    def read(self) -> AbstractContextManager[Reading]:
        """Start a consistent look."""
