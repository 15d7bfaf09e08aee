"""Markers at OVH: every money call leaves one, so they reveal that the database went back in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CartChanged, RegistrarRefused, RegistrarUnavailable
from ordering.model.ids import CartId
from ordering.model.money_call import CallState, RecordedCall, orders, pays
from ordering.model.recovery import Cause
from ordering.ports.clock import RegistrarClock
from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Reading, Store, StoreError, Transaction
from ordering.process.floors import is_over
from ordering.process.intent import Objection
from ordering.process.recovery import RecoverMode

S = CartState
NONE_LEFT = ""  # instead of a marker: OVH made none for this attempt
NOT_LISTED = "markers_not_listed"
# How long an attempt waits for OVH to list its marker; then it ends, and the next one begins with a new marker. As long
# as the floors: OVH may show orders and payments just as late.
PATIENCE = timedelta(minutes=15)

_log = logging.getLogger(__name__)

TakeBack = Callable[[Transaction], None]


class UnknownMarkers(Exception):
    """OVH has more markers about a subject than there are attempts on record; `markers` are the unknown ones."""

    def __init__(self, markers: Iterable[str]) -> None:
        super().__init__("OVH has markers of attempts that are not on record")
        self.markers = sorted(markers)


class MoneyMarkers:
    """Records attempts, marks them at OVH, and compares the two. Three calls to OVH per money call.

    An attempt whose marker OVH does not list yet stays announced, and this process remembers that it sent nothing. The
    database cannot tell that: it may have lost that the attempt was sent. For all others it counts as sent one day.
    """

    def __init__(self, store: Store, registrar: MarkerCarts, recover: RecoverMode) -> None:
        self._store = store
        self._registrar = registrar
        self._recover = recover
        self._unsent: dict[RecordedCall, TakeBack | None] = {}  # known here as unsent, not recorded yet
        self._unlisted: dict[str, tuple[RecordedCall, TakeBack]] = {}  # by subject: waits for its marker to be listed

    def announce(self, call: RecordedCall, *, take_back: TakeBack) -> RecordedCall:
        """Record that an attempt begins, leave its marker, then list all markers of the subject.

        `take_back` is that of `unsent`.

        Raises `CartChanged` if another attempt has no end on record: it may have been sent, and the next step handles
        it. Raises `UnknownMarkers` if a marker belongs to no attempt on record and to no earlier comparison: that
        switches recover mode on. Raises `RegistrarError` if OVH did not accept the marker. In all these cases nothing
        was sent, and that is recorded. Raises `RegistrarUnavailable` with `NOT_LISTED` if OVH does not list the marker
        yet: see `list_again`.
        """
        announced = None
        try:
            with self._store.begin() as carts:
                carts.decide_alone()
                _require_no_other(carts, call)
                announced = carts.announce_call(call)
            try:
                marker = self._registrar.leave_marker(call.subject, call.started_at)
            except RegistrarRefused:
                announced = replace(announced, marker=NONE_LEFT)
                raise
            announced = replace(announced, marker=marker)
            with self._store.begin() as carts:
                carts.update_call(announced)
            is_listed = self._compare(announced)
        except Exception as error:  # also the database's: a commit may have succeeded although its answer was lost
            if announced is not None:
                # A cart that counts as sent for an unknown marker is about another attempt than this one.
                self.unsent(announced, None if isinstance(error, UnknownMarkers) else take_back)
            if isinstance(error, UnknownMarkers):
                self._recover.begin(Cause.MARKERS)
            raise
        if not is_listed:
            self._unlisted[call.subject] = announced, take_back
            raise RegistrarUnavailable(code=NOT_LISTED)
        return announced

    def list_again(self, subject: str, cart_id: CartId, *, now: datetime) -> RecordedCall | None:
        """Return this process's attempt whose marker OVH lists only now, compared as by `announce`; None if none waits.

        `now` is by OVH's clock. Raises like `announce`.
        """
        call, take_back = self._unlisted.get(subject, (None, None))
        if call is None:
            return None
        # Another request of the same names is made only after this one ended.
        if call.cart_id != cart_id or now - call.started_at >= PATIENCE or not self._is_announced(call):
            self._unlisted.pop(subject, None)
            self.unsent(call, take_back)
            return None
        try:
            is_listed = self._compare(call)
        except UnknownMarkers:
            self._unlisted.pop(subject, None)
            self.unsent(call)
            self._recover.begin(Cause.MARKERS)
            raise
        if not is_listed:
            raise RegistrarUnavailable(code=NOT_LISTED)
        self._unlisted.pop(subject, None)
        return call

    def _is_announced(self, call: RecordedCall) -> bool:
        with self._store.read() as carts:
            return any(known.is_same(call) for known in _announced(carts, call.subject))

    def _compare(self, call: RecordedCall) -> bool:
        """Compare OVH's markers with the attempts on record; return False if OVH does not list this attempt's yet.

        Such a list proves nothing: a lost attempt's marker may be missing as well. Raises `UnknownMarkers` for markers
        that no attempt on record left.
        """
        seen = self._registrar.markers(call.subject)
        with self._store.read() as carts:
            recorded = carts.money_calls(call.subject)
            compared = carts.compared_markers(seen)
        unknown = seen - {known.marker for known in recorded} - compared
        named = name_by_age(unknown, recorded, self._registrar)
        if named:
            with self._store.begin() as carts:
                for known in named:
                    carts.update_call(known)
        if lost := unknown - {known.marker for known in named}:
            raise UnknownMarkers(lost)
        return call.marker in seen

    def unsent(self, call: RecordedCall, take_back: TakeBack | None = None) -> None:
        """Record that nothing was sent for this attempt.

        `take_back` corrects, in the same transaction, a cart that counts this very attempt as sent: another process
        took it for interrupted, or the intent was committed without an answer. If the database accepts no write, the
        next step retries it.
        """
        self._unsent[replace(call, state=CallState.UNSENT)] = take_back
        try:
            self.record_unsent()
        except Exception:  # noqa: BLE001 - the caller raises what came first; the next step raises this again
            _log.warning("unsent_not_recorded subject=%s attempt=%d", call.subject, call.attempt, exc_info=True)

    def record_unsent(self) -> None:
        """Record what is known here as unsent and could not be recorded before.

        Raises `StoreError` if the database cannot be used. One bad correction stops no other request: it is logged, and
        the attempt then ends without it, so its cart still counts it as sent.
        """
        for call, take_back in list(self._unsent.items()):
            try:
                self._end_unsent(call, take_back)
            except StoreError:
                raise
            except CartChanged:  # another process was quicker
                continue
            except Exception:  # noqa: BLE001 - a mistake in one correction is not the other requests' problem
                _log.exception("correction_failed subject=%s attempt=%d", call.subject, call.attempt)
                self._end_unsent(call, None)
            self._unsent.pop(call, None)  # another thread may have been quicker

    def _end_unsent(self, call: RecordedCall, take_back: TakeBack | None) -> None:
        with self._store.begin() as carts:
            carts.decide_alone()  # a process that counts this attempt as sent has done that before, or is refused
            if take_back is not None:
                take_back(carts)
            carts.update_call(call)

    def hold(self, carts: Transaction) -> None:
        """Have recover mode on when the transaction is committed that asks a person about markers without a record."""
        self._recover.begin_within(carts, Cause.MARKERS)

    def accept(
        self, carts: Transaction, markers: Iterable[str], subject: str, cart_id: CartId, started_at: datetime
    ) -> None:
        """Record markers of lost attempts: a person is asked about these attempts in the same transaction."""
        for marker in markers:
            carts.announce_call(RecordedCall(subject, cart_id, 0, started_at, marker=marker, state=CallState.UNSENT))

    def left_over(self, subject: str) -> RecordedCall | None:
        """Return an attempt at this subject, of any cart, without an intent or an end on record.

        Another process may be about to send it; after the settling time it counts as sent. None if it is one that
        `list_again` returns.
        """
        self.record_unsent()
        if subject in self._unlisted:
            return None
        with self._store.read() as carts:
            left = _announced(carts, subject)
        return left[-1] if left else None


def name_by_age(
    markers: Collection[str], recorded: Sequence[RecordedCall], registrar: MarkerCarts
) -> list[RecordedCall]:
    """Return the attempts without a recorded marker that left one of these, each with its marker.

    The answer with the marker's id may be lost, or its process died before it stored it. An attempt explains only the
    marker that it made itself: the database may have lost a later attempt, with everything that was noted since.
    """
    left, named = sorted(markers), []
    for call in (call for call in recorded if call.marker is None):
        own = next((marker for marker in left if registrar.marker_is_of(marker, call.started_at)), None)
        if own is not None:
            left.remove(own)
            named.append(replace(call, marker=own))
    return named


def is_unlisted(error: Exception) -> bool:
    """Return whether an attempt waits because OVH does not list its marker yet."""
    return isinstance(error, RegistrarUnavailable) and error.code == NOT_LISTED


def leave_while_unlisted(cart: Cart, call: RecordedCall, registrar: RegistrarClock, settle: timedelta) -> None:
    """Raise `RegistrarUnavailable` while another process may wait for OVH to list the marker of its attempt.

    The request says so. After `PATIENCE` that process has ended the attempt, or is dead.
    """
    says_so = cart.blocked is not None and cart.blocked.code == NOT_LISTED
    if says_so and not is_over(registrar, call.started_at, PATIENCE + settle):
        raise RegistrarUnavailable(code=NOT_LISTED)


def subject_of(intent: Cart) -> str:
    """Return the subject of an intent's money call."""
    if intent.state is S.PAYING and intent.order is not None:
        return pays(intent.order.id)
    return orders(line.domain.ascii for line in intent.lines)


def attempt_is_announced(carts: Transaction, intent: Cart) -> Objection | None:
    """Condition of an intent: its attempt is announced. It marks the attempt as intended.

    Raises `CartChanged` if another process treated the attempt as interrupted, or announced another one.
    """
    announced = _announced(carts, subject_of(intent))
    if len(announced) != 1 or announced[0].cart_id != intent.id:
        raise CartChanged(intent.id)
    carts.mark_intended(announced[0])
    return None


def _require_no_other(carts: Reading, call: RecordedCall) -> None:
    if _announced(carts, call.subject):
        raise CartChanged(call.cart_id)


def _announced(carts: Reading, subject: str) -> list[RecordedCall]:
    """Return the attempts that have neither an intent nor an end on record, oldest first."""
    return [call for call in carts.money_calls(subject) if call.state is CallState.ANNOUNCED]
