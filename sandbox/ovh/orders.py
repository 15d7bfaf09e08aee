"""OVH's sales orders: unpaid, paid, delivered or cancelled, on the sandbox's clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from sandbox.ovh.carts import Cart, Item
from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import not_found, refused
from sandbox.ovh.prices import amount_of, price

TWO_WEEKS = 14 * 86_400.0
# The part of a new order that OVH shows late: its lines, those of all names but the first, one line, the list of its
# lines, all.
Late = Literal["details", "some names", "one detail", "no details", "order"]
# The parts that show a payment, each with its own delay. The transaction's is `Payments.transaction_after`.
Part = Literal["status", "follow-up", "payment", "bill"]
Extensions = Literal["shown", "missing", "null", "no owner", "other"]
Source = int | str  # the source of the money: a payment method's id, an account's name, or "page"


@dataclass(frozen=True)
class Renewal:
    """What an order renews: a service of the account, and for how many months."""

    service: int
    months: int


@dataclass
class PaymentCall:
    """A payment call that reached OVH: its order, its source, its time, and whether it moved money.

    `beside` is whether an earlier call for the same order was still open or had moved money.
    """

    order: int
    source: Source
    at: datetime
    beside: bool
    moved: bool = False


@dataclass(frozen=True)
class Try:
    """One attempt to pay; `why` is the bank's reason if it refused, `call` the call that began it."""

    at: datetime
    source: Source
    why: str | None = None
    call: PaymentCall | None = field(default=None, compare=False)


