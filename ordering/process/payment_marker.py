"""The marker a payment leaves at OVH: it reveals an earlier payment that is not on record, or was interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart
from ordering.model.facts import Data, EventKind
from ordering.model.money_call import CallState, RecordedCall, pays
from ordering.model.sales_order import Payment
from ordering.ports.clock import RegistrarClock
from ordering.process.floors import is_over
from ordering.process.money_markers import MemoryWentBack, MoneyMarkers
from ordering.process.transitions import Logbook, order_of


class PaymentMarkers:
    """Marks payments before they are sent.

    `settle`: how long an attempt is left to the process that began it.
    """

    def __init__(self, book: Logbook, registrar: RegistrarClock, markers: MoneyMarkers, settle: timedelta) -> None:
        self._book = book
        self._registrar = registrar
        self._markers = markers
        self._settle = settle

    def announce(self, cart: Cart, payment: Payment, started_at: datetime) -> RecordedCall | None:
        """Mark the payment at OVH. If OVH has a marker of a payment that is not on record, ask a person instead.

        The payment then counts as sent now, without an end on record, so its floor is the longest one.
        """
        order = order_of(cart)
        try:
            return self._markers.announce(RecordedCall(pays(order.id), cart.id, 1, started_at))
        except MemoryWentBack as proof:
            self._markers.accept(proof.markers, pays(order.id), cart.id, started_at)
            data: Data = {"order": order.id, "method": payment.method, "markers": proof.markers}
            lost = replace(payment, sent_at=self._book.now(), sent_at_ovh=started_at, word=None)
            kind = EventKind.ATTEMPT_NOT_ON_RECORD
            self._book.needs_attention(cart, kind, data=data, follow=True, payment=lost)
            return None

    def unsent(self, recorded: RecordedCall) -> None:
        """Record that nothing was sent for this attempt."""
        self._markers.unsent(recorded)

    def was_interrupted(self, cart: Cart, payment: Payment) -> bool:
        """Return whether an earlier attempt has neither intent nor end on record: then it counts as sent.

        A recent attempt may be another process's, which is about to send it.
        """
        left = self._markers.left_over(pays(order_of(cart).id))
        if left is None:
            return False
        if not is_over(self._registrar, left.started_at, self._settle):
            self._book.come_back(cart, self._book.pace.quickest)
            return True
        now = self._book.now()
        sent = replace(cart, payment=replace(payment, sent_at=now, sent_at_ovh=left.started_at))
        with self._book.store.begin() as carts:
            carts.update_call(replace(left, state=CallState.INTENDED))
            carts.save(sent, due_at=now)
        return True
