"""What must hold after every run, whatever went wrong in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sqlmodel import SQLModel

from ordering.audit import Audit
from ordering.cart import Cart, CartState
from ordering.events import Event
from sandbox.ovh.orders import Order
from sandbox.stage import Stage
from store.engine import open_engines
from store.sql import SqlStore

WALK, WAYS = "random walks that broke a law", 6  # ways that one seed of the walks draws
LAWS = (
    "orders that no approval covers",
    "carts with more than one order",
    "payments beyond one an order",
    "decisions lost",
    "carts stuck without a person told",
    "records that do not verify",
    "secrets in logs, channels or database",
    WALK,
    "runs that failed by themselves",
)
_APPROVED = re.compile(r"You approved cart #(\d+)")
_PAYING = re.compile(r"Paying .* for cart #(\d+)")
_MADE_FOR = re.compile(r"Domain Desk #(\d+) attempt")
_IN_LINKS = ("orderPassword", "passwd=")  # how OVH's links name a password
_S = CartState
Broken = tuple[str, str]


def broken_laws(stage: Stage, database: str) -> Iterator[Broken]:
    """Compare what the record says with OVH's ledger and with what people saw."""
    engines, links = open_engines(database), [*_IN_LINKS, *_passwords(stage)]
    try:
        with SqlStore(engines).read() as reading:
            carts = [(cart, reading.events(cart.id)) for cart in reading.every_cart()]
            for fault in Audit(reading.record()).faults():
                yield "records that do not verify", str(fault)
        with engines.read.connect() as connection:
            for table in SQLModel.metadata.sorted_tables:
                if any(_tells(links, row) for row in connection.execute(table.select())):
                    yield "secrets in logs, channels or database", f"an order's or invoice's link in {table.name}"
    finally:
        engines.close()
    yield from _orders(stage, carts)
    yield from _decisions(stage, carts)
    yield from _secrets(stage)


def _orders(stage: Stage, carts: list[tuple[Cart, list[Event]]]) -> Iterator[Broken]:
    """An order's description names the cart that it was made for: the desk wrote it before it ordered."""
    by_id = {cart.id: (cart, events) for cart, events in carts}
    made: Counter[int] = Counter()
    for order in stage.ovh.orders.all.values():
        found = _MADE_FOR.search(order.description)
        cart_id = int(found[1]) if found else 0
        made[cart_id] += 1
        if not (cart_id in by_id and _is_approved(order, *by_id[cart_id])):
            yield "orders that no approval covers", f"order {order.id} over {order.domains}: {order.description}"
        if len(order.payments) > 1:
            yield "payments beyond one an order", f"order {order.id}: {order.payments}"
    for cart_id, count in made.items():
        if count > 1:
            yield "carts with more than one order", f"cart #{cart_id}: {count}"


def _is_approved(order: Order, cart: Cart, events: list[Event]) -> bool:
    names = {line.domain.ascii for line in cart.lines}
    decided = any(event.state is _S.APPROVED and event.by for event in events)
    return decided and set(order.domains) == names and cart.seal is not None and order.total <= cart.seal.total.amount


def _decisions(stage: Stage, carts: list[tuple[Cart, list[Event]]]) -> Iterator[Broken]:
    """Whatever somebody was told to be decided is on record."""
    recorded = {(event.cart_id, event.state) for _, events in carts for event in events if event.by}
    for pattern, state in ((_APPROVED, _S.APPROVED), (_PAYING, _S.PAYING)):
        for kind, shown in stage.slack.state.archive:
            found = pattern.search(str(shown.get("text"))) if kind in {"message", "edit"} else None
            if found and (int(found[1]), state) not in recorded:
                yield "decisions lost", f"cart #{found[1]} was told to be {state.in_words}"


def _passwords(stage: Stage) -> list[str]:
    """What opens an order or an invoice to whoever has it."""
    orders = [order.password for order in stage.ovh.orders.all.values()]
    return [*orders, *(bill.password for bill in stage.ovh.bills.all())]


def _tells(secrets: list[str], shown: object) -> bool:
    return any(secret in str(shown) for secret in secrets)


def _secrets(stage: Stage) -> Iterator[Broken]:
    passwords = _passwords(stage)
    for kind, shown in stage.slack.state.archive:
        if kind in {"message", "edit"} and shown.get("only_for") is None and _tells([*_IN_LINKS, *passwords], shown):
            yield "secrets in logs, channels or database", "an order's or invoice's link in a channel"
    if stage.log.exists():
        written = stage.log.read_text(errors="replace")
        slack, ovh = stage.slack.credentials, stage.ovh.credentials
        known = [slack.bot_token, slack.app_token, ovh.application_secret, ovh.consumer_key]
        if _tells([*known, *passwords], written):
            yield "secrets in logs, channels or database", "a secret in the log"