@dataclass
class Order:
    """A sales order. `payments` are the sources of its money: a second one would be the worst case.

    `lines` are the checkout's, with the names instead of placeholders. `pending` are attempts that the bank has not
    answered yet. `expires_at` unset means two weeks. `dry_run_total` is the total of the cart's last dry run.
    `foreign` orders were made by an `Outsider`, not through the API. `renewals` are what it renews, `renewed` those
    that are done. `category` is what its invoice calls it. `late`, `late_for` and `shows_after` override the
    account's settings for this order if they are set.
    """

    id: int
    cart: str
    description: str
    domains: list[str]
    total: Decimal
    tax: Decimal
    made_at: datetime
    url: str
    currency: str = "EUR"
    lines: list[dict[str, Any]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    payments: list[Source] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    pending: list[Try] = field(default_factory=list)
    paid_at: datetime | None = None
    expires_at: datetime | None = None
    cancelled: bool = False
    documents: bool = False
    waived: bool = False
    dry_run_total: Decimal | None = None
    foreign: bool = False
    renewals: list[Renewal] = field(default_factory=list)
    renewed: list[Renewal] = field(default_factory=list)
    category: str = "purchase-web"
    late: Late | Literal["lines in turn"] | None = None
    late_for: float = 0.0
    shows_after: float | None = None

    @property
    def password(self) -> str:
        return self.url.rpartition("=")[2]

    @property
    def open_until(self) -> datetime:
        return self.expires_at or after(self.made_at, TWO_WEEKS)


class Orders:
    """The account's ledger. `deliver_after` seconds pass between payment and delivery.

    For `details_after` seconds after a checkout a part of the order (`late`) is missing, although the order is listed.
    For `payment_after` seconds after a payment the order does not show it, although its transaction is there.
    `part_after` sets these seconds for single parts of the order, so that its follow-up can show the payment first.
    With `waits_for_waiver` OVH delivers only once the right of retraction was waived, or two weeks have passed.

    Unkind switches, all off by default:
    for `shows_after` seconds a new order is neither listed nor readable;
    an order in `forgotten` stays a 404, and is not listed either;
    `extensions` is what `details/{id}/extension` returns for a line: the ordered terms (`as_json`), a 404 (`missing`),
    all scalars null (`null`), no configurations (`no owner`), or the content of `other`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(256_900_123)
        self.deliver_after = 1.0
        self.details_after = 0.0
        self.late: Late = "details"
        self.waits_for_waiver = False
        self.payment_after = 0.0
        self.shows_after = 0.0
        self.forgotten: set[int] = set()
        self.extensions: Extensions = "shown"
        self.other: dict[str, Any] = {}
        self.part_after: dict[Part, float] = {}
        self.payment_withheld = 0  # how often a read would have shown such a payment
        self.withheld = 0  # how often a part was read before it was there
        self.unlisted = 0  # how often an order was left out of a response that would have shown it
        self.all: dict[int, Order] = {}
        self.task_errors: dict[str, str] = {}

    def next_number(self) -> int:
        return next(self._numbers)

    def create(self, cart: Cart, checked: dict[str, Any], address: str, *, waived: bool) -> Order:
        number = self.next_number()
        names = [item.domain for item in cart.items.values()]
        order = Order(
            id=number,
            cart=cart.id,
            description=cart.description,
            domains=names,
            total=amount_of(checked["prices"]["withTax"]),
            tax=amount_of(checked["prices"]["tax"]),
            made_at=self._clock.now(),
            url=f"{address}/display-order?orderId={number}&orderPassword={secrets.token_urlsafe(8)}",
            currency=cart.market.currency,
            lines=[line | {"domain": names[_place(line["domain"])]} for line in checked["details"]],
            items=list(cart.items.values()),
            waived=waived,
            dry_run_total=cart.dry_run_total,
        )
        self.all[number], cart.order = order, number
        return order

    def ours(self) -> list[Order]:
        """Return the orders that were made through the API, oldest first."""
        return [order for order in self.all.values() if not order.foreign]

    def get(self, number: str) -> Order:
        order = self.all.get(int(number)) if number.isdecimal() else None
        if order is None or self._is_late(order, "order") or not self.is_listed(order):
            raise not_found(f"The requested object (orderId = {number}) does not exist")
        return order

    def is_listed(self, order: Order) -> bool:
        """Return whether `GET /me/order` shows this order now."""
        hidden_for = self.shows_after if order.shows_after is None else order.shows_after
        hidden = order.id in self.forgotten or after(order.made_at, hidden_for) > self._clock.now()
        self.unlisted += hidden
        return not hidden

    def status(self, order: Order) -> str:
        order = self.seen(order)
        if order.cancelled or (order.paid_at is None and self._clock.now() > order.open_until):
            return "cancelled"
        if order.paid_at is None:
            return "notPaid"
        if order.documents:
            return "documentsRequested"
        waited = (self._clock.now() - order.paid_at).total_seconds()
        if waited < self.deliver_after / 2:
            return "checking"
        done = waited >= self.deliver_after and not self._waits(order)
        return "delivered" if done else "delivering"

    def seen(self, order: Order, part: Part = "status") -> Order:
        """Return the order with those of its payments that this part of it shows now."""
        delay, now = self.part_after.get(part, self.payment_after), self._clock.now()
        tries, pending = ([t for t in tries if after(t.at, delay) <= now] for tries in (order.tries, order.pending))
        if (tries, pending) == (order.tries, order.pending):
            return order
        self.payment_withheld += 1
        paid_at = order.paid_at if order.paid_at and after(order.paid_at, delay) <= now else None
        return replace(order, tries=tries, pending=pending, paid_at=paid_at)

    def waive(self, order: Order) -> None:
        """Waive the right of retraction; a second time is refused."""
        if order.waived:
            raise refused("The retraction period of this order was already waived")
        order.waived = True

    def to_json(self, order: Order) -> dict[str, Any]:
        return {
            "orderId": order.id,
            "date": self._clock.text(order.made_at),
            "expirationDate": self._clock.text(order.open_until),
            "retractionDate": None if order.waived else self._clock.text(_retractable_until(order)),
            "priceWithTax": price(order.total, order.currency),
            "priceWithoutTax": price(order.total - order.tax, order.currency),
            "tax": price(order.tax, order.currency),
            "url": order.url,
            "pdfUrl": order.url.replace("display-order", "pdf-order"),
            "password": order.password,
        }

    def details(self, order: Order) -> list[int]:
        """Return the ids of the order's lines: empty or incomplete for a while after the checkout, as at OVH."""
        if self._is_late(order, "no details"):
            raise not_found("The requested object does not exist")
        if self._is_late(order, "details"):
            return []
        places = range(len(order.lines))
        if order.late == "lines in turn":
            places = range(self._lines_in_turn(order))
        as_json = [place for place in places if order.lines[place]["domain"] == (order.domains or ["*"])[0]]
        some = len(as_json) < len(places) and self._is_late(order, "some names")
        return [order.id * 1000 + place for place in (as_json if some else places)]

    def _lines_in_turn(self, order: Order) -> int:
        """Return how many lines show now, if they appear one by one within `late_for` seconds."""
        total, waited = len(order.lines), (self._clock.now() - order.made_at).total_seconds()
        return total if waited >= order.late_for else int(total * waited / order.late_for)

    def detail(self, order: Order, number: str) -> dict[str, Any]:
        numbers = self.details(order)
        there = number.isdecimal() and int(number) in numbers
        if not there or (int(number) == numbers[-1] and self._is_late(order, "one detail")):
            raise not_found("The requested object does not exist")
        line = order.lines[int(number) - order.id * 1000]
        values = {name: line[name] for name in ("description", "domain", "detailType", "unitPrice", "totalPrice")}
        return values | {"orderDetailId": int(number), "quantity": str(line["quantity"]), "cancelled": False}

    def extension(self, order: Order, number: str) -> dict[str, Any]:
        """Return the ordered terms of a line; lines without an item, such as the zones', have no plan."""
        self.detail(order, number)
        if order.renewals:
            return _renewal(order)
        if self.extensions == "missing":
            raise not_found("The requested object does not exist")
        line = order.lines[int(number) - order.id * 1000]
        item = next((item for item in order.items if item.id == line["cartItemID"]), None)
        configurations = item.configurations.values() if item else ()
        plan = {
            "code": item.plan if item else None, "duration": item.duration if item else None, "quantity": 1,
            "pricingMode": item.mode if item else None, "product": {"name": "domain" if item else "zone"},
        }  # fmt: skip
        if self.extensions == "null":
            plan = dict.fromkeys(plan)
        if self.extensions == "other" and item:
            plan |= self.other
        values = [{"label": label, "value": value} for label, value in configurations]
        kind = "plan" if item else "product"
        hidden = self.extensions in {"null", "no owner"}
        return {
            "order": {"action": "installation", "type": kind, "plan": plan, "configurations": [] if hidden else values}
        }

    def _is_late(self, order: Order, what: Late) -> bool:
        kind, seconds = (order.late, order.late_for) if order.late else (self.late, self.details_after)
        late = what == kind and (self._clock.now() - order.made_at).total_seconds() < seconds
        self.withheld += late
        return late

    def _waits(self, order: Order) -> bool:
        return self.waits_for_waiver and not order.waived and self._clock.now() < _retractable_until(order)


def _renewal(order: Order) -> dict[str, Any]:
    """Return the terms of a renewal's line: what nobody has shown is left out."""
    (renewal,) = order.renewals
    name = order.lines[0]["domain"]
    plan = {
        "code": name.partition(".")[2], "duration": f"P{renewal.months}M", "quantity": 1, "pricingMode": "default",
        "product": {"name": "domain"},
    }  # fmt: skip
    return {"order": {"action": "renew", "type": "plan", "plan": plan, "configurations": []}}


def _place(placeholder: str) -> int:
    """Return the cart item that a line belongs to, from 0: *002 and *002.001 belong to the second one."""
    return int(placeholder[1:].partition(".")[0]) - 1


def _retractable_until(order: Order) -> datetime:
    return after(order.made_at, TWO_WEEKS)
