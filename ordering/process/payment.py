"""From the sales order to its payment: paid once, by a decision of a payer or on OVH's own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount, quoted
from ordering.model.sales_order import OrderStatus, Payment, PaymentProgress, PaymentSighting, SalesOrder
from ordering.ports.registrar import MoneyCall, Registrar
from ordering.process.intent import Intents, IntentStopped
from ordering.process.transitions import Glances, Logbook, change, is_for_a_person, order_of

S, K = CartState, EventKind
P = PaymentProgress
# Times the settling time: for a payment that the order itself shows, so that it is neither lost nor stuck yet.
_PATIENCE = 10
_LAST_DAYS = timedelta(days=3)
_REMINDER = "A reminder: the order is still to be paid."
_ON_OVHS_PAGE = (
    "OVH has no other method on file. “Open order” leads a payer to OVH's page, where it can be paid another way: "
    "the desk sees it there."
)


class Payments:
    """The steps checked_out -> paying -> paid. `settle` is how long an unanswered payment is observed."""

    def __init__(self, book: Logbook, registrar: Registrar, intents: Intents, settle: timedelta) -> None:
        self._book = book
        self._intents = intents
        self._registrar = registrar
        self._settle = settle
        self._glances = Glances()

    def watch_order(self, cart: Cart) -> None:
        """Keep how the order can be paid up to date, see where it was paid or cancelled at OVH, and remind once."""
        known = order_of(cart)
        is_as_before = self._is_as_before(cart, known)
        order = known if is_as_before else self._read_anew(cart, known)
        if order is None:
            return
        if self._is_time_to_remind(cart, order):
            self._remind(cart, order)
        else:
            self._book.look_later(cart, order)
        if not is_as_before:  # once it is kept: else what was read now would be taken for known
            self._glances.was_read(cart, self._book.now())

    def pay_or_watch(self, cart: Cart) -> None:
        """Send a payment once, then see what became of it."""
        if cart.payment is None:
            raise AssertionError(f"cart #{cart.id} is being paid without a decision")
        if cart.payment.sent_at is None:
            self._send(cart, cart.payment)
        else:
            self._watch(cart, cart.payment, cart.payment.sent_at)

    def look_again(self, cart: Cart) -> None:
        """A person was asked whether it was paid; OVH may still show it."""
        known, payment = order_of(cart), _payment_of(cart)
        order = known.seen_as(self._registrar.order(known.id), known.methods)
        if order.status.is_paid:
            self._paid(cart, order, seen="after_question", note="OVH shows the payment after all.")
            return
        sighting = self._registrar.payment(order, payment)
        if sighting.progress is P.UNDECIDED and order.status.is_over:
            self._cancelled_while_paying(cart, order, sighting.seen)
        elif sighting.progress in {P.REFUSED, P.CANCELLED} or sighting.shows_none(payment):
            self._not_paid(cart, payment, sighting)
        else:
            self._book.come_back(cart, self._book.pace.after(self._book.now() - cart.since))

    # Before the payment

    def _is_as_before(self, cart: Cart, known: SalesOrder) -> bool:
        """Whether it was read whole lately, and is still neither paid nor over."""
        lately = self._glances.are_enough(cart, self._book.now())
        return lately and self._registrar.order_status(known.id) is known.status

    def _read_anew(self, cart: Cart, known: SalesOrder) -> SalesOrder | None:
        """The order as it is now, with its methods: a card may have been removed or added. None where it is settled."""
        # Before the first time its card offers no way to pay, and somebody waits for that.
        order = known.seen_as(self._registrar.order(known.id, urgent=not known.was_read), known.methods)
        if self._is_settled(cart, order):
            return None
        return known.seen_as(order, self._registrar.payment_methods(known.id))

    def _is_settled(self, cart: Cart, order: SalesOrder) -> bool:
        """Whether there is nothing to pay any more, or nothing that may be paid; that is then written down."""
        if order.status.is_paid:
            self._paid(cart, order, seen="paid_at_ovh", note="It was paid on OVH's own page.", payment=None)
        elif order.status.is_over:
            self._book.cancelled_unpaid(cart, replace(order, methods=()))
        elif not cart.covers(order.total):
            self._book.too_dear(cart, order)
        else:
            return False
        return True

    def _is_time_to_remind(self, cart: Cart, order: SalesOrder) -> bool:
        if cart.reminded_at is not None or cart.attempt is None or order.expires_at is None:
            return False
        return remind_at(cart.attempt.started_at, order.expires_at) <= self._book.now() < order.expires_at

    def _remind(self, cart: Cart, order: SalesOrder) -> None:
        """That it was done stands in the same transaction as the event that does it: so it is done once."""
        now = self._book.now()
        reminded = replace(cart, order=order, reminded_at=now, trouble=None)
        with self._book.store.begin() as carts:
            due_at = now + self._book.pace.after(now - cart.since)
            data: Data = {"order": order.id, "amount": amount(order.total)}
            event = happened(reminded, now, K.PAYMENT_REMINDER, data=data, note=_REMINDER)
            carts.save(reminded, event, due_at=due_at)

    # The payment

    def _send(self, cart: Cart, payment: Payment) -> None:
        known = order_of(cart)
        # It may have been paid, cancelled or changed at OVH since the card was drawn.
        fresh = known.seen_as(self._registrar.order(known.id, urgent=True), known.methods)
        if self._is_settled(cart, fresh):
            return
        if fresh.total != known.total:
            changed = f"OVH changed order {known.id}: {known.total} before, {fresh.total} now."
            note = f"{changed} Nothing was paid: look at it, and pay it as it is now."
            data: Data = {"reason": "order_changed", **change(known, fresh)}
            self._unpaid(cart, K.PAYMENT_NOT_SENT, note, data=data, order=fresh)
            return
        if self._is_begun(cart, payment):
            return
        ahead = self._registrar.clock_ahead()
        with self._registrar.ready_to_pay(known.id, payment.method) as call:
            sent_at = self._book.now()
            sending = replace(cart, payment=replace(payment, sent_at=sent_at, sent_at_ovh=sent_at + ahead))
            try:
                sent = self._intents.commit(sending, at=sent_at, due_at=sent_at + self._book.pace.quickest)
            except IntentStopped:
                return
            # By the half of the settling time: what leaves later could cross with the look for its outcome.
            self._carry_out(call, sent, signed_at=sent_at + ahead, not_after=sent_at + self._settle / 2)

    def _carry_out(self, call: MoneyCall[None], sent: Cart, *, signed_at: datetime, not_after: datetime) -> None:
        known, method = order_of(sent), _payment_of(sent).method
        try:
            call.send(signed_at=signed_at, not_after=not_after)
        except RegistrarRefused as refusal:
            note = f"{refusal} Nothing was paid with {known.name_of(method)}. Choose another way to pay."
            data: Data = {"order": known.id, "method": method, **refusal.data}
            self._unpaid(sent, K.PAYMENT_REFUSED, note, data=data, order=known.refused_by(method))
        except RegistrarUnavailable as busy:
            data = {"order": known.id, "reason": "not_taken", **busy.data}
            self._unpaid(sent, K.PAYMENT_NOT_SENT, f"{busy.sentence} Nothing was paid.", data=data)
        except OutcomeUnknown:
            self._book.come_back(sent, self._book.pace.quickest)
        else:
            self._accepted(sent)

    def _accepted(self, cart: Cart) -> None:
        """OVH took the payment on; whether the bank pays shows later. It is no longer one that may never have been."""
        now = self._book.now()
        accepted = replace(cart, payment=replace(_payment_of(cart), accepted_at=now))
        with self._book.store.begin() as carts:
            carts.save(accepted, due_at=now + self._book.pace.quickest)

    def _is_begun(self, cart: Cart, payment: Payment) -> bool:
        """Whether OVH shows another payment of this order that may still be taken, or was; that is then written down.

        It may be a forgotten one of the desk's, or somebody pays on OVH's own page. A refused one is no hindrance.
        """
        order = order_of(cart)
        made_at = cart.attempt.started_at if cart.attempt else payment.asked_at
        earlier = self._registrar.earlier_payment(order, made_at=made_at)
        if earlier.progress is P.RECEIVED:
            note = "OVH had received a payment already, so the desk sent none."
            checking = replace(order, status=OrderStatus.CHECKING)
            self._paid(cart, checking, seen="before_sending", note=note, payment=None)
        elif earlier.is_open:
            note = (
                f"{earlier.seen} Another payment now could pay the order twice, so the desk sent none. "
                "Open the order to see how it stands: it can be paid there, or here when that one has ended."
            )
            data: Data = {"order": order.id, "reason": "payment_open", "ovh": {"progress": earlier.progress.value}}
            self._unpaid(cart, K.PAYMENT_NOT_SENT, note, data=data)
        else:
            return False
        return True

    def _watch(self, cart: Cart, payment: Payment, sent_at: datetime) -> None:
        order, waited = order_of(cart), self._book.now() - sent_at
        try:
            sighting = self._registrar.payment(order, payment)
        except (RegistrarRefused, RegistrarUnavailable) as error:
            if not is_for_a_person(error, waited, self._settle):
                raise
            self._ask_a_person(cart, payment, error.sentence, error.data)
            return
        match sighting.progress:
            case P.RECEIVED:
                self._paid(cart, replace(order, status=OrderStatus.CHECKING))
            case P.REFUSED | P.CANCELLED:
                self._not_paid(cart, payment, sighting)
            case P.NOT_SEEN if waited >= self._settle and sighting.shows_none(payment):
                self._not_paid(cart, payment, sighting)
            case P.UNDECIDED if waited >= self._settle:
                self._ask_a_person(cart, payment, sighting.seen, _seen(sighting))
            case P.UNDER_WAY | P.NOT_SEEN if waited >= self._settle * _PATIENCE:
                self._ask_a_person(cart, payment, sighting.seen, _seen(sighting))
            case _:
                self._book.come_back(cart, self._book.pace.after(waited))

    def _paid(
        self, cart: Cart, order: SalesOrder, *, seen: str = "after_sending", note: str | None = None, **changes: object
    ) -> None:
        """Keep that OVH has the payment. `seen` says when OVH showed it."""
        paid = cart.to(S.PAID, at=self._book.now(), order=order, note=note, **changes)
        data: Data = {"order": order.id, "amount": amount(order.total), "seen": seen}
        self._book.save(paid, K.PAYMENT_RECEIVED, data=data, due_in=timedelta())

    def _not_paid(self, cart: Cart, payment: Payment, sighting: PaymentSighting) -> None:
        """The same order can be paid another way: never is there a second one."""
        order = order_of(cart)
        method, progress, seen = order.name_of(payment.method), sighting.progress, sighting.seen
        if progress is P.CANCELLED and payment.accepted_at is not None:
            self._cancelled_while_paying(cart, replace(order, status=OrderStatus.CANCELLED, methods=()), seen)
        elif progress is P.CANCELLED:
            self._book.cancelled_unpaid(cart, replace(order, status=OrderStatus.CANCELLED, methods=()))
        elif progress is P.REFUSED:
            why = f" OVH says: {seen}." if seen else ""
            refused = order.refused_by(payment.method)
            way_on = _ON_OVHS_PAGE if refused.refuses_all else "Choose another way to pay."
            note = f"{method} was refused.{why} Nothing was paid. {way_on}"
            data: Data = {"order": order.id, "method": payment.method, "ovh": {"said": quoted(seen)}}
            self._unpaid(cart, K.PAYMENT_REFUSED, note, data=data, order=refused)
        else:
            tried = order.refused_by(payment.method) if sighting.failed else order
            note = f"OVH has not taken the payment with {method}. {seen} Choose a way to pay again."
            data = {"order": order.id, "method": payment.method, **_seen(sighting)}
            self._unpaid(cart, K.PAYMENT_NOT_SEEN, note, data=data, order=tried)

    def _cancelled_while_paying(self, cart: Cart, order: SalesOrder, seen: str | None) -> None:
        """OVH cancelled an order after it took a payment on, or may have."""
        told = seen or "It had accepted the payment."
        note = f"OVH cancelled order {order.id}. {told} If it was taken, ask OVH's support to give it back."
        data: Data = {"order": order.id, "ovh": {"status": order.status.value}}
        self._book.needs_attention(cart, K.ORDER_CANCELLED_AFTER_PAYMENT, note, data=data, order=order)

    def _ask_a_person(self, cart: Cart, payment: Payment, seen: str | None, facts: Data) -> None:
        order = order_of(cart)
        method = order.name_of(payment.method)
        note = (
            f"OVH does not say whether order {order.id} was paid with {method}. {seen or ''} The desk keeps looking. "
            "Look at the order at OVH and at the account that pays, then say what happened."
        )
        data: Data = {"order": order.id, "method": payment.method, **facts}
        self._book.needs_attention(cart, K.PAYMENT_UNKNOWN, note, data=data, follow=True)

    def _unpaid(self, cart: Cart, kind: EventKind, note: str, *, data: Data, **changes: object) -> None:
        """Have the order be payable again, with the fact of why it was not paid."""
        unpaid = cart.to(S.CHECKED_OUT, at=self._book.now(), payment=None, note=note, **changes)
        self._book.save(unpaid, kind, data=data, due_in=timedelta())


def remind_at(made_at: datetime, expires_at: datetime) -> datetime:
    """When the payers of an unpaid order are reminded: at half of its life or three days before its end, the later."""
    return max(made_at + (expires_at - made_at) / 2, expires_at - _LAST_DAYS)


def _seen(sighting: PaymentSighting) -> Data:
    """Return what OVH showed of a payment, as data."""
    shown = {"progress": sighting.progress.value, "unfinished": sighting.unfinished, "failed": sighting.failed}
    return {"ovh": {**shown, "taken_at": sighting.taken_at.isoformat() if sighting.taken_at else None}}


def _payment_of(cart: Cart) -> Payment:
    if cart.payment is None:
        raise AssertionError(f"cart #{cart.id} is being paid without a payment")
    return cart.payment
