"""The marker a payment leaves at OVH: it reveals an earlier payment that is not on record, or was interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ordering.model.cart import Cart
from ordering.model.cart_phases import Ordered, Paying
from ordering.model.errors import NoSuchCart, NotSent, RegistrarError
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind
from ordering.model.money_call import RecordedCall, pays
from ordering.model.sales_order import Payment
from ordering.ports.clock import RegistrarClock
from ordering.ports.store import Transaction
from ordering.process.floors import is_over
from ordering.process.money_markers import MoneyMarkers, UnknownMarkers, leave_while_unlisted
from ordering.process.transitions import Logbook


class PaymentMarkers:
    """Marks payments before they are sent.

    `settle`: how long an attempt is left to the process that began it.
    """

    def __init__(self, book: Logbook, registrar: RegistrarClock, markers: MoneyMarkers, settle: timedelta) -> None:
        self._book = book
        self._registrar = registrar
        self._markers = markers
        self._settle = settle

    def announce(self, cart: Paying, payment: Payment, started_at: datetime) -> RecordedCall | None:
        """Mark the payment at OVH. If OVH has a marker of a payment that is not on record, ask a person instead.

        The payment then counts as sent now, without an end on record, so its floor is the longest one.
        """
        order = cart.order
        try:
            call = RecordedCall(pays(order.id), cart.id, 1, started_at)
            waiting = self._markers.list_again(call.subject, cart.id, now=started_at)
            return waiting or self._markers.announce(call, take_back=partial(self._take_back, call, None))
        except UnknownMarkers as proof:
            markers = proof.markers

            def keep_and_hold(carts: Transaction) -> None:
                self._markers.hold(carts)
                self._markers.accept(carts, markers, pays(order.id), cart.id, started_at)

            data: Data = {"order": order.id, "method": payment.method, "markers": markers}
            lost = replace(payment, sent_at=self._book.now(), sent_at_ovh=started_at, statement=None)
            kind = EventKind.ATTEMPT_NOT_ON_RECORD
            asking = replace(cart, payment=lost)
            self._book.needs_attention(asking, kind, data=data, follow=True, first=keep_and_hold)
            return None

    def unsent(self, recorded: RecordedCall, sending: Paying | None = None) -> None:
        """Record that nothing was sent for this attempt; `sending` is its intent, if that may be on record."""
        self._markers.unsent(recorded, partial(self._take_back, recorded, sending))

    def _take_back(self, call: RecordedCall, sending: Paying | None, carts: Transaction) -> None:
        """Make the order payable again if its cart counts this very attempt as sent.

        Unless a payer said that it was paid: that is about another payment.
        """
        try:
            cart = carts.cart(call.cart_id)
        except NoSuchCart:  # the database went back
            return
        payment = cart.payment
        if payment is None or not cart.pays_or_may or payment.is_affirmed:
            return
        was_taken_over = payment.sent_at_ovh == call.started_at  # what `was_interrupted` stores; an intent is later
        if was_taken_over or (sending is not None and still_paying(cart, sending) is not None):
            save_unsent(carts, Ordered.of(cart), NotSent(code="held_up"), at=self._book.now())

    def was_interrupted(self, cart: Paying, payment: Payment) -> bool:
        """Return whether an earlier attempt has neither intent nor end on record: then it counts as sent.

        A recent attempt may be another process's, which is about to send it. Raises `CartChanged` if that process ended
        it in the meantime.
        """
        left = self._markers.left_over(pays(cart.order.id))
        if left is None:
            return False
        leave_while_unlisted(cart, left, self._registrar, self._settle)
        if not is_over(self._registrar, left.started_at, self._settle):
            self._book.come_back(cart, self._book.poll_schedule.quickest)
            return True
        now = self._book.now()
        sent = replace(cart, payment=replace(payment, sent_at=now, sent_at_ovh=left.started_at))
        with self._book.store.begin() as carts:
            carts.decide_alone()
            carts.save(sent, due_at=now)
            carts.mark_intended(left)  # refuses if its process has recorded in the meantime that it sent nothing
        return True


def save_unsent(carts: Transaction, cart: Ordered, unsent: RegistrarError, *, at: datetime) -> None:
    """Make the order payable again at once: the sender knows that no byte left."""
    data: Data = {"order": cart.order.id, "reason": "not_sent", **unsent.data}
    unpaid = cart.unpaid(at=at).saying(EventKind.PAYMENT_NOT_SENT, data)
    carts.save(unpaid, happened(unpaid, at, EventKind.PAYMENT_NOT_SENT, data=data), due_at=at)


def still_paying(cart: Cart, sent: Paying) -> Paying | None:
    """Return the cart as being paid by the payment that was sent; None if it is no longer about that one."""
    if not cart.pays_or_may:
        return None
    paying = Paying.of(cart)
    now, then = paying.payment, sent.payment
    return paying if (now.sent_at, now.asked_at) == (then.sent_at, then.asked_at) else None
