"""Foreign activity in the same OVH account: a colleague on OVH's site, a script, a second bot."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.ovh.carts import Cart, Carts, Item
from sandbox.ovh.clock import Clock, after
from sandbox.ovh.extensions import EXTENSIONS, extension_of
from sandbox.ovh.names import Names
from sandbox.ovh.orders import Order, Orders
from sandbox.ovh.payments import Foreign, Payments
from sandbox.ovh.prices import MARKETS, price
from sandbox.ovh.quotes import Priced, quote

_OTHER_OWNER = "/me/contact/21009999"


class Outsider:
    """Acts without any call of the API. All its orders are marked `foreign`.

    Times are seconds before now (`ago`); amounts are with tax, in the currency of a French account unless a cart has
    another.
    """

    def __init__(self, clock: Clock, names: Names, carts: Carts, orders: Orders, payments: Payments) -> None:
        self._clock = clock
        self._names = names
        self._carts = carts
        self._orders = orders
        self._payments = payments
        self.address = ""  # the base URL of OVH's pages

    def order(
        self,
        *names: str,
        total: str | None = None,
        years: int = 1,
        mode: str = "create-default",
        plan: str | None = None,
        owner: str | None = _OTHER_OWNER,
        ago: float = 0.0,
        description: str = "",
    ) -> Order:
        """Order names by hand and leave the order unpaid; without names it is an order of hosting.

        With `owner` None OVH uses the account as the owner. Set `late`, `late_for` and `shows_after` of the result to
        show it late.
        """
        cart = self.cart(description, *names, years=years, mode=mode, plan=plan, owner=owner, ordered=True)
        items = [Priced(item.id, item.domain, item.years, item.offer) for item in cart.items.values()]
        order = self._orders.create(cart, quote(items, cart.market, gifts=True), self.address, waived=False)
        order.foreign, order.made_at = True, after(self._clock.now(), -ago)
        if not names:
            order.lines = [_hosting_line()]
            order.total, order.tax = Decimal("11.99"), Decimal("2.00")
        if total is not None:
            _cost(order, Decimal(total))
        return order

    def orders_of(self, total: str, count: int, *, within: float = 86_400.0) -> list[Order]:
        """Make `count` orders of one name and this total each, spread over the last `within` seconds."""
        return [
            self.order(f"{secrets.token_hex(6)}.ovh", total=total, ago=within * place / count)
            for place in reversed(range(count))
        ]

    def pay(self, order: Order, method_id: int | None = None, *, ago: float = 0.0) -> None:
        """Pay an order on OVH's page, with a registered method or with another card."""
        at = after(self._clock.now(), -ago)
        self._payments.note_payment(order, "page" if method_id is None else method_id, at)

    def transaction(self, amount: str, method_id: int, *, status: str = "SUCCESS", ago: float = 0.0) -> None:
        """Add a transaction that belongs to no order of the API, such as a renewal or an older debt."""
        self._payments.foreign.append(Foreign(method_id, Decimal(amount), status, after(self._clock.now(), -ago)))

    def cart(
        self,
        description: str,
        *names: str,
        years: int = 1,
        mode: str = "create-default",
        plan: str | None = None,
        owner: str | None = _OTHER_OWNER,
        ordered: bool = False,
        expire: datetime | None = None,
    ) -> Cart:
        """Create an assigned cart with any description, such as one of a second bot; `ordered` closes it."""
        made = self._carts.create(
            {
                "ovhSubsidiary": "FR",
                "description": description,
                "expire": expire and self._clock.text(expire),
            }
        )
        cart = self._carts.all[made["cartId"]]
        cart.assigned = True
        for name in names:
            extension = extension_of(name) or EXTENSIONS["ovh"]
            offer = replace(self._names.standard(extension, MARKETS["FR"]), mode=mode)
            item = Item(self._carts.next_number(), name, plan or offer.extension, mode, f"P{years}Y", offer)
            item.configurations = {self._carts.next_number(): ("OWNER_LEGAL_AGE", "true")}
            if owner is not None:
                item.configurations[self._carts.next_number()] = ("OWNER_CONTACT", owner)
            cart.items[item.id] = item
        if ordered:
            self._carts.close(cart)
        return cart


def _hosting_line() -> dict[str, Any]:
    cost = price(Decimal("9.99"))
    return {
        "cartItemID": None, "description": "Web hosting", "detailType": "DURATION", "domain": "*", "quantity": 1,
        "unitPrice": cost, "totalPrice": cost, "originalTotalPrice": cost, "reductionTotalPrice": price(Decimal(0)),
        "reductions": [],
    }  # fmt: skip


def _cost(order: Order, total: Decimal) -> None:
    """Change an order's total; its first line takes the difference, so that the lines still add up."""
    net = (total / Decimal("1.2")).quantize(Decimal("0.01"))
    first = order.lines[0]
    others = sum((Decimal(str(line["totalPrice"]["value"])) for line in order.lines[1:]), Decimal(0))
    order.lines[0] = first | {"unitPrice": price(net - others), "totalPrice": price(net - others)}
    order.total, order.tax = total, total - net
