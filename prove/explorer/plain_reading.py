"""The reads of the store port, answered from one snapshot in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from ordering.model.cart import BOUGHT, COMMITTED, DECIDED, ENDED, HOLDING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NoSuchCart
from ordering.model.events import Event
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.money_call import RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import Stamp, Standing
from ordering.model.sales_order import SalesOrder, SentPayment
from ordering.ports.store import HINDERING, Message, TaskType, TimerKind
from ordering.process.leases import LEASE
from ordering.record.hash_chain import Link
from ordering.record.verification import Kept, Record
from prove.explorer.snapshot import Snapshot, Timer
from store.head import NewestHead

Clock = Callable[[], datetime]
# As in the SQL store: a clock that has been put back since must have dated a timer set in the future, or a longer
# lease.
_CLOCKS_APART, _LONGEST_LEASE = timedelta(minutes=1), 3 * LEASE
_DUE_AT_ONCE = 100


class PlainReading:
    """Reads of one snapshot."""

    def __init__(self, kept: Snapshot, seen: NewestHead, clock: Clock, *, is_shared: bool) -> None:
        self._kept = kept
        self._seen = seen
        self._clock = clock
        self._is_shared = is_shared

    def clock(self) -> datetime:
        return self._clock()

    def cart(self, cart_id: CartId) -> Cart:
        if cart_id not in self._kept.carts:
            raise NoSuchCart(cart_id)
        return self._kept.carts[cart_id]

    def cart_with_attempt(self, registrar_cart: str) -> Cart | None:
        found = (c for _, c in sorted(self._kept.carts.items(), reverse=True) if c.attempt is not None)
        return next((c for c in found if c.attempt and c.attempt.registrar_cart == registrar_cart), None)

    def open_cart(self, channel: str) -> Cart | None:
        mine = (c for c in self._kept.carts.values() if c.channel == channel and c.state is CartState.OPEN)
        return next(mine, None)

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
        found = (
            cart
            for _, cart in sorted(self._kept.carts.items(), reverse=True)
            if (states is None or cart.state in states)
            and (before is None or cart.id < before)
            and (person is None or person == cart.requester or person in cart.people_who_added)
            and (name is None or cart.line(name))
            and (not word or any(word.lower() in line.domain.ascii for line in cart.lines))
        )
        return [cart for cart, _ in zip(found, range(limit), strict=False)]

    def every_cart(self, *, since: datetime | None = None) -> Iterator[Cart]:
        recent = {event.cart_id for event in self._kept.events if since is not None and event.at >= since}
        yield from (c for number, c in sorted(self._kept.carts.items()) if since is None or number in recent)

    def due(self, now: datetime, task_type: TaskType | None = None) -> list[CartId]:
        mine = [
            (number, timer)
            for number, timer in self._steps()
            if self._is_for(task_type, number) and self._is_free(number, task_type, now)
        ]
        due = sorted((timer.due_at, number) for number, timer in mine if timer.due_at <= now)
        put_back = sorted((timer.set_at, number) for number, timer in mine if timer.set_at > now + _CLOCKS_APART)
        return list(dict.fromkeys(number for _, number in (*due, *put_back)))[:_DUE_AT_ONCE]

    def next_due(self, task_type: TaskType | None = None, *, without: Collection[CartId] = ()) -> datetime | None:
        times = (
            max(timer.due_at, self._leased_until(number, task_type) or timer.due_at)
            for number, timer in self._steps()
            if number not in without and self._is_for(task_type, number)
        )
        return min(times, default=None)

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, CartId]:
        return {
            line.domain: cart.id
            for cart in self._kept.carts.values()
            if cart.state in HOLDING
            for line in cart.lines
            if line.domain in domains
        }

    def names_in_carts(self, *, seen_in: str) -> frozenset[DomainName]:
        live = {CartState.OPEN, *HOLDING}
        visible = (c for c in self._kept.carts.values() if c.state in live and (not c.private or c.channel == seen_in))
        return frozenset(line.domain for cart in visible for line in cart.lines)

    def bought(self, domains: Collection[DomainName]) -> dict[DomainName, Cart]:
        carts = sorted((c for c in self._kept.carts.values() if c.state in BOUGHT), key=lambda cart: cart.id)
        return {line.domain: cart for cart in carts for line in cart.lines if line.domain in domains}

    def committed(self, since: datetime, currency: str, *, without: CartId) -> Money:
        total = 0
        for cart in self._kept.carts.values():
            if cart.id == without or cart.state not in COMMITTED or cart.seal is None or cart.approved_at is None:
                continue
            if cart.seal.total.currency == currency and cart.approved_at >= since:
                total += (cart.order or cart.seal).total.minor
        return Money(total, currency)

    def ended_with_answers(self, *, limit: int) -> list[tuple[CartId, datetime]]:
        ended = (c for c in self._kept.carts.values() if c.state in ENDED and c.has_private_answers)
        return sorted(((c.id, c.since) for c in ended), key=lambda each: (each[1], each[0]))[:limit]

    def known_orders(self, among: Collection[OrderId]) -> frozenset[OrderId]:
        return frozenset(number for number in among if number in self._kept.order_owner)

    def orders_left_open(self) -> frozenset[OrderId]:
        ended = (cart.order for cart in self._kept.carts.values() if cart.state is CartState.CANCELLED)
        return frozenset(order.id for order in ended if order is not None and not order.status.is_over)

    def foreign_orders(self, since: datetime) -> list[ForeignOrder]:
        return [order for order in self._kept.foreign.values() if order.made_at >= since]

    def money_calls(self, subject: str) -> list[RecordedCall]:
        return [call for call in self._kept.calls if call.subject == subject]

    def recorded_markers(self, among: Collection[str]) -> frozenset[str]:
        return frozenset(call.marker for call in self._kept.calls if call.marker is not None and call.marker in among)

    def compared_markers(self, among: Collection[str]) -> frozenset[str]:
        return self._kept.compared_markers & frozenset(among)

    def presences(self) -> frozenset[str]:
        return self._kept.presences

    def presence_calls(self) -> list[PresenceCall]:
        return list(self._kept.presence_calls)

    def timers(self, cart_id: CartId) -> dict[TimerKind, datetime]:
        return {kind: timer.due_at for (kind, number), timer in self._kept.timers.items() if number == cart_id}

    def sent_alike(self, order: SalesOrder, *, since: datetime) -> list[SentPayment]:
        sent = (
            SentPayment(cart.order.id, cart.payment.method, cart.payment.sent_at_ovh)
            for cart in self._kept.carts.values()
            if cart.order is not None and cart.order.id != order.id and cart.order.total == order.total
            if cart.payment is not None and cart.payment.sent_at_ovh is not None
        )
        return sorted((each for each in sent if each.sent_at >= since), key=lambda each: each.sent_at)

    def events(self, cart_id: CartId) -> list[Event]:
        return [event for event in self._kept.events if event.cart_id == cart_id]

    def undelivered(self, cart_id: CartId) -> list[Event]:
        return [event for event in self.events(cart_id) if event.id in self._kept.undelivered]

    def messages(self, cart_id: CartId) -> list[Message]:
        return [message for _, message in sorted(self._kept.messages.items()) if message.cart_id == cart_id]

    def messages_of(self, cart_ids: Collection[CartId]) -> list[Message]:
        return [message for _, message in sorted(self._kept.messages.items()) if message.cart_id in cart_ids]

    def outdated(self) -> list[CartId]:
        behind = {message.cart_id for message in self._kept.messages.values() if not message.is_settled}
        return sorted(behind | set(self._kept.undelivered.values()))

    # Rollback detection

    def standing(self) -> Standing:
        return self._kept.standing

    def head(self) -> tuple[int, str | None]:
        entries = self._kept.entries
        return (entries[-1].id, entries[-1].digest) if entries else (0, None)

    def stamp(self) -> Stamp:
        return self._kept.stamp

    def knows(self, stamp: Stamp) -> bool:
        digests = self._kept.digests
        return not stamp.number or (stamp.number <= len(digests) and digests[stamp.number - 1] == stamp.digest)

    def newest_seen(self) -> tuple[Stamp, ...]:
        return self._seen.stamps

    def newest_about_money(self) -> int:
        return next((event.id for event in reversed(self._kept.events) if event.state in COMMITTED), 0)

    def last_event_at(self, *, until: datetime) -> datetime | None:
        return max((event.at for event in self._kept.events if event.at <= until), default=None)

    def is_shared(self) -> bool:
        return self._is_shared

    def record(self) -> Record:
        """Return the data for an audit; its chain is empty if the store keeps none."""
        entries = self._kept.entries
        counts = {entry.cart_id: entry.number for entry in entries}
        kept = (Kept(number, counts.get(number, 0), cart) for number, cart in sorted(self._kept.carts.items()))
        head = Link(entries[-1].id, entries[-1].digest) if entries else Link()
        return Record(iter(entries), kept, head, guarded=True)

    def _steps(self) -> Iterator[tuple[CartId, Timer]]:
        return ((number, timer) for (kind, number), timer in self._kept.timers.items() if kind is TimerKind.STEP)

    def _is_for(self, task_type: TaskType | None, number: int) -> bool:
        if task_type is None or task_type is TaskType.SHOW:
            return True
        return (task_type is TaskType.ADVANCE) == (self._kept.carts[number].state in DECIDED)

    def _is_free(self, number: CartId, task_type: TaskType | None, now: datetime) -> bool:
        until = self._leased_until(number, task_type)
        return until is None or until <= now or until > now + _LONGEST_LEASE

    def _leased_until(self, number: CartId, task_type: TaskType | None) -> datetime | None:
        blocking = (self._kept.leases.get((other, number)) for other in HINDERING[task_type or TaskType.WATCH])
        return max((lease.until for lease in blocking if lease), default=None)
