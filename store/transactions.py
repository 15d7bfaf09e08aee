"""The memory in SQL: what changes, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CartChanged, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.ports.store import NOTHING_SHOWN, Errand, Message, MessageRole
from store import audit_log as evidence
from store import leases as claims
from store import mapping
from store.engine import Engines
from store.queries import SqlReading
from store.tables import CartRow, LineRow, MessageRow, SalesOrderRow, UntoldRow

_DECISIONS = 7_368_422  # any number, the same in every process, and not the one of the migrations


class SqlTransaction(SqlReading):
    """Writes within one transaction. A cart changes by compare-and-set alone."""

    def cart(self, cart_id: int) -> Cart:
        self._hold(col(CartRow.id) == cart_id)
        return super().cart(cart_id)

    def open_cart(self, channel: str) -> Cart | None:
        self._hold(col(CartRow.channel) == channel, col(CartRow.state) == CartState.OPEN.value)
        return super().open_cart(channel)

    def decide_alone(self) -> None:
        # SQLite has one writer at a time anyway.
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _DECISIONS})

    def open(self, channel: str, *, by: str, at: datetime) -> Cart:
        row = CartRow(channel=channel, created_by=by, state=CartState.OPEN.value, since=at)
        self._session.add(row)
        try:
            self._session.flush()
        except IntegrityError as error:
            raise NotPossible(
                "Somebody opened this channel's cart at the same moment. Please do that again.",
                code="cart_opened_by_other",
                channel=channel,
            ) from error
        cart = self.cart(row.id or 0)
        evidence.append(self._session, cart, [happened(cart, at, EventKind.CART_OPENED, by=by)])
        return cart

    def save(self, cart: Cart, *events: Event, due_at: datetime | None = None) -> Cart:
        moved = self._compare_and_set(cart, due_at)
        self._write_lines(cart)
        self._write_order(cart)
        self._session.flush()
        evidence.append(self._session, cart, events)
        return moved

    def postpone(self, cart_id: int, *, version: int, due_at: datetime) -> None:
        self._session.execute(
            update(CartRow).where(col(CartRow.id) == cart_id, col(CartRow.version) == version).values(due_at=due_at)
        )

    def show_in(self, cart_id: int, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        row = self._session.execute(
            select(MessageRow).where(
                col(MessageRow.cart_id) == cart_id,
                col(MessageRow.role) == role.value,
                col(MessageRow.channel) == channel,
            )
        ).scalar_one_or_none()
        row = row or MessageRow(cart_id=cart_id, role=role.value, channel=channel)
        row.ts = ts or row.ts
        self._session.add(row)
        self._session.flush()
        return mapping.message_from(row)

    def shown(self, message_id: int, *, version: int, ts: str) -> None:
        self._session.execute(update(MessageRow).where(col(MessageRow.id) == message_id).values(shown=version, ts=ts))

    def show_again(self, cart_ids: Collection[int]) -> None:
        theirs = col(MessageRow.cart_id).in_(cart_ids)
        self._session.execute(update(MessageRow).where(theirs).values(shown=NOTHING_SHOWN))

    def forget(self, message_id: int) -> None:
        self._session.execute(delete(MessageRow).where(col(MessageRow.id) == message_id))

    def told(self, event_id: int) -> None:
        self._session.execute(delete(UntoldRow).where(col(UntoldRow.event_id) == event_id))

    def claim(
        self, errand: Errand, cart_ids: Collection[int], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[int]:
        return claims.claim(self._session, errand, cart_ids, holder=holder, now=now, until=until)

    def keep(self, errand: Errand, cart_ids: Collection[int], *, holder: str, until: datetime) -> None:
        claims.keep(self._session, errand, cart_ids, holder=holder, until=until)

    def give_back(self, errand: Errand, cart_id: int, *, holder: str) -> None:
        claims.give_back(self._session, errand, cart_id, holder=holder)

    def _hold(self, *which: ColumnElement[bool]) -> None:
        """Have others who would change these carts wait for this transaction, rather than fail after it.

        SQLite has one writer at a time anyway.
        """
        self._session.execute(select(col(CartRow.id)).where(*which).with_for_update())

    def _compare_and_set(self, cart: Cart, due_at: datetime | None) -> Cart:
        before = self._session.execute(
            select(col(CartRow.state), col(CartRow.approved_at)).where(col(CartRow.id) == cart.id)
        ).one_or_none()
        values = mapping.cart_columns(cart) | {"version": cart.version + 1, "due_at": due_at}
        if cart.state is CartState.APPROVED and (before is None or before.state == CartState.SUBMITTED.value):
            values["approved_at"] = cart.since
        changed = self._session.execute(
            update(CartRow).where(col(CartRow.id) == cart.id, col(CartRow.version) == cart.version).values(**values)
        )
        if cast("CursorResult[object]", changed).rowcount != 1:
            raise CartChanged(cart.id)
        return mapping.one_version_up(cart)

    def _write_lines(self, cart: Cart) -> None:
        self._session.execute(delete(LineRow).where(col(LineRow.cart_id) == cart.id))
        self._session.add_all(mapping.line_row(cart.id, place, line) for place, line in enumerate(cart.lines))

    def _write_order(self, cart: Cart) -> None:
        if cart.order is None:
            return
        stored = self._session.get(SalesOrderRow, cart.order.id)
        if stored is not None and stored.cart_id != cart.id:
            raise NotPossible(
                f"Order {cart.order.id} belongs to cart #{stored.cart_id} already.",
                code="order_of_other_cart",
                cart=stored.cart_id,
                order=cart.order.id,
            )
        self._session.merge(mapping.order_row(cart.id, cart.order))


class SqlStore:
    """Opens transactions; several threads and several processes may."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        lane = self._engines.lane.held() if self._engines.lane else nullcontext()
        with lane, Session(self._engines.write, expire_on_commit=False) as session, session.begin():
            yield SqlTransaction(session)

    @contextmanager
    def read(self) -> Iterator[SqlReading]:
        with Session(self._engines.read) as session, session.begin():
            yield SqlReading(session)
