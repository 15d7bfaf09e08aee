"""Queries on the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from ordering.model.cart import BOUGHT, COMMITTED, HOLDING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NoSuchCart
from ordering.model.events import Event
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.money_call import RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import Stamp, Standing
from ordering.model.sales_order import OrderStatus, SalesOrder, SentPayment
from ordering.ports.store import Message, TaskType, TimerKind
from ordering.record.verification import Kept, Record
from store import audit_log as evidence
from store import mapping, money_mapping, personal, recovery, timers
from store.head import NewestHead
from store.money_tables import ComparedMarkerRow, ForeignOrderRow, MoneyCallRow, PresenceCallRow, PresenceRow
from store.tables import (
    BEHIND,
    ENDED_WITH_ANSWERS,
    LIVE,
    CartRow,
    EventRow,
    LineRow,
    MessageRow,
    SalesOrderRow,
    UndeliveredRow,
)

_PAGE = 200
_ORDERS_AT_ONCE = 500  # in one query: SQLite accepts 32,766 parameters, PostgreSQL 65,535
_OVER = {CartState.CANCELLED, CartState.DELIVERED, CartState.REJECTED}


Clock = Callable[[], datetime]


def server_time(connection: Connection) -> datetime:
    """Read PostgreSQL's clock now; SQLite runs in this process, so its clock is ours."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    return mapping.utc(connection.execute(text("SELECT clock_timestamp()")).scalar_one())


