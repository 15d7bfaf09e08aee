"""Records the steps of fulfilment, and sets when the worker returns to a cart."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import BlockedReason, Cart, CartState
from ordering.model.cart_phases import Ordered, Requested
from ordering.model.errors import OrderingError, RegistrarError, RegistrarRefused
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, Fact, amount, canonical
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import SalesOrder
from ordering.ports.store import Store, Transaction
from ordering.process.polling import PollSchedule

Write = Callable[[Transaction], None]
_SILENCE = timedelta(hours=1)
_METHODS_HOLD, _METHODS_HOLD_AT_MOST = timedelta(minutes=5), timedelta(hours=1)


class RecentReads:
    """Remembers which orders were read in full recently: for these, reading the status is enough.

    In memory only: losing it costs a few extra reads. It counts only for an order that the database holds as it was
    read: a database that was restored under this process may hold an earlier state of it.
    """

    def __init__(self) -> None:
        self._read: dict[CartId, tuple[datetime, SalesOrder, datetime]] = {}

    def are_enough(self, cart: Ordered, now: datetime) -> bool:
        """Return whether a status read is enough for this cart now.

        A read before the cart entered its state does not count: a payment may have been refused since, for example. If
        no method can pay the order, the read expires sooner, as a user may add a card at OVH at any moment.
        """
        since, order, read_at = self._read.get(cart.id, (None, None, now))
        can_be_paid = any(not method.refused for method in cart.order.methods)
        most = _METHODS_HOLD_AT_MOST if can_be_paid else _METHODS_HOLD
        holds = max(_METHODS_HOLD, min((now - cart.since) / 10, most))
        return (since, order) == (cart.since, cart.order) and now - read_at < holds

    def was_read(self, cart: Cart, order: SalesOrder, now: datetime) -> None:
        self._read[cart.id] = (cart.since, order, now)
        for cart_id, (_, _, read_at) in list(self._read.items()):
            if now - read_at >= _METHODS_HOLD_AT_MOST:
                self._read.pop(cart_id, None)


class Logbook:
    """What the steps share: the store, the clock, and the polling schedule."""

    def __init__(self, store: Store, clock: Callable[[], datetime], poll_schedule: PollSchedule) -> None:
        self.store = store
        self.poll_schedule = poll_schedule
        self.now = clock

    def cart(self, cart_id: CartId) -> Cart:
        with self.store.read() as carts:
            return carts.cart(cart_id)

    def begin_step(self, cart_id: CartId) -> Cart:
        """Record that a step begins, and return the cart as of then."""
        with self.store.begin() as carts:
            carts.begin_step(cart_id)
            return carts.cart(cart_id)

    def save(
        self,
        cart: Cart,
        kind: EventKind,
        *,
        data: Data | None = None,
        due_in: timedelta | None = None,
        first: Write | None = None,
    ) -> Cart:
        """Save a cart with the event of its change. Without `due_in` the timer of its next step ends.

        `first` writes in the same transaction, before the cart is locked.
        """
        now = self.now()
        event = happened(cart, now, kind, data=data)
        with self.store.begin() as carts:
            if first is not None:
                first(carts)
            return carts.save(cart.saying(kind, data), event, due_at=None if due_in is None else now + due_in)

    def come_back(self, cart: Cart, wait: timedelta) -> None:
        """Poll again later: nothing happened."""
        with self.store.begin() as carts:
            carts.postpone(cart, due_at=self.now() + wait)

    def nothing_to_do(self, cart: Cart) -> None:
        """End the timer of a cart whose state has no step."""
        with self.store.begin() as carts:
            carts.postpone(cart, due_at=None)

    def known_orders(self, among: Collection[OrderId]) -> frozenset[OrderId]:
        """Return those of these orders at OVH that belong to a cart."""
        with self.store.read() as carts:
            return carts.known_orders(among)

    def needs_attention(
        self,
        cart: Cart,
        kind: EventKind,
        *,
        data: Data | None = None,
        follow: bool = False,
        first: Write | None = None,
        foreign_order: OrderId | None = None,
    ) -> None:
        """Hand a cart to a person. With `follow`, keep polling whether OVH resolves it; `first` is that of `save`.

        `foreign_order` is the order made elsewhere that the person must decide about.
        """
        moved = cart.needs_attention(at=self.now(), foreign_order=foreign_order)
        self.save(moved, kind, data=data, due_in=self.poll_schedule.quickest if follow else None, first=first)

    def cancelled_unpaid(self, cart: Ordered, order: SalesOrder) -> None:
        """End a cart whose unpaid order OVH cancelled."""
        cancelled = replace(cart.without_payment(), order=order).cancel(at=self.now())
        self.save(cancelled, EventKind.ORDER_CANCELLED, data={"order": order.id})

    def too_dear(self, cart: Requested, order: SalesOrder) -> None:
        """Hand over an order that costs more than was approved: the bot does not offer to pay it."""
        follow = not order.status.is_over
        dear = replace(Requested.of(cart), order=order, payment=None)
        self.needs_attention(dear, EventKind.ORDER_EXCEEDS_APPROVAL, data=excess(cart, order), follow=follow)

    def refresh(self, cart: Ordered, order: SalesOrder, *, due_in: timedelta | None) -> None:
        """Store the order's current data in the same state; only its amount and its invoice make events."""
        now, known = self.now(), cart.order
        seen = replace(cart, order=order, blocked=None)
        events = []
        if (order.total, order.tax) != (known.total, known.tax):
            events.append(happened(seen, now, EventKind.ORDER_CHANGED, data=change(known, order)))
        if order.invoice != known.invoice:
            data: Data = {"order": order.id, "ovh": {"invoice": order.invoice}}
            events.append(happened(seen, now, EventKind.INVOICE_RECEIVED, data=data))
        with self.store.begin() as carts:
            carts.save(seen, *events, due_at=None if due_in is None else now + due_in)

    def report(self, cart: Ordered, order: SalesOrder, fact: Fact) -> None:
        """Report the status of a cart that stays in its state, and poll again after a while."""
        now = self.now()
        reported = replace(cart, order=order, blocked=None).saying(fact.kind, fact.data)
        event = happened(reported, now, fact.kind, data=fact.data)
        with self.store.begin() as carts:
            carts.save(reported, event, due_at=now + self.poll_schedule.after(now - cart.since))

    def look_later(self, cart: Ordered, order: SalesOrder) -> None:
        """Store what is new about the order, and poll again after a while."""
        wait = self.wait_for(cart)
        if order == cart.order:
            self.come_back(cart, wait)
        else:
            self.refresh(cart, order, due_in=wait)

    def wait_for(self, cart: Cart) -> timedelta:
        """Return how long to wait before the next poll of an unchanged cart."""
        waited = self.now() - cart.since
        return (
            self.poll_schedule.patient_after(waited)
            if cart.state is CartState.CHECKED_OUT
            else self.poll_schedule.after(waited)
        )

    def try_later(self, cart: Cart, error: OrderingError, *, wait: timedelta | None = None) -> None:
        """Record the error that blocks the cart, so people see it, and retry less and less often."""
        now, known = self.now(), cart.blocked
        since = known.since if known else now
        wait = wait or self.poll_schedule.after(now - since)
        if known is not None and known.code == error.code and canonical(known.data) == canonical(error.params):
            self.come_back(cart, wait)
            return
        with self.store.begin() as carts:
            carts.save(replace(cart, blocked=BlockedReason(since, error.code, error.params)), due_at=now + wait)

    def unblock(self, cart: Cart) -> None:
        """Clear the blocked reason after a successful step that did not change the cart."""
        with self.store.begin() as carts:
            if carts.cart(cart.id).is_same_save(cart):
                carts.save(replace(cart, blocked=None), due_at=self.now() + self.poll_schedule.quickest)


def is_for_a_person(error: RegistrarError, waited: timedelta, settle: timedelta) -> bool:
    """Return whether to escalate to a person: after `settle` if OVH refused, after an hour if it timed out.

    A refusal, such as a right that the key lacks, does not resolve itself. Silence mostly ends.
    """
    return waited >= (settle if isinstance(error, RegistrarRefused) else max(settle, _SILENCE))


def change(known: SalesOrder, fresh: SalesOrder) -> Data:
    """Return what OVH changed in an order, as data."""
    return {"order": fresh.id, "before": amount(known.total), "ovh": {"total": amount(fresh.total)}}


def excess(cart: Requested, order: SalesOrder) -> Data:
    """Return how an order exceeds its approval, as data."""
    return {"order": order.id, "approved": amount(cart.seal.total), "ovh": {"total": amount(order.total)}}
