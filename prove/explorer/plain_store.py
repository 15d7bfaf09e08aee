"""The store port in plain Python: one writer, snapshots for readers, and a history that can be cut.

tests/store/contract holds it equal to the SQL store on both databases.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ordering.model.cart import COMMITTED, DECIDED, HOLDING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartChanged, NoSuchCart, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.money import Money
from ordering.ports.store import HINDERING, KEEP, NOTHING_SHOWN, Errand, Message, MessageRole, Moment, TimerKind
from ordering.process.leases import LEASE
from ordering.record.hash_chain import Link
from ordering.record.verification import Kept, Record
from prove.explorer.snapshot import Chain, Lease, Snapshot, Timer, no_chain

# As in the SQL store: a timer set later than now, or a longer lease, was dated by a clock that has been put back since.
_CLOCKS_APART, _LONGEST_LEASE = timedelta(minutes=1), 3 * LEASE
_DUE_AT_ONCE = 100


class PlainReading:
    """Reads of one snapshot."""

    def __init__(self, kept: Snapshot) -> None:
        self._kept = kept

    def cart(self, cart_id: int) -> Cart:
        if cart_id not in self._kept.carts:
            raise NoSuchCart(cart_id)
        return self._kept.carts[cart_id]

    def open_cart(self, channel: str) -> Cart | None:
        mine = (c for c in self._kept.carts.values() if c.channel == channel and c.state is CartState.OPEN)
        return next(mine, None)

    def carts(
        self,
        *,
        states: Collection[CartState] | None = None,
        person: str | None = None,
        before: int | None = None,
        limit: int = 20,
    ) -> list[Cart]:
        found = (
            cart
            for _, cart in sorted(self._kept.carts.items(), reverse=True)
            if (states is None or cart.state in states)
            and (before is None or cart.id < before)
            and (person is None or person == cart.requester or person in cart.people_who_added)
        )
        return [cart for cart, _ in zip(found, range(limit), strict=False)]

    def every_cart(self, *, since: datetime | None = None) -> Iterator[Cart]:
        recent = {event.cart_id for event in self._kept.events if since is not None and event.at >= since}
        yield from (c for number, c in sorted(self._kept.carts.items()) if since is None or number in recent)

    def due(self, now: datetime, errand: Errand | None = None) -> list[int]:
        mine = [
            (number, timer)
            for number, timer in self._steps()
            if self._is_for(errand, number) and self._is_free(number, errand, now)
        ]
        due = sorted((timer.due_at, number) for number, timer in mine if timer.due_at <= now)
        put_back = sorted((timer.set_at, number) for number, timer in mine if timer.set_at > now + _CLOCKS_APART)
        return list(dict.fromkeys(number for _, number in (*due, *put_back)))[:_DUE_AT_ONCE]

    def next_due(self, errand: Errand | None = None, *, without: Collection[int] = ()) -> datetime | None:
        times = (
            max(timer.due_at, self._leased_until(number, errand) or timer.due_at)
            for number, timer in self._steps()
            if number not in without and self._is_for(errand, number)
        )
        return min(times, default=None)

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, int]:
        return {
            line.domain: cart.id
            for cart in self._kept.carts.values()
            if cart.state in HOLDING
            for line in cart.lines
            if line.domain in domains
        }

    def names_in_carts(self) -> frozenset[DomainName]:
        live = {CartState.OPEN, *HOLDING}
        return frozenset(n.domain for cart in self._kept.carts.values() if cart.state in live for n in cart.lines)

    def committed(self, since: datetime, currency: str, *, without: int) -> Money:
        total = 0
        for cart in self._kept.carts.values():
            approved_at = self._kept.approved_at.get(cart.id)
            if cart.id == without or cart.state not in COMMITTED or cart.seal is None or approved_at is None:
                continue
            if cart.seal.total.currency == currency and approved_at >= since:
                total += (cart.order or cart.seal).total.minor
        return Money(total, currency)

    def known_orders(self, among: Collection[int]) -> frozenset[int]:
        return frozenset(number for number in among if number in self._kept.order_owner)

    def timers(self, cart_id: int) -> dict[TimerKind, datetime]:
        return {kind: timer.due_at for (kind, number), timer in self._kept.timers.items() if number == cart_id}

    def events(self, cart_id: int) -> list[Event]:
        return [event for event in self._kept.events if event.cart_id == cart_id]

    def untold(self, cart_id: int) -> list[Event]:
        return [event for event in self.events(cart_id) if event.id in self._kept.untold]

    def messages(self, cart_id: int) -> list[Message]:
        return [message for _, message in sorted(self._kept.messages.items()) if message.cart_id == cart_id]

    def outdated(self) -> list[int]:
        behind = {message.cart_id for message in self._kept.messages.values() if not message.is_settled}
        return sorted(behind | set(self._kept.untold.values()))

    def record(self) -> Record:
        """Return what an audit reads; its chain is empty where the store keeps none."""
        entries = self._kept.entries
        counts = {entry.cart_id: entry.number for entry in entries}
        kept = (Kept(number, counts.get(number, 0), cart) for number, cart in sorted(self._kept.carts.items()))
        head = Link(entries[-1].id, entries[-1].digest) if entries else Link()
        return Record(iter(entries), kept, head, guarded=True)

    def _steps(self) -> Iterator[tuple[int, Timer]]:
        return ((number, timer) for (kind, number), timer in self._kept.timers.items() if kind is TimerKind.STEP)

    def _is_for(self, errand: Errand | None, number: int) -> bool:
        if errand is None or errand is Errand.SHOW:
            return True
        return (errand is Errand.ADVANCE) == (self._kept.carts[number].state in DECIDED)

    def _is_free(self, number: int, errand: Errand | None, now: datetime) -> bool:
        until = self._leased_until(number, errand)
        return until is None or until <= now or until > now + _LONGEST_LEASE

    def _leased_until(self, number: int, errand: Errand | None) -> datetime | None:
        blocking = (self._kept.leases.get((other, number)) for other in HINDERING[errand or Errand.WATCH])
        return max((lease.until for lease in blocking if lease), default=None)


class PlainTransaction(PlainReading):
    """Writes to a snapshot of its own, which becomes the store's at the commit."""

    def __init__(self, kept: Snapshot, chain: Chain, now: datetime) -> None:
        super().__init__(kept)
        self._chain = chain
        self._now = now

    def decide_alone(self) -> None:
        """Do nothing: there is one writer at a time."""

    def open(self, channel: str, *, by: str, at: datetime) -> Cart:
        if self.open_cart(channel) is not None:
            sentence = "Somebody opened this channel's cart at the same moment. Please do that again."
            raise NotPossible(sentence, code="cart_opened_by_other", channel=channel)
        kept = self._kept
        kept.last_cart += 1
        cart = Cart(kept.last_cart, channel, created_by=by, state=CartState.OPEN, since=at)
        kept.carts[cart.id] = cart
        self._append(cart, [happened(cart, at, EventKind.CART_OPENED, by=by)])
        return cart

    def save(self, cart: Cart, *events: Event, due_at: Moment = KEEP) -> Cart:
        kept = self._kept
        before = kept.carts.get(cart.id)
        if before is None or before.version != cart.version:
            raise CartChanged(cart.id)
        if cart.order is not None:
            owner = kept.order_owner.setdefault(cart.order.id, cart.id)
            if owner != cart.id:
                sentence = f"Order {cart.order.id} belongs to cart #{owner} already."
                raise NotPossible(sentence, code="order_of_other_cart", cart=owner, order=cart.order.id)
            if before.order is not None and before.order.id != cart.order.id:
                raise ValueError(f"cart #{cart.id} has order {before.order.id}: one order per cart is unique")
        if cart.state is CartState.APPROVED and before.state is CartState.SUBMITTED:
            kept.approved_at[cart.id] = cart.since
        moved = replace(cart, version=cart.version + 1)
        # An order's row stays when a cart is saved without it, as in the SQL store.
        kept.carts[cart.id] = moved if cart.order is not None else replace(moved, order=before.order)
        if due_at is not KEEP:
            self.set_timer(cart.id, TimerKind.STEP, due_at)
        for message in self.messages(cart.id):
            kept.messages[message.id] = replace(message, is_settled=False)
        self._append(cart, events)
        return moved

    def postpone(self, cart_id: int, *, version: int, due_at: datetime | None) -> None:
        cart = self._kept.carts.get(cart_id)
        if cart is not None and cart.version == version:
            self.set_timer(cart_id, TimerKind.STEP, due_at)

    def set_timer(self, cart_id: int, kind: TimerKind, due_at: datetime | None) -> None:
        if due_at is None:
            self._kept.timers.pop((kind, cart_id), None)
        else:
            self._kept.timers[kind, cart_id] = Timer(due_at, self._now)

    def begin_step(self, cart_id: int) -> None:
        """Do nothing: this store always takes writes."""

    def show_in(self, cart_id: int, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        kept = self._kept
        known = next((m for m in self.messages(cart_id) if (m.role, m.channel) == (role, channel)), None)
        if known is None:
            kept.last_message += 1
            known = Message(kept.last_message, cart_id, role, channel)
        message = replace(known, ts=ts or known.ts)
        kept.messages[message.id] = message
        return message

    def shown(self, message_id: int, *, version: int, ts: str) -> None:
        if message_id in self._kept.messages:
            message = self._kept.messages[message_id]
            is_settled = _was_given_up(message) or version >= self._kept.carts[message.cart_id].version
            self._kept.messages[message_id] = replace(message, shown=version, ts=ts, is_settled=is_settled)

    def show_again(self, cart_ids: Collection[int]) -> None:
        for number, message in self._kept.messages.items():
            if message.cart_id in cart_ids:
                self._kept.messages[number] = replace(message, shown=NOTHING_SHOWN, is_settled=_was_given_up(message))

    def give_up(self, message_id: int, *, version: int) -> None:
        message = self._kept.messages.get(message_id)
        if message is not None and version >= self._kept.carts[message.cart_id].version:
            self._kept.messages[message_id] = replace(message, shown=NOTHING_SHOWN, is_settled=True)

    def forget(self, message_id: int) -> None:
        self._kept.messages.pop(message_id, None)

    def told(self, event_id: int) -> None:
        self._kept.untold.pop(event_id, None)

    def claim(
        self, errand: Errand, cart_ids: Collection[int], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[int]:
        won = set()
        for number in cart_ids:
            lease = self._kept.leases.get((errand, number))
            if lease is None or lease.until <= now or lease.until > until + 2 * (until - now):
                self._kept.leases[errand, number] = Lease(holder, until)
                won.add(number)
        return frozenset(won)

    def keep(self, errand: Errand, cart_ids: Collection[int], *, holder: str, until: datetime) -> None:
        for number in cart_ids:
            if self._holds(errand, number, holder):
                self._kept.leases[errand, number] = Lease(holder, until)

    def give_back(self, errand: Errand, cart_id: int, *, holder: str) -> None:
        if self._holds(errand, cart_id, holder):
            del self._kept.leases[errand, cart_id]

    def _holds(self, errand: Errand, number: int, holder: str) -> bool:
        lease = self._kept.leases.get((errand, number))
        return lease is not None and lease.holder == holder

    def _append(self, cart: Cart, events: Sequence[Event]) -> None:
        if not events:
            return
        kept = self._kept
        kept.entries += self._chain(kept, cart, events)
        for event in events:
            numbered = replace(event, id=len(kept.events) + 1)
            kept.events += (numbered,)
            kept.untold[numbered.id] = cart.id


def _was_given_up(message: Message) -> bool:
    return message.is_settled and message.shown == NOTHING_SHOWN


class PlainStore:
    """Opens transactions for several threads; `clock` dates the timers.

    `kept` is what was committed last, `history` what was before, oldest first. None of them changes any more.
    """

    def __init__(self, *, chain: Chain = no_chain, clock: Callable[[], datetime] | None = None) -> None:
        self._chain = chain
        self.clock = clock or (lambda: datetime.now(UTC))
        self._one_writer = threading.RLock()
        self.kept = Snapshot()
        self.history: tuple[Snapshot, ...] = ()

    @contextmanager
    def begin(self) -> Iterator[PlainTransaction]:
        with self._one_writer:
            writing = self.kept.copy()
            yield PlainTransaction(writing, self._chain, self.clock())
            self.history = (*self.history, self.kept)
            self.kept = writing

    @contextmanager
    def read(self) -> Iterator[PlainReading]:
        yield PlainReading(self.kept)

    def copy(self) -> PlainStore:
        """Return a store with the same content and history: no value is copied, for none changes."""
        other = PlainStore(chain=self._chain, clock=self.clock)
        other.kept, other.history = self.kept, self.history
        return other

    def lose(self, commits: int) -> int:
        """Go back by so many commits, as after a failover or a restored backup; return how many were lost."""
        lost = min(commits, len(self.history))
        if lost:
            self.kept = self.history[-lost]
            self.history = self.history[:-lost]
        return lost
