"""The plain store's content at one moment, and how events are chained to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId
from ordering.model.money_call import RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import Stamp, Standing
from ordering.ports.inbox import ClickOutcome
from ordering.ports.store import Message, TaskType, TimerKind
from ordering.record.hash_chain import Entry, Link, chained, facts

DATABASE = "0123456789ab"  # the id of every plain store: each stands for one database
Chain = Callable[["Snapshot", Cart, Sequence[Event]], tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Lease:
    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Timer:
    due_at: datetime
    set_at: datetime


@dataclass(frozen=True, slots=True)
class KeptClick:
    cart_id: int
    at: datetime
    outcome: ClickOutcome | None = None
    pressed: tuple[int, str, str, str] = (0, "", "", "")  # cart, button, person and mark


@dataclass(slots=True)
class Snapshot:
    """The whole content of the database. Values are immutable, so a copy copies dictionaries only."""

    carts: dict[int, Cart] = field(default_factory=dict)
    timers: dict[tuple[TimerKind, CartId], Timer] = field(default_factory=dict)
    order_owner: dict[int, int] = field(default_factory=dict)  # cart number by order number
    events: tuple[Event, ...] = ()
    entries: tuple[Entry, ...] = ()
    digests: tuple[str, ...] = ()  # of all events, as in stamps
    epoch: int = 0
    standing: Standing = field(default_factory=Standing)
    clicks: dict[str, KeptClick] = field(default_factory=dict)
    undelivered: dict[int, CartId] = field(default_factory=dict)  # cart number by event number
    messages: dict[int, Message] = field(default_factory=dict)
    leases: dict[tuple[TaskType, int], Lease] = field(default_factory=dict)
    foreign: dict[int, ForeignOrder] = field(default_factory=dict)
    calls: tuple[RecordedCall, ...] = ()  # calls that buy or pay, oldest first
    compared_markers: frozenset[str] = frozenset()
    presences: frozenset[str] = frozenset()
    presence_calls: tuple[PresenceCall, ...] = ()
    last_cart: int = 0
    last_message: int = 0

    def copy(self) -> Snapshot:
        copied = Snapshot.__new__(Snapshot)  # faster than `dataclasses.replace`, and called thousands of times a second
        for name in _SHARED:
            setattr(copied, name, getattr(self, name))
        for name in _COPIED:
            setattr(copied, name, getattr(self, name).copy())
        return copied

    @property
    def without_times(self) -> tuple[object, ...]:
        """Everything whose loss would matter: the other fields only schedule the next poll."""
        traces = (self.foreign, self.calls, self.compared_markers, self.presences)
        return self.carts, self.standing, self.epoch, *traces

    @property
    def stamp(self) -> Stamp:
        """The stamp of the newest event."""
        if not self.events:
            return Stamp(DATABASE, self.epoch)
        at = int(self.events[-1].at.timestamp() * 1000)
        return Stamp(DATABASE, self.epoch, len(self.events), self.digests[-1], at)


_COPIED = tuple(each.name for each in fields(Snapshot) if each.default_factory is dict)
_SHARED = tuple(each.name for each in fields(Snapshot) if each.default_factory is not dict)


def no_chain(_kept: Snapshot, _cart: Cart, _events: Sequence[Event]) -> tuple[Entry, ...]:
    """Keep events without digests, for speed: the explorer checks their content thousands of times a second."""
    return ()


def hash_chain(kept: Snapshot, cart: Cart, events: Sequence[Event]) -> tuple[Entry, ...]:
    """Chain events as the SQL store does."""
    recorded = facts(cart)
    last = kept.entries[-1] if kept.entries else None
    mine = next((entry for entry in reversed(kept.entries) if entry.cart_id == cart.id), None)
    over_all = Link(last.id, last.digest) if last else Link()
    in_cart = Link(mine.number, mine.digest) if mine else Link()
    new = []
    for event in events:
        entry = chained(event, recorded, over_all=over_all, in_cart=in_cart)
        over_all, in_cart = Link(entry.id, entry.digest), Link(entry.number, entry.digest)
        new.append(entry)
    return tuple(new)
