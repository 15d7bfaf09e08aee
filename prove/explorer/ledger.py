"""What really happened at the simulated OVH, and from when OVH shows it.

Times are seconds of the world; `START` is second 0. All values are immutable, so a copy copies dictionaries only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
EXPIRES_AFTER = 2 * 86_400.0  # seconds; OVH's own are two weeks, which only adds polls
DELIVERED_AFTER = 30.0  # seconds from the payment; OVH's own are minutes, which only adds polls
VISA, SEPA, PREPAID = 8_120_045, 8_120_046, "ovhAccount"
PRICE, DEARER = 359, 999  # cents with tax, for one name
FIRST_ORDER = 256_900_123
Method = int | str


def moment(at: float) -> datetime:
    return START + timedelta(seconds=at)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long OVH hides parts of something new, in seconds.

    Of an order: `all` of it, its `lines`, the lines of all names but the first (`names`), that its cart is closed
    (`closed`), who will own the names (`owner`). Of a payment: `all` of it, or its trace in the order (`order`) while
    its transaction shows immediately.
    """

    all: float = 0.0
    lines: float = 0.0
    names: float = 0.0
    closed: float = 0.0
    owner: float = 0.0
    order: float = 0.0


AT_ONCE = Lateness()


@dataclass(frozen=True, slots=True)
class OvhCart:
    """A cart at OVH. `closed_at` is when a checkout closed it, `shows_closed_at` when OVH shows it."""

    id: str
    description: str
    names: tuple[str, ...] = ()
    closed_at: float | None = None
    shows_closed_at: float = 0.0
    order: int | None = None
    expire: str | None = None  # as its maker asked for
    listed_at: float = 0.0  # when OVH's list of carts shows it first


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that OVH accepted. The bank answers at `answered_at`.

    `page`: a user paid on OVH's own page. `mail`: that page was opened from OVH's mail alone, not from the card.
    """

    method: Method
    begun_at: float
    answered_at: float
    refused: bool = False
    late: Lateness = AT_ONCE
    page: bool = False
    mail: bool = False

    def shows(self, now: float) -> bool:
        return now >= self.begun_at + max(self.late.all, self.late.order)

    def shows_transaction(self, now: float) -> bool:
        return now >= self.begun_at + self.late.all

    def is_pending(self, now: float) -> bool:
        return now < self.answered_at

    def is_seen(self, now: float, method: Method) -> bool:
        """Whether the bot has to see it before it pays by this method: in the order, or as a transaction.

        Of other methods it looks at transactions that have not ended, as one that has may be for anything.
        """
        has_transaction = isinstance(self.method, int) and self.shows_transaction(now)
        return self.shows(now) or (has_transaction and (self.method == method or self.is_pending(now)))

    def took(self) -> bool:
        """Whether money moved, or may still move."""
        return not self.refused


@dataclass(frozen=True, slots=True)
class OvhOrder:
    """A sales order. `foreign`: another program or user made it in the same account."""

    id: int
    cart: str
    names: tuple[str, ...]
    total: int  # cents with tax
    made_at: float
    late: Lateness = AT_ONCE
    payments: tuple[Paid, ...] = ()
    cancelled_at: float | None = None
    foreign: bool = False
    # Of a foreign order: `alike` has the terms of ours, `bare` shows no terms, `hides` cannot be read after 30 s.
    guise: str = ""
    changed_at: float = 0.0  # when its total changed last

    def shows(self, now: float) -> bool:
        return now >= self.made_at + self.late.all

    def lines(self, now: float) -> tuple[str, ...]:
        """Return the names whose lines OVH shows at that time."""
        if now < self.made_at + max(self.late.all, self.late.lines):
            return ()
        return self.names[:1] if now < self.made_at + self.late.names else self.names

    def is_whole(self, now: float) -> bool:
        """Whether OVH shows all of it at that time."""
        return self.shows(now) and self.lines(now) == self.names

    def shows_owner(self, now: float) -> bool:
        return now >= self.made_at + max(self.late.all, self.late.lines, self.late.owner)

    def is_alive(self, now: float) -> bool:
        """Whether the order registers its names, or still may."""
        return bool(self.taken()) or self.status(now) != "cancelled"

    def paid_at(self, now: float) -> float | None:
        """Return when the order was paid, if OVH shows that at that time."""
        good = [p for p in self.payments if not p.refused and p.shows(now) and not p.is_pending(now)]
        return min((p.answered_at for p in good), default=None)

    def status(self, now: float) -> str:
        paid_at = self.paid_at(now)
        if paid_at is not None:
            waited = now - paid_at
            if waited < DELIVERED_AFTER / 2:
                return "checking"
            return "delivered" if waited >= DELIVERED_AFTER else "delivering"
        expires = now >= self.made_at + EXPIRES_AFTER and not self.taken()
        is_over = expires or (self.cancelled_at is not None and now >= self.cancelled_at)
        return "cancelled" if is_over else "notPaid"

    def taken(self) -> tuple[Paid, ...]:
        """Return the payments that really moved money, or still may."""
        return tuple(payment for payment in self.payments if payment.took())


@dataclass(slots=True)
class Ledger:
    """The truth. Methods return the HTTP status that OVH would return."""

    carts: dict[str, OvhCart] = field(default_factory=dict)
    orders: dict[int, OvhOrder] = field(default_factory=dict)
    price: int = PRICE
    next_cart: int = 1
    changes: int = 0  # of orders

    def copy(self) -> Ledger:
        return Ledger(dict(self.carts), dict(self.orders), self.price, self.next_cart, self.changes)

    def keep(self, order: OvhOrder) -> None:
        """Add an order, or change one."""
        self.orders[order.id] = order
        self.changes += 1

    @property
    def ours(self) -> list[OvhOrder]:
        """The orders that the bot made."""
        return [order for order in self.orders.values() if not order.foreign]

    @property
    def foreign(self) -> list[OvhOrder]:
        """The orders that another user made."""
        return [order for order in self.orders.values() if order.foreign]

    def new_cart(self, description: str, expire: str | None = None, *, listed_at: float = 0.0) -> OvhCart:
        cart = OvhCart(f"cart-{self.next_cart}", description, expire=expire, listed_at=listed_at)
        self.next_cart += 1
        self.carts[cart.id] = cart
        return cart

    def delete_cart(self, cart_id: str, *, refuses_ordered: bool) -> int:
        """Delete a cart. It is not known whether OVH refuses that for an ordered cart, so both are drawn."""
        cart = self.carts.get(cart_id)
        if cart is None:
            return 404
        if cart.closed_at is not None and refuses_ordered:
            return 400
        del self.carts[cart_id]
        return 200

    def check_out(self, cart_id: str, now: float, late: Lateness) -> int:
        """Make an order of an open cart and close the cart."""
        cart = self.carts.get(cart_id)
        if cart is None:
            return 404
        if cart.closed_at is not None or not cart.names:
            return 400
        order = self.new_order(cart.names, now, cart=cart_id, late=late)
        shows_closed_at = now + max(late.all, late.closed)
        self.carts[cart_id] = replace(cart, closed_at=now, shows_closed_at=shows_closed_at, order=order.id)
        return 200

    def new_order(
        self, names: tuple[str, ...], now: float, *, cart: str = "", late: Lateness = AT_ONCE, foreign: bool = False
    ) -> OvhOrder:
        number = FIRST_ORDER + len(self.orders)
        order = OvhOrder(number, cart, names, self.price * len(names), now, late, foreign=foreign)
        self.keep(order)
        return order

    def new_foreign(
        self, names: tuple[str, ...], made_at: float, *, late: Lateness = AT_ONCE, guise: str = "", total: int = PRICE
    ) -> OvhOrder:
        """Add an order of another user."""
        order = self.new_order(names, made_at, late=late, foreign=True)
        order = replace(order, guise=guise, total=total if guise == "alike" else order.total)
        self.keep(order)
        return order

    def pay(self, order_id: int, method: Method, now: float, *, late: Lateness, bank: float, refused: bool) -> int:
        """Accept a payment, as long as the order itself shows none. It is not known whether OVH would accept two."""
        order = self.orders.get(order_id)
        if order is None:
            return 404
        if order.status(now) != "notPaid":
            return 400
        payment = Paid(method, now, now + bank, refused=refused, late=late)
        self.keep(replace(order, payments=(*order.payments, payment)))
        return 200

    def pay_on_page(
        self,
        order_id: int,
        now: float,
        *,
        method: Method = "page",
        bank: float = 0.0,
        late: Lateness = AT_ONCE,
        refused: bool = False,
        mail: bool = False,
    ) -> None:
        """Simulate a user's payment on OVH's page, unless the page shows a payment or that the order is over."""
        order = self.orders[order_id]
        if order.status(now) == "notPaid" and not any(p.took() and p.shows(now) for p in order.payments):
            payment = Paid(method, now, now + bank, refused=refused, late=late, page=True, mail=mail)
            self.keep(replace(order, payments=(*order.payments, payment)))

    def change_total(self, order_id: int, now: float) -> None:
        """Simulate that OVH changes the total of an unpaid order."""
        order = self.orders[order_id]
        if not order.payments:
            self.keep(replace(order, total=DEARER * len(order.names), changed_at=now))

    def cancel(self, order_id: int, now: float) -> None:
        order = self.orders[order_id]
        if order.status(now) == "notPaid" and not order.taken():
            self.keep(replace(order, cancelled_at=now))
