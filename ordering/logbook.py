"""How every step of fulfilment is written down, and when the driver comes back to a cart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordering.cart import Cart, CartState, Trouble
from ordering.events import happened
from ordering.ports import Store
from ordering.sales_order import SalesOrder


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look: a tenth of the time already waited, within these bounds."""

    quickest: timedelta = timedelta(seconds=2)
    slowest: timedelta = timedelta(minutes=5)

    def after(self, waited: timedelta) -> timedelta:
        return max(self.quickest, min(waited / 10, self.slowest))


class Logbook:
    """What the steps share: the memory, the time, and how often to look."""

    def __init__(self, store: Store, clock: Callable[[], datetime], pace: Pace) -> None:
        self.store = store
        self.pace = pace
        self.now = clock

    def cart(self, cart_id: int) -> Cart:
        with self.store.read() as carts:
            return carts.cart(cart_id)

    def save(self, cart: Cart, *, due_in: timedelta | None = None) -> Cart:
        """Write what happened to a cart; without `due_in` the driver leaves it alone from then on."""
        now = self.now()
        with self.store.begin() as carts:
            return carts.save(
                cart, happened(cart, now, note=cart.note), due_at=None if due_in is None else now + due_in
            )

    def come_back(self, cart: Cart, wait: timedelta) -> None:
        """Nothing happened: look again later."""
        with self.store.begin() as carts:
            carts.postpone(cart.id, version=cart.version, due_at=self.now() + wait)

    def needs_attention(self, cart: Cart, note: str, *, follow: bool = False, **changes: object) -> None:
        """Ask for a person; with `follow`, keep looking whether OVH mends it."""
        moved = cart.to(CartState.NEEDS_ATTENTION, at=self.now(), note=note, **changes)
        self.save(moved, due_in=self.pace.quickest if follow else None)

    def cancelled_unpaid(self, cart: Cart, order: SalesOrder) -> None:
        """OVH cancelled an order that nobody paid: that is the end."""
        note = f"OVH cancelled order {order.id}: nothing was paid."
        self.save(cart.to(CartState.CANCELLED, at=self.now(), order=order, note=note))

    def refresh(self, cart: Cart, order: SalesOrder) -> None:
        """Keep what the order shows now; its state is the same, so this is an event only where its amount changed."""
        now, known = self.now(), order_of(cart)
        events = []
        if (order.total, order.tax) != (known.total, known.tax):
            note = f"OVH changed order {order.id}: {known.total} before, {order.total} now."
            events.append(happened(cart, now, note=note))
        with self.store.begin() as carts:
            carts.save(
                replace(cart, order=order, trouble=None), *events, due_at=now + self.pace.after(now - cart.since)
            )

    def try_later(self, cart: Cart, why: str) -> None:
        """Note what keeps the desk from going on, so that people see it, and come back less and less often."""
        now = self.now()
        said = why.partition(" Try again")[0]  # that is what the desk does
        since = cart.trouble.since if cart.trouble else now
        wait = self.pace.after(now - since)
        if cart.trouble is not None and cart.trouble.said == said:
            self.come_back(cart, wait)
            return
        with self.store.begin() as carts:
            carts.save(replace(cart, trouble=Trouble(said, since)), due_at=now + wait)

    def trouble_is_over(self, cart: Cart) -> None:
        """The step went through, and changed nothing that would have taken the note off."""
        with self.store.begin() as carts:
            if carts.cart(cart.id).version == cart.version:
                carts.save(replace(cart, trouble=None), due_at=self.now() + self.pace.quickest)


def order_of(cart: Cart) -> SalesOrder:
    """The order of a cart that must have one."""
    if cart.order is None:
        raise AssertionError(f"cart #{cart.id} is {cart.state.in_words} without a sales order")
    return cart.order
