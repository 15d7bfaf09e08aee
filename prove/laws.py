"""The laws: they must hold after every run, whatever faults it had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlmodel import SQLModel

from ordering.record.verification import Audit
from prove.approvals import intents, objections
from prove.copies import Timeline
from prove.decisions import lost_decisions, repeated_in_any
from prove.elsewhere import BESIDE
from prove.no_writes import MOVED
from sandbox.stage import Stage
from store.engine import open_engines
from store.transactions import SqlStore

WALK, WAYS = "random walks that broke a law", 6  # walks that one seed draws
FAILED = "runs that failed by themselves"
FOR_NO_REASON = "carts left to a person for no reason"
UNNOTICED = "losses of memory that nobody noticed, or that never ended"
KIND = "old cards that decided after a restore, or were not refused kindly"
LAWS = (
    "orders that no approval covers",
    "carts with more than one order",
    "payments beyond one an order",
    "decisions lost",
    "decisions by no click of their own",
    "carts stuck without a person told",
    FOR_NO_REASON,
    UNNOTICED,
    KIND,
    BESIDE,
    MOVED,
    "records that do not verify",
    "secrets in logs, channels or database",
    WALK,
    FAILED,
)
_IN_LINKS = ("orderPassword", "passwd=")  # how OVH's links name a password
Broken = tuple[str, str]


def broken_laws(
    stage: Stage, database: str, lost: Timeline | None = None, *, apart: timedelta = timedelta()
) -> Iterator[Broken]:
    """Compare the audit log with OVH's ledger and with what users saw.

    `lost` is the history when the database was restored from an older copy: it happened all the same. The bot's clocks
    were at most `apart` from the true time.
    """
    engines, links = open_engines(database), [*_IN_LINKS, *_passwords(stage)]
    try:
        with SqlStore(engines).read() as reading:
            for fault in Audit(reading.record()).faults():
                yield "records that do not verify", str(fault)
        with engines.read.connect() as connection:
            for table in SQLModel.metadata.sorted_tables:
                if any(_tells(links, row) for row in connection.execute(table.select())):
                    yield "secrets in logs, channels or database", f"an order's or invoice's link in {table.name}"
    finally:
        engines.close()
    now = Timeline.read(database)
    timelines = [now] if lost is None else [now, lost]
    yield from _orders(stage, timelines)
    yield from _payments(stage)
    events = lost.and_then(now) if lost is not None else now.events
    for unrecorded in lost_decisions(stage, events):
        yield "decisions lost", unrecorded
    for repeated in repeated_in_any(stage, [each.events for each in timelines], apart=apart):
        yield "decisions by no click of their own", repeated
    yield from _secrets(stage)


def _orders(stage: Stage, timelines: Sequence[Timeline]) -> Iterator[Broken]:
    """Check the orders. Each recorded intent names OVH's cart, and so the cart that an order was made for."""
    made: Counter[int] = Counter()
    per_cart = [(cart_id, entries) for timeline in timelines for cart_id, entries in timeline.of_carts().items()]
    made_for = {cart: (cart_id, entries) for cart_id, entries in reversed(per_cart) for cart in intents(entries)}
    for order in stage.ovh.orders.ours():
        cart_id, entries = made_for.get(order.cart, (0, []))
        made[cart_id] += 1
        for objection in objections(order, entries, stage):
            about = f"order {order.id} over {order.domains}, {order.description}"
            yield "orders that no approval covers", f"{about}: {objection}"
    for cart_id, count in made.items():
        if count > 1:
            yield "carts with more than one order", f"cart #{cart_id}: {count}"


def _payments(stage: Stage) -> Iterator[Broken]:
    """Check the payments: no second payment call may reach OVH while an earlier one may still be taken.

    Only OVH can decide whether money moves twice.
    """
    for order in stage.ovh.orders.all.values():
        beside = [call for call in stage.ovh.payments.calls if call.order == order.id and call.beside]
        if len(order.payments) > 1 or beside:
            sent = ", ".join(f"{call.source} at {call.at:%H:%M:%S.%f}" for call in beside) or "none"
            yield (
                "payments beyond one an order",
                f"order {order.id}: taken from {order.payments}; sent next to another one: {sent}",
            )


def _passwords(stage: Stage) -> list[str]:
    """Return the passwords that open an order or an invoice to anyone who has them."""
    orders = [order.password for order in stage.ovh.orders.all.values()]
    return [*orders, *(bill.password for bill in stage.ovh.bills.all())]


def _tells(secrets: list[str], seen: object) -> bool:
    return any(secret in str(seen) for secret in secrets)


def _secrets(stage: Stage) -> Iterator[Broken]:
    passwords = _passwords(stage)
    for kind, seen in stage.slack.state.archive:
        if kind in {"message", "edit"} and seen.get("only_for") is None and _tells([*_IN_LINKS, *passwords], seen):
            yield "secrets in logs, channels or database", "an order's or invoice's link in a channel"
    if stage.log.exists():
        written = stage.log.read_text(errors="replace")
        slack, ovh = stage.slack.credentials, stage.ovh.credentials
        known = [slack.bot_token, slack.app_token, ovh.application_secret, ovh.consumer_key, ovh.client_secret]
        known += [ovh.token, *ovh.issued]
        if _tells([*known, *passwords], written):
            yield "secrets in logs, channels or database", "a secret in the log"
