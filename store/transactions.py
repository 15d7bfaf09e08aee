"""The store's write transactions in SQL, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, case, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col

from ordering.model.cart import AnyCart, Cart, CartState
from ordering.model.errors import CartChanged, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId
from ordering.model.money_call import CallState, RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.recovery import Stamp, Standing
from ordering.ports.store import KEEP, NOTHING_RENDERED, Message, MessageRole, Moment, TaskType, TimerKind
from store import audit_log as evidence
from store import inbox, leases, mapping, money_mapping, personal, recovery, timers
from store.as_read import is_call, is_cart, is_in_line, is_message, new_save_id
from store.engine import Engines
from store.head import NewestHead
from store.money_tables import ComparedMarkerRow, ForeignOrderRow, MoneyCallRow, PresenceCallRow, PresenceRow
from store.queries import Clock, SqlReading
from store.schema import writing
from store.tables import CartRow, EventRow, LineRow, MessageRow, SalesOrderRow, UndeliveredRow

_DECISIONS = 7_368_422  # arbitrary, but the same in every process, and not the lock of the migrations


class SqlTransaction(SqlReading):
    """Writes within one transaction that began at `now`. Carts are saved by compare-and-set only."""

    def __init__(
        self, session: Session, now: datetime, clock: Clock | None = None, head: NewestHead | None = None
    ) -> None:
        super().__init__(session, clock, head)
        self._now = now
        self.appended: Stamp | None = None  # the newest event of this transaction
        self.found: frozenset[Stamp] = frozenset()  # what it may replace of the events that this process saw

    def cart(self, cart_id: CartId) -> Cart:
        self._hold(col(CartRow.id) == cart_id)
        return super().cart(cart_id)

    def cart_with_attempt(self, registrar_cart: str) -> Cart | None:
        self._hold(col(CartRow.attempt_cart) == registrar_cart)
        return super().cart_with_attempt(registrar_cart)

    def open_cart(self, channel: str) -> Cart | None:
        self._hold(col(CartRow.channel) == channel, col(CartRow.state) == CartState.OPEN.value)
        return super().open_cart(channel)

    def decide_alone(self) -> None:
        # SQLite has one writer at a time anyway.
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _DECISIONS})

    def open(self, channel: str, *, by: str, at: datetime, private: bool = True, shared: bool = True) -> Cart:
        number = recovery.next_number(self._session)
        # A channel has one open cart. A cart that is requested in this transaction is never seen open.
        state = CartState.OPEN if shared else CartState.SUBMITTED
        row = CartRow(
            id=number, channel=channel, created_by=by, state=state.value, since=at, private=private,
            save_id=new_save_id(),
        )  # fmt: skip
        self._session.add(row)
        try:
            self._session.flush()
        except IntegrityError as error:
            raise NotPossible(
                code="cart_opened_by_other",
                channel=channel,
            ) from error
        if number is not None:
            recovery.follow_numbers(self._session)
        cart = replace(self.cart(CartId(row.id or 0)), state=CartState.OPEN)
        self._append(cart, happened(cart, at, EventKind.CART_OPENED, by=by))
        return cart

    def save(self, cart: AnyCart, *events: Event, due_at: Moment = KEEP) -> AnyCart:
        moved = self._compare_and_set(cart)
        if due_at is not KEEP:
            self.set_timer(cart.id, TimerKind.STEP, due_at)
        self._write_lines(cart)
        self._write_order(cart)
        self._session.flush()
        self._append(cart, *events)
        return moved

    def save_without_answers(self, cart: Cart) -> None:
        self._compare_and_set(cart, is_shown=True)
        self._write_lines(cart)
        self._session.flush()

    def postpone(self, cart: Cart, *, due_at: datetime | None) -> None:
        if self._hold(is_cart(cart)):
            self.set_timer(cart.id, TimerKind.STEP, due_at)

    def set_timer(self, cart_id: CartId, kind: TimerKind, due_at: datetime | None) -> None:
        if due_at is None:
            timers.end(self._session, cart_id, kind)
        else:
            timers.put(self._session, cart_id, kind, due_at=due_at, now=self._now)

    def begin_step(self, cart_id: CartId) -> None:
        # The value stays the same, but both databases still write the row.
        self._session.execute(update(CartRow).where(col(CartRow.id) == cart_id).values(events=col(CartRow.events)))

    def keep_foreign_order(self, order: ForeignOrder) -> None:
        columns = money_mapping.foreign_order_columns(order)
        insert = self._insert(ForeignOrderRow).values(columns)
        self._session.execute(insert.on_conflict_do_update(index_elements=["number"], set_=columns))

    def _insert(self, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
        """Return an INSERT of the database's own kind, which can handle a row that exists."""
        on_postgresql = self._session.get_bind().dialect.name == "postgresql"
        return postgresql.insert(table) if on_postgresql else sqlite.insert(table)

    def announce_call(self, call: RecordedCall) -> RecordedCall:
        row = MoneyCallRow(
            subject=call.subject,
            cart_id=call.cart_id,
            attempt=call.attempt,
            started_at=call.started_at,
            registrar_cart=call.registrar_cart,
            marker=call.marker,
            state=call.state.value,
        )
        self._session.add(row)
        self._session.flush()
        return money_mapping.money_call_from(row)

    def update_call(self, call: RecordedCall) -> None:
        changed = {"marker": call.marker}
        if call.state is CallState.UNSENT:  # a process that slept must not undo another one's write
            changed["state"] = call.state.value
        self._session.execute(update(MoneyCallRow).where(is_call(call)).values(**changed))

    def mark_intended(self, call: RecordedCall) -> None:
        announced = col(MoneyCallRow.state) == CallState.ANNOUNCED.value
        marked = update(MoneyCallRow).where(is_call(call), announced).values(state=CallState.INTENDED.value)
        changed = self._session.execute(marked)
        if cast("CursorResult[object]", changed).rowcount != 1:
            raise CartChanged(call.cart_id)

    def add_compared_markers(self, markers: Collection[str]) -> None:
        for marker in set(markers) - self.compared_markers(markers):
            self._session.add(ComparedMarkerRow(marker=marker))

    def add_presence(self, cart: str) -> None:
        # Another process of this bot may have found the cart first.
        self._session.execute(self._insert(PresenceRow).values(cart=cart).on_conflict_do_nothing())

    def announce_presence(self, started_at: datetime, expires_at: datetime) -> PresenceCall:
        row = PresenceCallRow(started_at=started_at, expires_at=expires_at)
        self._session.add(row)
        self._session.flush()
        return money_mapping.presence_call_from(row)

    def end_presence(self, call: PresenceCall) -> None:
        row = PresenceCallRow
        # After a failover the number may be another call's.
        same = (col(row.id) == call.id, col(row.started_at) == call.started_at, col(row.expires_at) == call.expires_at)
        self._session.execute(delete(row).where(*same))

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        row = self._session.execute(
            select(MessageRow).where(
                col(MessageRow.cart_id) == cart_id,
                col(MessageRow.role) == role.value,
                col(MessageRow.channel) == channel,
            )
        ).scalar_one_or_none()
        row = row or self._new_message(cart_id, role, channel)
        row.ts = ts or row.ts
        self._session.add(row)
        self._session.flush()
        return mapping.message_from(row)

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        shown = case((is_in_line(cart), cart.version), else_=NOTHING_RENDERED)
        self._session.execute(update(MessageRow).where(is_message(message)).values(shown=shown, ts=ts))

    def record_posted(self, message: Message, *, ts: str) -> None:
        self._session.execute(update(MessageRow).where(is_message(message)).values(shown=NOTHING_RENDERED, ts=ts))

    def show_again(self, cart_ids: Collection[CartId]) -> None:
        theirs = col(MessageRow.cart_id).in_(cart_ids)
        self._session.execute(update(MessageRow).where(theirs).values(shown=NOTHING_RENDERED))

    def give_up(self, message: Message, cart: Cart) -> None:
        if self._hold(is_cart(cart)):  # what was saved in the meantime is still wanted
            nothing = {"shown": NOTHING_RENDERED, "wanted": NOTHING_RENDERED}
            self._session.execute(update(MessageRow).where(is_message(message)).values(**nothing))

    def forget(self, message: Message) -> None:
        self._session.execute(delete(MessageRow).where(is_message(message)))

    def record_delivered(self, event: Event) -> None:
        row = self._session.get(EventRow, event.id)
        # An event was read with the personal data that stand next to the chain.
        if row is not None and personal.readable(self._session, [mapping.event_from(row)]) == [event]:
            self._session.execute(delete(UndeliveredRow).where(col(UndeliveredRow.event_id) == event.id))

    def end_click(self, key: str, *, overtaking: CartId | None = None) -> None:
        inbox.end_decided(self._session.connection(), key, overtaking)

    def acquire_leases(
        self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, now: datetime, until: datetime
    ) -> frozenset[CartId]:
        return leases.acquire(self._session, task_type, cart_ids, holder=holder, now=now, until=until)

    def renew_leases(self, task_type: TaskType, cart_ids: Collection[CartId], *, holder: str, until: datetime) -> None:
        leases.renew(self._session, task_type, cart_ids, holder=holder, until=until)

    def release_lease(self, task_type: TaskType, cart_id: CartId, *, holder: str) -> None:
        leases.release(self._session, task_type, cart_id, holder=holder)

    def erase_person(self, person: str) -> str:
        """Erase a person next to the chain; return the pseudonym that stands for them in the chain."""
        return personal.erase(self._session, person)

    def events_that_name(self, person: str) -> int:
        """Return how many events of earlier versions hold a person's id itself: nothing can change those."""
        return personal.events_that_name(self._session, person)

    def save_standing(self, standing: Standing) -> None:
        recovery.save(self._session, standing)

    def raise_epoch(self, epoch: int) -> None:
        recovery.raise_epoch(self._session, epoch)

    def render_live_again(self) -> None:
        recovery.render_live_again(self._session)

    def wake_decided(self, at: datetime) -> None:
        recovery.wake_decided(self._session, at)

    def renew_live(self) -> None:
        recovery.renew_live(self._session)

    def _append(self, cart: Cart, *events: Event) -> None:
        appended = evidence.append(self._session, cart, events)
        if appended is not None:  # the chain is locked, so what is in place now stays so until the commit
            newest = appended.number
            self.found = self._head.found(appended, lambda seen: recovery.holds(self._session, seen, newest=newest))
            self.appended = appended

    def _hold(self, *which: ColumnElement[bool]) -> bool:
        """Lock these carts until the end of this transaction, and return whether there are any.

        SQLite has one writer at a time anyway.
        """
        return bool(self._session.execute(select(col(CartRow.id)).where(*which).with_for_update()).all())

    def _new_message(self, cart_id: CartId, role: MessageRole, channel: str) -> MessageRow:
        """Return a message that shows nothing yet. It locks the cart, so that a concurrent save sees the message."""
        self._hold(col(CartRow.id) == cart_id)
        wanted = self._session.execute(select(col(CartRow.version)).where(col(CartRow.id) == cart_id)).scalar_one()
        return MessageRow(cart_id=cart_id, role=role.value, channel=channel, wanted=wanted)

    def _compare_and_set(self, cart: AnyCart, *, is_shown: bool = False) -> AnyCart:
        """Write the cart's row and have its messages rendered; not if `is_shown`, because nothing visible changed."""
        saved = replace(cart, version=cart.version + 1, save_id=new_save_id())
        values = mapping.cart_columns(cart) | {"version": saved.version, "save_id": saved.save_id}
        changed = self._session.execute(update(CartRow).where(is_cart(cart)).values(**values))
        if cast("CursorResult[object]", changed).rowcount != 1:
            raise CartChanged(cart.id)
        if not is_shown:
            theirs = col(MessageRow.cart_id) == cart.id
            self._session.execute(update(MessageRow).where(theirs).values(wanted=saved.version))
        return saved

    def _write_lines(self, cart: Cart) -> None:
        self._session.execute(delete(LineRow).where(col(LineRow.cart_id) == cart.id))
        self._session.add_all(mapping.line_row(cart.id, place, line) for place, line in enumerate(cart.lines))

    def _write_order(self, cart: Cart) -> None:
        if cart.order is None:
            return
        stored = self._session.get(SalesOrderRow, cart.order.id)
        if stored is not None and stored.cart_id != cart.id:
            raise NotPossible(
                code="order_of_other_cart",
                cart=stored.cart_id,
                order=cart.order.id,
            )
        self._session.merge(mapping.order_row(cart.id, cart.order))


def _now() -> datetime:
    return datetime.now(UTC)


class SqlStore:
    """Opens transactions, for several threads and processes. `clock` dates the timers."""

    def __init__(self, engines: Engines, *, clock: Callable[[], datetime] = _now) -> None:
        self._engines = engines
        self.clock = clock
        self._head = NewestHead()

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        """Begin a transaction that may write.

        Raises `SchemaChanged` if another version has migrated the database since the start.
        """
        with writing(self._engines) as session:
            transaction = SqlTransaction(session, self.clock(), self._database_clock, self._head)
            yield transaction
        if transaction.appended is not None:  # only after COMMIT has answered
            self._head.committed(transaction.appended, transaction.found)

    @contextmanager
    def read(self) -> Iterator[SqlReading]:
        with Session(self._engines.read) as session, session.begin():
            yield SqlReading(session, self._database_clock, self._head)

    @property
    def _database_clock(self) -> Clock | None:
        """The clock of tests, which also replaces the database's; None for the database's own."""
        return None if self.clock is _now else self.clock