class SqlReading:
    """Queries within one transaction; pages by key, never by offset."""

    def __init__(self, session: Session, clock: Clock | None = None, head: NewestHead | None = None) -> None:
        self._session = session
        self._clock = clock
        self._head = head or NewestHead()

    def clock(self) -> datetime:
        if self._clock is not None:
            return self._clock()
        return server_time(self._session.connection())

    def cart(self, cart_id: CartId) -> Cart:
        row = self._session.get(CartRow, cart_id)
        if row is None:
            raise NoSuchCart(cart_id)
        return self._carts([row])[0]

    def cart_with_attempt(self, registrar_cart: str) -> Cart | None:
        found = select(CartRow).where(col(CartRow.attempt_cart) == registrar_cart).order_by(col(CartRow.id).desc())
        return next(iter(self._carts(self._rows(found))), None)

    def open_cart(self, channel: str) -> Cart | None:
        rows = self._rows(select(CartRow).where(col(CartRow.channel) == channel, col(CartRow.state) == "open"))
        return next(iter(self._carts(rows)), None)

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
        query = select(CartRow).order_by(col(CartRow.id).desc()).limit(limit)
        if states is not None:
            query = query.where(_in_states(states))
        if before is not None:
            query = query.where(col(CartRow.id) < before)
        if person is not None:
            query = query.where(_concerns(person))
        if name is not None:
            query = query.where(_has_line(col(LineRow.domain) == name.ascii))
        if word:
            query = query.where(_has_line(col(LineRow.domain).contains(word.lower(), autoescape=True)))
        return self._carts(self._rows(query))

    def every_cart(self, *, since: datetime | None = None) -> Iterator[Cart]:
        last = 0
        while True:
            query = select(CartRow).where(col(CartRow.id) > last).order_by(col(CartRow.id)).limit(_PAGE)
            if since is not None:
                happened = exists().where(col(EventRow.cart_id) == col(CartRow.id), col(EventRow.at) >= since)
                query = query.where(happened)
            page = self._carts(self._rows(query))
            yield from page
            if not page:
                return
            last = page[-1].id

    def due(self, now: datetime, task_type: TaskType | None = None) -> list[CartId]:
        return timers.due(self._session, now, task_type)

    def next_due(self, task_type: TaskType | None = None, *, without: Collection[CartId] = ()) -> datetime | None:
        return timers.next_due(self._session, task_type, without)

    def timers(self, cart_id: CartId) -> dict[TimerKind, datetime]:
        return timers.of(self._session, cart_id)

    def holding(self, domains: Collection[DomainName]) -> dict[DomainName, CartId]:
        query = (
            select(col(LineRow.domain), col(LineRow.cart_id))
            .join(CartRow, col(CartRow.id) == col(LineRow.cart_id))
            .where(
                col(LineRow.domain).in_([domain.ascii for domain in domains]),
                col(CartRow.state).in_(sorted(HOLDING)),
            )
        )
        return {DomainName(domain): CartId(cart_id) for domain, cart_id in self._session.execute(query)}

    def names_in_carts(self, *, seen_in: str) -> frozenset[DomainName]:
        query = select(col(LineRow.domain)).join(CartRow, col(CartRow.id) == col(LineRow.cart_id))
        visible = or_(col(CartRow.private).is_(False), col(CartRow.channel) == seen_in)
        found = self._session.execute(query.where(_in_states({CartState.OPEN, *HOLDING}), visible)).scalars()
        return frozenset(DomainName(name) for name in found)

    def bought(self, domains: Collection[DomainName]) -> dict[DomainName, Cart]:
        wanted = {domain.ascii for domain in domains}
        holding = select(col(LineRow.cart_id)).where(col(LineRow.domain).in_(wanted))
        query = (
            select(CartRow)
            .where(col(CartRow.id).in_(holding), col(CartRow.state).in_(sorted(BOUGHT)))
            .order_by(col(CartRow.id))
        )
        carts = self._carts(self._rows(query))
        return {line.domain: cart for cart in carts for line in cart.lines if line.domain.ascii in wanted}

    def committed(self, since: datetime, currency: str, *, without: CartId) -> Money:
        total = func.coalesce(col(SalesOrderRow.total_minor), col(CartRow.seal_minor))
        query = (
            select(func.coalesce(func.sum(total), 0))
            .select_from(CartRow)
            .outerjoin(SalesOrderRow, col(SalesOrderRow.cart_id) == col(CartRow.id))
            .where(
                col(CartRow.state).in_(sorted(COMMITTED)),
                col(CartRow.approved_at) >= since,
                col(CartRow.seal_currency) == currency,
                col(CartRow.id) != without,
            )
        )
        return Money(int(self._session.execute(query).scalar_one()), currency)

    def ended_with_answers(self, *, limit: int) -> list[tuple[CartId, datetime]]:
        ended = select(col(CartRow.id), col(CartRow.since)).where(text(ENDED_WITH_ANSWERS))  # as the index says
        rows = self._session.execute(ended.order_by(col(CartRow.since), col(CartRow.id)).limit(limit))
        return [(CartId(number), mapping.utc(since)) for number, since in rows if number is not None]

    def known_orders(self, among: Collection[OrderId]) -> frozenset[OrderId]:
        found: set[OrderId] = set()
        numbers = sorted(among)
        for start in range(0, len(numbers), _ORDERS_AT_ONCE):
            page = numbers[start : start + _ORDERS_AT_ONCE]
            found.update(
                map(OrderId, self._numbers(select(col(SalesOrderRow.id)).where(col(SalesOrderRow.id).in_(page))))
            )
        return frozenset(found)

    def orders_left_open(self) -> frozenset[OrderId]:
        over = [status.value for status in OrderStatus if status.is_over]
        query = select(col(SalesOrderRow.id)).join(CartRow, col(CartRow.id) == col(SalesOrderRow.cart_id))
        ended = (col(CartRow.state) == CartState.CANCELLED.value, col(SalesOrderRow.status).not_in(over))
        return frozenset(map(OrderId, self._numbers(query.where(*ended))))

    def foreign_orders(self, since: datetime) -> list[ForeignOrder]:
        rows = self._rows(select(ForeignOrderRow).where(col(ForeignOrderRow.made_at) >= since))
        return [money_mapping.foreign_order_from(row) for row in rows]

    def money_calls(self, subject: str) -> list[RecordedCall]:
        query = select(MoneyCallRow).where(col(MoneyCallRow.subject) == subject).order_by(col(MoneyCallRow.id))
        return [money_mapping.money_call_from(row) for row in self._rows(query)]

    def recorded_markers(self, among: Collection[str]) -> frozenset[str]:
        return self._texts(col(MoneyCallRow.marker), among)

    def compared_markers(self, among: Collection[str]) -> frozenset[str]:
        return self._texts(col(ComparedMarkerRow.marker), among)

    def _texts(self, column: Mapped[Any], among: Collection[str]) -> frozenset[str]:
        """Return those of these texts that are in the column."""
        found: set[str] = set()
        texts = sorted(among)
        for start in range(0, len(texts), _ORDERS_AT_ONCE):
            page = texts[start : start + _ORDERS_AT_ONCE]
            found.update(self._session.execute(select(column).where(column.in_(page))).scalars())
        return frozenset(found)

    def presences(self) -> frozenset[str]:
        return frozenset(self._session.execute(select(col(PresenceRow.cart))).scalars())

    def presence_calls(self) -> list[PresenceCall]:
        rows = self._rows(select(PresenceCallRow).order_by(col(PresenceCallRow.id)))
        return [money_mapping.presence_call_from(row) for row in rows]

    def sent_alike(self, order: SalesOrder, *, since: datetime) -> list[SentPayment]:
        chosen = (col(SalesOrderRow.id), col(CartRow.payment_method), col(CartRow.payment_mean))
        query = (
            select(*chosen, col(CartRow.payment_sent_at_ovh))
            .join(SalesOrderRow, col(SalesOrderRow.cart_id) == col(CartRow.id))
            .where(
                col(CartRow.payment_sent_at_ovh) >= since,
                col(SalesOrderRow.total_minor) == order.total.minor,
                col(SalesOrderRow.currency) == order.total.currency,
                col(SalesOrderRow.id) != order.id,
            )
            .order_by(col(CartRow.payment_sent_at_ovh))
        )
        return [mapping.sent_payment_from(*row) for row in self._session.execute(query)]

    def events(self, cart_id: CartId) -> list[Event]:
        query = select(EventRow).where(col(EventRow.cart_id) == cart_id).order_by(col(EventRow.id))
        return personal.readable(self._session, map(mapping.event_from, self._rows(query)))

    def record(self) -> Record:
        """Return the input of an audit. It is read lazily, within this transaction."""
        session = self._session
        beside = personal.kept(session)
        return Record(
            evidence.entries(session), self._kept(), evidence.head(session), evidence.guarded(session), beside
        )

    def undelivered(self, cart_id: CartId) -> list[Event]:
        mine = select(col(UndeliveredRow.event_id)).where(col(UndeliveredRow.cart_id) == cart_id)
        query = select(EventRow).where(col(EventRow.id).in_(mine)).order_by(col(EventRow.id))
        return personal.readable(self._session, map(mapping.event_from, self._rows(query)))

    def messages(self, cart_id: CartId) -> list[Message]:
        query = select(MessageRow).where(col(MessageRow.cart_id) == cart_id).order_by(col(MessageRow.id))
        return [mapping.message_from(row) for row in self._rows(query)]

    def messages_of(self, cart_ids: Collection[CartId]) -> list[Message]:
        theirs = select(MessageRow).where(col(MessageRow.cart_id).in_(cart_ids)).order_by(col(MessageRow.id))
        return [mapping.message_from(row) for row in self._rows(theirs)]

    def outdated(self) -> list[CartId]:
        behind = select(col(MessageRow.cart_id)).where(text(BEHIND))  # in the exact words of the index
        undelivered = select(col(UndeliveredRow.cart_id))
        return sorted(map(CartId, {*self._numbers(behind), *self._numbers(undelivered)}))

    def standing(self) -> Standing:
        return recovery.standing(self._session)

    def head(self) -> tuple[int, str | None]:
        head = evidence.head(self._session)
        return (head.number, head.digest) if head else (0, None)

    def stamp(self) -> Stamp:
        return recovery.stamp(self._session)

    def knows(self, stamp: Stamp) -> bool:
        return recovery.knows(self._session, stamp)

    def newest_seen(self) -> tuple[Stamp, ...]:
        return self._head.stamps

    def newest_about_money(self) -> int:
        return recovery.newest_about_money(self._session)

    def last_event_at(self, *, until: datetime) -> datetime | None:
        return recovery.last_event_at(self._session, until)

    def is_shared(self) -> bool:
        return bool(self._session.get_bind().dialect.name == "postgresql")

    def _kept(self) -> Iterator[Kept]:
        for cart_id in map(CartId, self._numbers(select(col(CartRow.id)).order_by(col(CartRow.id)))):
            cart = None
            # A tampered row may contain anything, and fail in any way.
            with suppress(Exception):
                cart = self.cart(cart_id)
            yield evidence.kept(self._session, cart_id, cart)

    def _carts(self, rows: Sequence[CartRow]) -> list[Cart]:
        """Load lines and orders in two queries (avoids N+1)."""
        ids = [row.id for row in rows]
        lines: dict[int, list[LineRow]] = {}
        for line in self._rows(select(LineRow).where(col(LineRow.cart_id).in_(ids)).order_by(col(LineRow.place))):
            lines.setdefault(line.cart_id, []).append(line)
        orders = {
            order.cart_id: order
            for order in self._rows(select(SalesOrderRow).where(col(SalesOrderRow.cart_id).in_(ids)))
        }
        return [mapping.cart_from(row, lines.get(row.id or 0, []), orders.get(row.id or 0)) for row in rows]

    def _rows(self, query: Any) -> list[Any]:  # noqa: ANN401 - a SQLAlchemy select of one of the row classes
        return list(self._session.execute(query).scalars())

    def _numbers(self, query: Any) -> list[int]:  # noqa: ANN401 - a SQLAlchemy select of one integer column
        return [cast("int", number) for number in self._session.execute(query).scalars()]


def _in_states(states: Collection[CartState]) -> ColumnElement[bool]:
    """Return the condition for carts in these states.

    If all of them are live states, it uses the partial index, which needs the index's exact words.
    """
    listed = col(CartRow.state).in_(sorted(states))
    return listed if _OVER & set(states) else and_(text(f"carts.{LIVE}"), listed)


def _concerns(person: str) -> ColumnElement[bool]:
    return or_(
        col(CartRow.requester) == person,
        exists().where(col(LineRow.cart_id) == col(CartRow.id), col(LineRow.added_by) == person),
    )


def _has_line(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(LineRow.cart_id) == col(CartRow.id), condition)
