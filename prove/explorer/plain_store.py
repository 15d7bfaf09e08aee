"""The store port in plain Python: one writer, snapshots for readers, and a history that can be cut.

tests/store/contract checks that it behaves like the SQL store on both databases.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

from ordering.model.cart import DECIDED, MOVES, WAITING, AnyCart, Cart, CartState
from ordering.model.errors import CartChanged, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId
from ordering.model.money_call import CallState, RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import DIGITS, Standing
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from ordering.ports.store import KEEP, NOTHING_RENDERED, Message, MessageRole, Moment, TaskType, TimerKind
from prove.explorer.plain_reading import Clock, PlainReading
from prove.explorer.snapshot import Chain, KeptClick, Lease, Snapshot, Timer, no_chain
from store.as_read import new_save_id
from store.head import NewestHead


class PlainTransaction(PlainReading):
    """Writes to its own snapshot, which becomes the store's at the commit."""

    def __init__(self, kept: Snapshot, store: PlainStore, client: Client) -> None:
        super().__init__(kept, client.seen, store.server_clock, is_shared=store.is_shared)
        self._store = store
        self._now = client.clock()
        self.appended = False

    def decide_alone(self) -> None:
        """Do nothing: there is one writer at a time."""

    def open(self, channel: str, *, by: str, at: datetime, private: bool = True, shared: bool = True) -> Cart:
        if shared and self.open_cart(channel) is not None:
            raise NotPossible(code="cart_opened_by_other", channel=channel)
        kept = self._kept
        kept.last_cart = max(kept.last_cart, kept.standing.numbers_above) + 1
        number, save_id = CartId(kept.last_cart), new_save_id()
        cart = Cart(number, channel, created_by=by, state=CartState.OPEN, since=at, private=private, save_id=save_id)
        kept.carts[cart.id] = cart
        self._append(cart, [happened(cart, at, EventKind.CART_OPENED, by=by)])
        return cart

    def save(self, cart: AnyCart, *events: Event, due_at: Moment = KEEP) -> AnyCart:
        kept = self._kept
        before = kept.carts.get(cart.id)
        if before is None or not before.is_same_save(cart):
            raise CartChanged(cart.id)
        if cart.order is not None:
            owner = kept.order_owner.setdefault(cart.order.id, cart.id)
            if owner != cart.id:
                raise NotPossible(code="order_of_other_cart", cart=owner, order=cart.order.id)
            if before.order is not None and before.order.id != cart.order.id:
                raise ValueError(f"cart #{cart.id} has order {before.order.id}: one order per cart is unique")
        moved = replace(cart, version=cart.version + 1, save_id=new_save_id())
        # An order's row stays if a cart is saved without it, as in the SQL store.
        kept.carts[cart.id] = moved if cart.order is not None else replace(moved, order=before.order)
        if due_at is not KEEP:
            self.set_timer(cart.id, TimerKind.STEP, due_at)
        for message in self.messages(cart.id):
            kept.messages[message.id] = replace(message, is_settled=False)
        self._append(cart, events)
        return moved

    def save_without_answers(self, cart: Cart) -> None:
        if not self._is_on_record(cart):
            raise CartChanged(cart.id)
        self._kept.carts[cart.id] = replace(cart, version=cart.version + 1, save_id=new_save_id())

    def postpone(self, cart: Cart, *, due_at: datetime | None) -> None:
        if self._is_on_record(cart):
            self.set_timer(cart.id, TimerKind.STEP, due_at)

    def set_timer(self, cart_id: CartId, kind: TimerKind, due_at: datetime | None) -> None:
        if due_at is None:
            self._kept.timers.pop((kind, cart_id), None)
        else:
            self._kept.timers[kind, cart_id] = Timer(due_at, self._now)

    def begin_step(self, cart_id: CartId) -> None:
        """Do nothing: this store always takes writes."""

    def keep_foreign_order(self, order: ForeignOrder) -> None:
        self._kept.foreign[order.number] = order

    def announce_call(self, call: RecordedCall) -> RecordedCall:
        numbered = replace(call, id=len(self._kept.calls) + 1)
        self._kept.calls += (numbered,)
        return numbered

    def update_call(self, call: RecordedCall) -> None:
        self._kept.calls = tuple(_updated(kept, call) for kept in self._kept.calls)

    def mark_intended(self, call: RecordedCall) -> None:
        marked = tuple(_intended(kept) if _is_announced(kept, call) else kept for kept in self._kept.calls)
        if marked == self._kept.calls:
            raise CartChanged(call.cart_id)
        self._kept.calls = marked

    def add_compared_markers(self, markers: Collection[str]) -> None:
        self._kept.compared_markers |= frozenset(markers)

    def add_presence(self, cart: str) -> None:
        self._kept.presences |= {cart}

    def announce_presence(self, started_at: datetime, expires_at: datetime) -> PresenceCall:
        newest = max((call.id for call in self._kept.presence_calls), default=0)
        call = PresenceCall(started_at, expires_at, newest + 1)
        self._kept.presence_calls += (call,)
        return call

    def end_presence(self, call: PresenceCall) -> None:
        self._kept.presence_calls = tuple(known for known in self._kept.presence_calls if known != call)

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        kept = self._kept
        known = next((m for m in self.messages(cart_id) if (m.role, m.channel) == (role, channel)), None)
        if known is None:
            kept.last_message += 1
            known = Message(kept.last_message, cart_id, role, channel)
        message = replace(known, ts=ts or known.ts)
        kept.messages[message.id] = message
        return message

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        known = self._known(message)
        if known is None:
            return
        is_newest, now = self._is_on_record(cart), self._kept.carts.get(cart.id)
        rendered = cart.version if is_newest or (now is not None and now.version > cart.version) else NOTHING_RENDERED
        is_settled = is_newest or _was_given_up(known)
        self._kept.messages[known.id] = replace(known, rendered_version=rendered, ts=ts, is_settled=is_settled)

    def record_posted(self, message: Message, *, ts: str) -> None:
        if (known := self._known(message)) is not None:
            self._kept.messages[known.id] = replace(
                known, rendered_version=NOTHING_RENDERED, ts=ts, is_settled=_was_given_up(known)
            )

    def show_again(self, cart_ids: Collection[CartId]) -> None:
        for number, message in self._kept.messages.items():
            if message.cart_id in cart_ids:
                self._kept.messages[number] = replace(
                    message, rendered_version=NOTHING_RENDERED, is_settled=_was_given_up(message)
                )

    def give_up(self, message: Message, cart: Cart) -> None:
        known = self._known(message)
        if known is not None and self._is_on_record(cart):
            self._kept.messages[known.id] = replace(known, rendered_version=NOTHING_RENDERED, is_settled=True)

    def forget(self, message: Message) -> None:
        known = self._known(message)
        if known is not None:
            del self._kept.messages[known.id]

    def record_delivered(self, event: Event) -> None:
        if self._kept.events[event.id - 1 : event.id] == (event,):
            self._kept.undelivered.pop(event.id, None)

    def _is_on_record(self, cart: Cart) -> bool:
        now = self._kept.carts.get(cart.id)
        return now is not None and now.is_same_save(cart)

    def _known(self, message: Message) -> Message | None:
        """Return the message of this number, if it is this one."""
        known = self._kept.messages.get(message.id)
        return known if known is not None and known.is_same(message) else None

    def end_click(self, key: str, *, overtaking: CartId | None = None) -> None:
        clicks = self._kept.clicks
        mine = clicks.get(key)
        if mine is None or mine.outcome is not None:
            raise ClickEnded(key)
        clicks[key] = replace(mine, outcome=ClickOutcome.DECIDED)
        for other, click in clicks.items():
            if click.cart_id == overtaking and click.outcome is None and click.at <= mine.at:
                clicks[other] = replace(click, outcome=ClickOutcome.OVERTAKEN)

    def put_click(self, click: Click, at: datetime, *, folds: bool) -> bool:
        """Store a click; return False if its key exists, or it repeats an open one and `folds`."""
        clicks = self._kept.clicks
        if click.key in clicks:
            return False
        pressed = (click.cart_id, click.kind, click.by, click.mark)
        repeats = folds and any(each.outcome is None and each.pressed == pressed for each in clicks.values())
        outcome = ClickOutcome.REPEATED if repeats else None
        clicks[click.key] = KeptClick(click.cart_id, at, outcome, pressed)
        return not repeats

    def save_standing(self, standing: Standing) -> None:
        self._kept.standing = standing

    def raise_epoch(self, epoch: int) -> None:
        self._kept.epoch = epoch

    def render_live_again(self) -> None:
        self.show_again([cart.id for cart in self._kept.carts.values() if cart.state in WAITING])

    def wake_decided(self, at: datetime) -> None:
        for kind, number in self._kept.timers:
            if kind is TimerKind.STEP and self._kept.carts[number].state in DECIDED:
                self._kept.timers[kind, number] = Timer(at, at)

    def renew_live(self) -> None:
        for number, cart in self._kept.carts.items():
            if MOVES[cart.state]:
                self._kept.carts[number] = replace(cart, save_id=new_save_id())

    def acquire_leases(
        self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[CartId]:
        won = set()
        for number in cart_ids:
            lease = self._kept.leases.get((task_type, number))
            if lease is None or lease.until <= now or lease.until > until + 2 * (until - now):
                self._kept.leases[task_type, number] = Lease(holder, until)
                won.add(number)
        return frozenset(won)

    def renew_leases(self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, until: datetime) -> None:
        for number in cart_ids:
            if self._holds(task_type, number, holder):
                self._kept.leases[task_type, number] = Lease(holder, until)

    def release_lease(self, task_type: TaskType, cart_id: CartId, *, holder: str) -> None:
        if self._holds(task_type, cart_id, holder):
            del self._kept.leases[task_type, cart_id]

    def _holds(self, task_type: TaskType, number: CartId, holder: str) -> bool:
        lease = self._kept.leases.get((task_type, number))
        return lease is not None and lease.holder == holder

    def _append(self, cart: Cart, events: Sequence[Event]) -> None:
        if not events:
            return
        kept = self._kept
        self.appended = True
        entries = self._store.chain(kept, cart, events)
        kept.entries += entries
        kept.digests += tuple(entry.digest[:DIGITS] for entry in entries) or self._store.unchained(len(events))
        for event in events:
            numbered = replace(event, id=len(kept.events) + 1)
            kept.events += (numbered,)
            kept.undelivered[numbered.id] = cart.id


def _was_given_up(message: Message) -> bool:
    return message.is_settled and message.rendered_version == NOTHING_RENDERED


@dataclass(slots=True)
class Client:
    """A process of the bot, as the store knows it: its `clock` dates the timers; `seen` is the newest commit it saw."""

    clock: Clock
    seen: NewestHead = field(default_factory=NewestHead)


class PlainStore:
    """Opens transactions for several threads. `server_clock` is the database's; the default is `clock`.

    `kept` is the last commit, `history` the earlier ones, oldest first. They never change.
    """

    def __init__(
        self,
        *,
        chain: Chain = no_chain,
        clock: Clock | None = None,
        server_clock: Clock | None = None,
        is_shared: bool = False,
    ) -> None:
        self.chain = chain
        self.clock = clock or (lambda: datetime.now(UTC))
        self._server_clock = server_clock
        self.is_shared = is_shared
        self._me = Client(self._now)
        self._numbers = count(1)
        self._one_writer = threading.RLock()
        self.kept = Snapshot()
        self.history: tuple[Snapshot, ...] = ()

    def _now(self) -> datetime:
        return self.clock()  # not bound once: tests replace the clock

    def server_clock(self) -> datetime:
        return (self._server_clock or self.clock)()

    def begin(self) -> AbstractContextManager[PlainTransaction]:
        return self.begin_as(self._me)

    def read(self) -> AbstractContextManager[PlainReading]:
        return self.read_as(self._me)

    @contextmanager
    def begin_as(self, client: Client) -> Iterator[PlainTransaction]:
        """Begin a transaction of one process among several."""
        with self._one_writer:
            writing = self.kept.copy()
            transaction = PlainTransaction(writing, self, client)
            yield transaction
            self.history = (*self.history, self.kept)
            self.kept = writing
            found = client.seen.found(writing.stamp, transaction.knows) if transaction.appended else frozenset()
        if transaction.appended:
            client.seen.committed(writing.stamp, found)

    @contextmanager
    def read_as(self, client: Client) -> Iterator[PlainReading]:
        """Begin a read of one process among several."""
        yield PlainReading(self.kept, client.seen, self.server_clock, is_shared=self.is_shared)

    def unchained(self, events: int) -> tuple[str, ...]:
        """Return digests for events without a chain: an event after lost ones never gets one of their digests."""
        return tuple(f"{next(self._numbers):0{DIGITS}x}" for _ in range(events))

    def lose(self, commits: int) -> int:
        """Roll back this many commits, as after a failover or a restored backup; return how many were lost."""
        lost = min(commits, len(self.history))
        if lost:
            self.kept = self.history[-lost]
            self.history = self.history[:-lost]
        return lost


def _updated(kept: RecordedCall, call: RecordedCall) -> RecordedCall:
    if not kept.is_same(call):
        return kept
    state = call.state if call.state is CallState.UNSENT else kept.state
    return replace(kept, marker=call.marker, state=state)


def _is_announced(kept: RecordedCall, call: RecordedCall) -> bool:
    return kept.is_same(call) and kept.state is CallState.ANNOUNCED


def _intended(kept: RecordedCall) -> RecordedCall:
    return replace(kept, state=CallState.INTENDED)


class PlainInbox:
    """The stored clicks, as far as a decision's transaction uses them."""

    def __init__(self, store: PlainStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(self, click: Click, *, folds: bool = False) -> Click | None:
        at = self._clock()
        with self._store.begin() as writing:
            return replace(click, at=at) if writing.put_click(click, at, folds=folds) else None

    def outcome(self, key: str) -> ClickOutcome | None:
        kept = self._store.kept.clicks.get(key)
        return kept.outcome if kept else None
