"""The simulated OVH's responses: the routes that the bot calls while it orders and pays.

A missing route fails loudly: it means that the bot calls something that the explorer does not simulate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from prove.explorer.ledger import (
    DELIVERED_AFTER,
    EXPIRES_AFTER,
    PREPAID,
    SEPA,
    VISA,
    Ledger,
    Method,
    OvhOrder,
    Paid,
    moment,
)

OFFERED, RENEWAL = 299, 359  # cents without tax, for one name
Reply = tuple[int, Any]
Ids = tuple[str, ...]
NO = {"class": "Client::BadRequest", "message": "This cannot be done"}
_HIDES_AFTER = 30.0  # seconds
_GONE = {"class": "Client::NotFound", "message": "The requested object does not exist"}
# The configuration that an order shows: ours has an answer and the account's own owner, foreign orders have theirs.
_ANSWER = {"label": "OWNER_LEGAL_AGE", "value": "true"}
_OWNER = {"label": "OWNER_CONTACT", "value": "/me/contact/99"}
_METHODS = {
    VISA: {"paymentMethodId": VISA, "paymentType": "CREDIT_CARD", "paymentSubType": "VISA", "default": True},
    SEPA: {"paymentMethodId": SEPA, "paymentType": "SEPA_DIRECT_DEBIT", "default": False},
}


class Routes:
    """Answers reads and free calls from a ledger. `ahead` is how far OVH's clock is ahead of the world's, in seconds.

    `lists_closed`: whether the list of carts includes ordered ones; `filters`: whether it honours the description
    filter; `lists_after`: the seconds until it shows a new cart, assigned or not; `refuses_ordered`: whether DELETE
    refuses ordered carts; `tells_order`: whether a closed cart's summary names its order. None is
    established, so all are switches.
    """

    def __init__(self, ledger: Ledger, *, ahead: float = 0.0) -> None:
        self.ledger = ledger
        self.ahead = ahead
        self.dry_run_totals: dict[str, int] = {}  # by cart, the total of its last dry run in cents
        self.renewal = RENEWAL
        self.renewal_since = 0.0
        self.lists_closed = True
        self.filters = True
        self.lists_after = 0.0
        self.refuses_ordered = True
        self.tells_order = False
        self.removed: Method | None = None  # a registered method that a user removed at OVH
        self.dry_run_at: dict[str, float] = {}  # by cart

    def raise_renewal(self, now: float) -> None:
        self.renewal, self.renewal_since = 10 * RENEWAL, now

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any], now: float) -> Reply:
        shape, ids = shape_of(path)
        route = _ROUTES.get((method, shape))
        if route is None:
            raise NotImplementedError(f"the explorer's OVH does not know {method} {path}")
        return route(self, ids, query, body, now)

    def text(self, at: float) -> str:
        """Format a moment by OVH's clock, in whole seconds."""
        return moment(at + self.ahead).isoformat(timespec="seconds")

    def clock(self, _ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        return 200, int(moment(now + self.ahead).timestamp())

    # Carts

    def new_cart(self, _ids: Ids, _query: Mapping[str, str], body: Mapping[str, Any], now: float) -> Reply:
        description, listed_at = str(body.get("description", "")), now + self.lists_after
        cart = self.ledger.new_cart(description, body.get("expire"), listed_at=listed_at)
        return 200, {"cartId": cart.id, "description": cart.description, "readOnly": False}

    def list_carts(self, _ids: Ids, query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        wanted = query.get("description")
        found = [
            cart.id
            for cart in self.ledger.carts.values()
            if (wanted in {None, cart.description} or not self.filters)
            and (self.lists_closed or cart.closed_at is None)
            and now >= cart.listed_at
        ]
        return 200, found

    def cart(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        cart = self.ledger.carts.get(ids[0])
        if cart is None:
            return 404, _GONE
        closed = cart.closed_at is not None and now >= cart.shows_closed_at
        visible = {"cartId": cart.id, "description": cart.description, "expire": cart.expire}
        return 200, visible | {"readOnly": closed, "items": [*cart.names]}

    def delete_cart(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        status = self.ledger.delete_cart(ids[0], refuses_ordered=self.refuses_ordered)
        return status, None if status == 200 else _GONE if status == 404 else NO

    def nothing(self, _ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        return 200, None

    def none_listed(self, _ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        return 200, []

    def add_name(self, ids: Ids, _query: Mapping[str, str], body: Mapping[str, Any], now: float) -> Reply:
        cart = self.ledger.carts.get(ids[0])
        if self._is_registered(str(body["domain"]), now):
            return 400, NO
        if cart is None or cart.closed_at is not None:
            return (404, _GONE) if cart is None else (400, NO)
        names = (*cart.names, str(body["domain"]))
        self.ledger.carts[cart.id] = replace(cart, names=names)
        settings = {"pricingMode": body["pricingMode"]}
        item = {"itemId": len(names), "configurations": [], "duration": body["duration"], "settings": settings}
        return 200, item

    def offers(self, _ids: Ids, query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        """Return the search result for a name: the offer that the request was made of, or that it is taken."""
        taken = self._is_registered(query["domain"], now)
        action = "transfer" if taken else "create"
        prices = [{"label": "TOTAL", "price": _euros(OFFERED)}, {"label": "RENEW", "price": _euros(self.renewal)}]
        offer = {"action": action, "pricingMode": f"{action}-default", "orderable": True, "duration": ["P1Y"]}
        return 200, [offer | {"prices": prices, "phase": "ga"}]

    def dry_run(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        cart = self.ledger.carts.get(ids[0])
        if cart is None:
            return 404, _GONE
        if cart.closed_at is not None and now >= cart.shows_closed_at:
            return 400, NO
        total = self.dry_run_totals[cart.id] = self.ledger.price * len(cart.names)
        self.dry_run_at[cart.id] = now
        return 200, self.quote(total, len(cart.names))

    def summary(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        """Return a cart's content without checks; it is not established whether it names the order of a closed cart."""
        cart = self.ledger.carts.get(ids[0])
        if cart is None:
            return 404, _GONE
        shows_order = self.tells_order and now >= cart.shows_closed_at
        return 200, self.quote(
            self.ledger.price * len(cart.names), len(cart.names), cart.order if shows_order else None
        )

    def quote(self, total: int, names: int, order: int | None = None) -> dict[str, Any]:
        net = _net(total, names)
        prices = {"withTax": _euros(total), "tax": _euros(total - net), "withoutTax": _euros(net)}
        contracts = [{"name": "Terms", "url": "https://contracts.example/terms.pdf"}]
        return {"orderId": order, "prices": prices, "contracts": contracts, "details": []}

    # Orders

    def list_orders(self, _ids: Ids, query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        since = datetime.fromisoformat(query["date.from"]) if "date.from" in query else None
        visible = [order for order in self.ledger.orders.values() if order.shows(now)]
        return 200, [o.id for o in visible if since is None or moment(o.made_at + self.ahead) >= since]

    def order(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        if order is None:
            return 404, _GONE
        net = _net(order.total, len(order.names))
        return 200, {
            "orderId": order.id,
            "date": self.text(order.made_at),
            "expirationDate": self.text(order.made_at + EXPIRES_AFTER),
            "priceWithTax": _euros(order.total),
            "priceWithoutTax": _euros(net),
            "tax": _euros(order.total - net),
            "url": f"https://order.example/{order.id}",
        }

    def status(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        return (200, order.status(now)) if order else (404, _GONE)

    def details(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        return (200, list(range(1, len(order.lines(now)) + 1))) if order else (404, _GONE)

    def detail(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        place = int(ids[1])
        if order is None or place > len(order.lines(now)):
            return 404, _GONE
        name = order.names[place - 1]
        each = _euros(_net(order.total, len(order.names)) // len(order.names))
        line = {"orderDetailId": place, "domain": name, "description": f"{name} - registration", "quantity": "1"}
        return 200, line | {"unitPrice": each, "totalPrice": each, "detailType": "DURATION", "cancelled": False}

    def extension(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        if order is None or int(ids[1]) > len(order.lines(now)):
            return 404, _GONE
        code = order.names[int(ids[1]) - 1].rpartition(".")[2]
        plan = {"code": code, "duration": "P1Y", "pricingMode": "create-default", "quantity": 1}
        if order.guise == "bare":
            return 404, _GONE
        visible = [_OWNER if order.foreign and order.guise != "alike" else _ANSWER] if order.shows_owner(now) else []
        return 200, {"order": {"action": "installation", "type": "plan", "plan": plan, "configurations": visible}}

    def follow_up(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        if order is None:
            return 404, _GONE
        visible = [payment for payment in order.payments if payment.shows(now)]
        history = [self._entry(order.made_at, "ORDER_STARTED")]
        for payment in visible:
            if payment.is_pending(now):
                history.append(self._entry(payment.begun_at, "PAYMENT_INITIATED"))
            elif payment.refused:
                history.append(self._entry(payment.answered_at, "PAYMENT_INITIATED", "The bank declined this payment."))
            else:
                history += [self._entry(payment.answered_at, f"PAYMENT_{word}") for word in ("RECEIVED", "CONFIRMED")]
        status = "TODO"
        if visible:
            pending = any(payment.is_pending(now) for payment in visible)
            status = "DONE" if order.paid_at(now) is not None else "DOING" if pending else "ERROR"
        return 200, [{"step": "VALIDATING", "status": status, "history": history}]

    def payment_of(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        paid_at = order.paid_at(now) if order else None
        if paid_at is None:
            return 404, _GONE
        return 200, {"paymentDate": self.text(paid_at), "paymentIdentifier": None, "paymentType": "creditCard"}

    # Paying

    def usable(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        if order is None:
            return 404, _GONE
        listed = [method for method in _METHODS if method != self.removed]
        return 200, {"registered": listed if order.status(now) == "notPaid" else []}

    def means(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        order = self._visible(ids[0], now)
        payable = order is not None and order.status(now) == "notPaid"
        return 200, [{"paymentMean": PREPAID}] if payable else []

    def method(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        known = _METHODS.get(int(ids[0]))
        return (200, known | {"status": "VALID", "label": "1234"}) if known else (404, _GONE)

    def methods(self, _ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        return 200, [*_METHODS]

    def transactions(self, _ids: Ids, query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        found = self._transactions(now)
        method, status = query.get("paymentMethodId"), query.get("status")
        return 200, [
            number
            for number, (_, paid) in found.items()
            if method in {None, str(paid.method)} and status in {None, _status(paid, now)}
        ]

    def transaction(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        found = self._transactions(now).get(int(ids[0]))
        if found is None:
            return 404, _GONE
        order, paid = found
        changed = paid.begun_at if paid.is_pending(now) else paid.answered_at
        return 200, {
            "transactionId": int(ids[0]),
            "paymentMethodId": paid.method,
            "amount": _euros(order.total),
            "status": _status(paid, now),
            "type": "DEBIT",
            "creationDate": self.text(paid.begun_at),
            "lastUpdate": self.text(changed),
        }

    def name(self, ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], now: float) -> Reply:
        return (200, {"domain": ids[0], "state": "ok"}) if self._is_registered(ids[0], now) else (404, _GONE)

    def _is_registered(self, name: str, now: float) -> bool:
        paid = [order.paid_at(now) for order in self.ledger.orders.values() if name in order.names]
        return any(at is not None and now >= at + DELIVERED_AFTER for at in paid)

    def rights(self, _ids: Ids, _query: Mapping[str, str], _body: Mapping[str, Any], _now: float) -> Reply:
        rules = [{"method": method, "path": "/*"} for method in ("GET", "POST", "PUT", "DELETE")]
        return 200, {"status": "validated", "rules": rules, "expiration": None, "credentialId": 1, "applicationId": 1}

    def _transactions(self, now: float) -> dict[int, tuple[OvhOrder, Paid]]:
        """Return the transactions that show now, by number: prepaid accounts and OVH's own page leave none."""
        return {
            order.id * 10 + place: (order, paid)
            for order in self.ledger.orders.values()
            for place, paid in enumerate(order.payments)
            if isinstance(paid.method, int) and paid.shows_transaction(now)
        }

    def _visible(self, number: str, now: float) -> OvhOrder | None:
        order = self.ledger.orders.get(int(number))
        if order is None or not order.shows(now):
            return None
        return None if order.guise == "hides" and now >= order.made_at + _HIDES_AFTER else order

    def _entry(self, at: float, label: str, words: str = "") -> dict[str, str]:
        return {"date": self.text(at), "label": label, "description": words or label.replace("_", " ").capitalize()}


@lru_cache(maxsize=4096)
def shape_of(path: str) -> tuple[str, tuple[str, ...]]:
    """Return a path with its ids as stars, and the ids."""
    parts = path.strip("/").split("/")
    shape, ids = [], []
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else ""
        is_id = before in {"cart", "order", "item", "details", "method", "transaction"} and part != "cart"
        if is_id or (before == "domain" and place == 1) or part.isdecimal():
            shape.append("*")
            ids.append(part)
        else:
            shape.append(part)
    return "/".join(shape), tuple(ids)


def _status(paid: Paid, now: float) -> str:
    return "CONFIRMING" if paid.is_pending(now) else "FAILED" if paid.refused else "SUCCESS"


def _net(total: int, names: int) -> int:
    """Return a total without tax, in cents, rounded so that the lines of its names add up to it."""
    return total // max(names, 1) * 5 // 6 * names


def _euros(cents: int) -> dict[str, Any]:
    value = Decimal(cents) / 100  # as the client decodes it
    return {"value": value, "currencyCode": "EUR", "text": f"{value:.2f} EUR"}


_Route = Callable[[Routes, Ids, Mapping[str, str], Mapping[str, Any], float], Reply]
_ROUTES: Mapping[tuple[str, str], _Route] = {
    ("GET", "auth/time"): Routes.clock,
    ("GET", "auth/currentCredential"): Routes.rights,
    ("POST", "order/cart"): Routes.new_cart,
    ("GET", "order/cart"): Routes.list_carts,
    ("GET", "order/cart/*"): Routes.cart,
    ("DELETE", "order/cart/*"): Routes.delete_cart,
    ("POST", "order/cart/*/assign"): Routes.nothing,
    ("POST", "order/cart/*/domain"): Routes.add_name,
    ("GET", "order/cart/*/item/*/requiredConfiguration"): Routes.none_listed,
    ("GET", "order/cart/*/domain"): Routes.offers,
    ("GET", "order/cart/*/checkout"): Routes.dry_run,
    ("GET", "order/cart/*/summary"): Routes.summary,
    ("GET", "me/order"): Routes.list_orders,
    ("GET", "me/order/*"): Routes.order,
    ("GET", "me/order/*/status"): Routes.status,
    ("GET", "me/order/*/details"): Routes.details,
    ("GET", "me/order/*/details/*"): Routes.detail,
    ("GET", "me/order/*/details/*/extension"): Routes.extension,
    ("GET", "me/order/*/followUp"): Routes.follow_up,
    ("GET", "me/order/*/payment"): Routes.payment_of,
    ("GET", "me/order/*/paymentMethods"): Routes.usable,
    ("GET", "me/order/*/availableRegisteredPaymentMean"): Routes.means,
    ("GET", "me/payment/method"): Routes.methods,
    ("GET", "me/payment/method/*"): Routes.method,
    ("GET", "me/payment/transaction"): Routes.transactions,
    ("GET", "me/payment/transaction/*"): Routes.transaction,
    ("GET", "me/bill"): Routes.none_listed,
    ("GET", "domain/*"): Routes.name,
    ("GET", "me/task/domain"): Routes.none_listed,
}
