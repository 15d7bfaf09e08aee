"""What the driver carries out: check out, pay, follow the order until the names work.

Every irreversible call stands between two commits: the intent before it, the result after it. After a lost
answer the next step looks and never repeats; so a restart runs the same code as the happy way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordering.cart import Cart, CartState, Trouble
from ordering.domain_name import DomainName
from ordering.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.events import happened
from ordering.policy import Policy
from ordering.ports import Prepared, Registrar, Store
from ordering.sales_order import (
    Attempt,
    Delivery,
    DeliveryProgress,
    Finding,
    OrderStatus,
    PaymentProgress,
    SalesOrder,
    Sighting,
)
from ordering.seal import differences, seal

S = CartState


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look: a tenth of the time already waited, within these bounds."""

    quickest: timedelta = timedelta(seconds=2)
    slowest: timedelta = timedelta(minutes=5)

    def after(self, waited: timedelta) -> timedelta:
        return max(self.quickest, min(waited / 10, self.slowest))


class Fulfilment:
    """Advances carts one step at a time. `settle` is how long an unanswered money call is observed."""

    def __init__(
        self,
        *,
        store: Store,
        registrar: Registrar,
        policy: Policy,
        clock: Callable[[], datetime],
        settle: timedelta = timedelta(seconds=60),
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock
        self._settle = settle
        self._pace = pace or Pace()
        self._steps = {
            S.APPROVED: self._check_out,
            S.CHECKING_OUT: self._look_for_order,
            S.CHECKED_OUT: self._watch_order,
            S.PAYING: self._pay_or_watch_payment,
            S.PAID: self._watch_delivery,
            S.NEEDS_ATTENTION: self._look_again,
        }

    def due(self) -> list[int]:
        """Numbers of the carts that have something to be done now."""
        with self._store.read() as carts:
            return carts.due(self._clock())

    def next_due(self) -> datetime | None:
        with self._store.read() as carts:
            return carts.next_due()

    def advance(self, cart_id: int) -> None:
        """Do the next step of a cart, or come back later where OVH does not answer."""
        with self._store.read() as carts:
            cart = carts.cart(cart_id)
        step = self._steps.get(cart.state)
        if step is None:
            return
        try:
            step(cart)
        except (RegistrarUnavailable, RegistrarRefused) as error:
            # A question went unanswered or was refused: nothing was done, so the same step can be done later.
            self._try_later(cart, str(error))
            raise
        if cart.trouble is not None:
            self._trouble_is_over(cart)

    def put_off(self, cart_id: int) -> None:
        """Come back late to a cart whose step failed in an unforeseen way."""
        with self._store.read() as carts:
            cart = carts.cart(cart_id)
        self._come_back(cart, self._pace.slowest)

    # approved -> checking_out -> checked_out

    def _check_out(self, cart: Cart) -> None:
        number = (cart.attempt.number if cart.attempt else 0) + 1
        try:
            prepared = self._registrar.prepare(cart.lines, reference=f"Domain Desk #{cart.id} attempt {number}")
        except RegistrarRefused as refusal:
            self._needs_attention(cart, f"{refusal} Nothing was ordered.", attempt=None)
            return
        if not self._still_sealed(cart, prepared):
            return
        begun = self._begin_attempt(cart, Attempt(number, prepared.registrar_cart, self._clock()))
        try:
            order = self._registrar.check_out(prepared.registrar_cart, waive_retraction=self._policy.waive_retraction)
        except RegistrarRefused as refusal:
            self._needs_attention(begun, f"{refusal} Nothing was ordered.", attempt=None)
        except RegistrarUnavailable as busy:
            self._step_back(begun, f"{busy} Nothing was ordered; trying again.")
        except OutcomeUnknown:
            self._come_back(begun, self._pace.quickest)
        else:
            self._ordered(begun, order)

    def _still_sealed(self, cart: Cart, prepared: Prepared) -> bool:
        if cart.seal is None or cart.quote is None:
            raise AssertionError(f"cart #{cart.id} is approved without a seal")
        quote = prepared.quote
        fresh = seal(cart.lines, quote, waive_retraction=self._policy.waive_retraction)
        if cart.seal.holds_for(fresh):
            return True
        self._registrar.discard(prepared.registrar_cart)
        changed = "; ".join(differences(cart.quote, quote))
        note = f"What was approved has changed ({changed}), so nothing was ordered. Please decide again."
        self._save(cart.to(S.SUBMITTED, at=self._clock(), quote=quote, seal=fresh, approved_by=(), note=note))
        return False

    def _begin_attempt(self, cart: Cart, attempt: Attempt) -> Cart:
        begun = cart.to(S.CHECKING_OUT, at=attempt.started_at, attempt=attempt)
        # Should this process die now, the next one looks: but not while the call may still be on the wire.
        return self._save(begun, due_in=self._settle / 4)

    def _look_for_order(self, cart: Cart) -> None:
        sighting = self._find_order(cart)
        waited = self._clock() - cart.since
        if sighting.order is not None:
            self._ordered(cart, sighting.order, note="OVH's answer was lost; the order was found there.")
        elif waited < self._settle:
            self._come_back(cart, self._pace.after(waited))
        elif sighting.finding is Finding.ABSENT:
            self._order_anew(cart)
        else:
            note = f"OVH did not say whether it made the order. {sighting.seen} The desk keeps looking."
            self._needs_attention(cart, note, follow=True)

    def _order_anew(self, cart: Cart) -> None:
        """Step back for another try, once the old cart is gone: a checkout that is still on its way would find it."""
        if cart.attempt is None or not self._registrar.discard(cart.attempt.registrar_cart):
            self._come_back(cart, self._pace.quickest)
            return
        sighting = self._find_order(cart)  # it may have come through just before the cart went
        if sighting.order is not None:
            self._ordered(cart, sighting.order, note="OVH's answer was lost; the order was found there.")
        else:
            self._step_back(cart, "OVH's answer was lost and no order was made there; trying again.")

    def _find_order(self, cart: Cart) -> Sighting:
        if cart.attempt is None or cart.seal is None:
            raise AssertionError(f"cart #{cart.id} has no attempt to look for")
        with self._store.read() as carts:
            known = carts.known_orders()
        return self._registrar.find_order(cart.attempt, cart.lines, cart.seal.total, known=known)

    def _ordered(self, cart: Cart, order: SalesOrder, *, note: str | None = None) -> None:
        if cart.seal is None or order.total.currency != cart.seal.total.currency or order.total > cart.seal.total:
            approved = cart.seal.total if cart.seal else "nothing"
            self._needs_attention(
                cart,
                f"OVH made order {order.id} over {order.total}, but {approved} was approved. "
                "It is not paid, and the desk will not pay it. OVH cancels it when nobody pays.",
                follow=True,
                order=order,
            )
            return
        # How it can be paid is read with its expiry in the next step: until then neither is known.
        made = replace(order, expires_at=None)
        self._save(cart.to(S.CHECKED_OUT, at=self._clock(), order=made, note=note), due_in=timedelta())

    def _step_back(self, cart: Cart, note: str) -> None:
        self._save(cart.to(S.APPROVED, at=self._clock(), note=note), due_in=self._pace.quickest)

    # checked_out -> paying -> paid

    def _watch_order(self, cart: Cart) -> None:
        known = _order_of(cart)
        order = self._registrar.order(known.id)
        # Read each time: a card may have been refused, removed or added since.
        methods = () if order.status.is_over else self._registrar.payment_methods(known.id)
        seen = replace(order, methods=methods)
        if order.status.is_paid:
            note = "paid on OVH's own page"
            self._save(cart.to(S.PAID, at=self._clock(), order=seen, note=note), due_in=timedelta())
        elif order.status.is_over:
            note = f"OVH cancelled order {order.id}: nothing was paid."
            self._save(cart.to(S.CANCELLED, at=self._clock(), order=seen, note=note))
        elif seen != known:
            self._refresh(cart, seen)
        else:
            self._come_back(cart, self._pace.after(self._clock() - cart.since))

    def _pay_or_watch_payment(self, cart: Cart) -> None:
        if cart.payment is None:
            raise AssertionError(f"cart #{cart.id} is being paid without a decision")
        if cart.payment.sent_at is None:
            self._send_payment(cart)
        else:
            self._watch_payment(cart, cart.payment.sent_at)

    def _send_payment(self, cart: Cart) -> None:
        order, payment = _order_of(cart), cart.payment
        if payment is None:
            raise AssertionError(f"cart #{cart.id} is being paid without a decision")
        sending = replace(cart, payment=replace(payment, sent_at=self._clock()))
        with self._store.begin() as carts:
            sent = carts.save(sending, due_at=self._clock() + self._pace.quickest)
        try:
            self._registrar.pay(order.id, payment.method)
        except (RegistrarRefused, RegistrarUnavailable) as refusal:
            self._unpaid(sent, f"{refusal} Nothing was paid: choose another payment method, or try again.")
        except OutcomeUnknown:
            self._come_back(sent, self._pace.quickest)

    def _watch_payment(self, cart: Cart, sent_at: datetime) -> None:
        order = _order_of(cart)
        progress = self._registrar.payment(order.id, since=sent_at)
        waited = self._clock() - sent_at
        if progress is PaymentProgress.RECEIVED:
            paid = replace(order, status=OrderStatus.CHECKING)
            self._save(cart.to(S.PAID, at=self._clock(), order=paid), due_in=timedelta())
        elif progress is PaymentProgress.REFUSED:
            self._unpaid(cart, "OVH says that the payment was refused. Choose another payment method.")
        elif progress is PaymentProgress.NOT_SEEN and waited >= self._settle:
            self._unpaid(cart, "OVH has not taken the payment. Choose a payment method and pay again.")
        else:
            self._come_back(cart, self._pace.after(waited))

    def _unpaid(self, cart: Cart, note: str) -> None:
        self._save(cart.to(S.CHECKED_OUT, at=self._clock(), payment=None, note=note), due_in=timedelta())

    # paid -> delivered

    def _watch_delivery(self, cart: Cart) -> None:
        known = _order_of(cart)
        order = replace(self._registrar.order(known.id), methods=known.methods)
        if order.status.is_over:
            self._cancelled(cart, order)
            return
        deliveries = {line.domain: self._registrar.delivery(line.domain) for line in cart.lines}
        trouble = _trouble(order, deliveries)
        arrived = all(d.progress is DeliveryProgress.DELIVERED for d in deliveries.values())
        if order.status is OrderStatus.DELIVERED and trouble is None and arrived:
            self._save(cart.to(S.DELIVERED, at=self._clock(), order=order))
        elif trouble is not None and trouble != cart.note:
            self._needs_attention(cart, trouble, follow=True, order=order)
        elif trouble is None and cart.state is S.NEEDS_ATTENTION and order.status.is_paid:
            note = "what was missing has arrived"
            self._save(cart.to(S.PAID, at=self._clock(), order=order, note=note), due_in=timedelta())
        elif order != known:
            self._refresh(cart, order)
        else:
            self._come_back(cart, self._pace.after(self._clock() - cart.since))

    def _cancelled(self, cart: Cart, order: SalesOrder) -> None:
        if cart.state is S.PAID or _order_of(cart).status.is_paid:
            note = f"OVH cancelled order {order.id} after it was paid. Ask OVH's support about the refund."
            self._needs_attention(cart, note, order=order)
        else:
            note = f"OVH cancelled order {order.id}: nothing was paid."
            self._save(cart.to(S.CANCELLED, at=self._clock(), order=order, note=note))

    # needs_attention: OVH may still mend what a person would have to

    def _look_again(self, cart: Cart) -> None:
        if cart.order is not None:
            self._watch_delivery(cart)
            return
        sighting = self._find_order(cart)
        if sighting.order is not None:
            self._ordered(cart, sighting.order, note="The order was found at OVH after all.")
        else:
            self._come_back(cart, self._pace.after(self._clock() - cart.since))

    # Writing it down

    def _needs_attention(self, cart: Cart, note: str, *, follow: bool = False, **changes: object) -> None:
        """Ask for a person; with `follow`, keep looking whether OVH mends it."""
        moved = cart.to(S.NEEDS_ATTENTION, at=self._clock(), note=note, **changes)
        self._save(moved, due_in=self._pace.quickest if follow else None)

    def _refresh(self, cart: Cart, order: SalesOrder) -> None:
        """Keep what the order shows now; its state is the same, so this is an event only where its amount changed."""
        now, known = self._clock(), _order_of(cart)
        events = []
        if (order.total, order.tax) != (known.total, known.tax):
            note = f"OVH changed order {order.id}: {known.total} before, {order.total} now."
            events.append(happened(cart, now, note=note))
        with self._store.begin() as carts:
            carts.save(
                replace(cart, order=order, trouble=None), *events, due_at=now + self._pace.after(now - cart.since)
            )

    def _save(self, cart: Cart, *, due_in: timedelta | None = None) -> Cart:
        now = self._clock()
        with self._store.begin() as carts:
            return carts.save(
                cart, happened(cart, now, note=cart.note), due_at=None if due_in is None else now + due_in
            )

    def _try_later(self, cart: Cart, why: str) -> None:
        """Note what keeps the desk from going on, so that people see it, and come back less and less often."""
        now = self._clock()
        said = why.partition(" Try again")[0]  # that is what the desk does
        since = cart.trouble.since if cart.trouble else now
        wait = self._pace.after(now - since)
        if cart.trouble is not None and cart.trouble.said == said:
            self._come_back(cart, wait)
            return
        with self._store.begin() as carts:
            carts.save(replace(cart, trouble=Trouble(said, since)), due_at=now + wait)

    def _trouble_is_over(self, cart: Cart) -> None:
        """The step went through, and changed nothing that would have taken the note off."""
        with self._store.begin() as carts:
            if carts.cart(cart.id).version == cart.version:
                carts.save(replace(cart, trouble=None), due_at=self._clock() + self._pace.quickest)

    def _come_back(self, cart: Cart, wait: timedelta) -> None:
        with self._store.begin() as carts:
            carts.postpone(cart.id, version=cart.version, due_at=self._clock() + wait)


def _order_of(cart: Cart) -> SalesOrder:
    if cart.order is None:
        raise AssertionError(f"cart #{cart.id} is {cart.state.in_words} without a sales order")
    return cart.order


def _trouble(order: SalesOrder, deliveries: Mapping[DomainName, Delivery]) -> str | None:
    if order.status is OrderStatus.DOCUMENTS_REQUESTED:
        return f"OVH asks for documents for order {order.id}. Open the order at OVH and send them."
    for domain, delivery in deliveries.items():
        if delivery.progress is DeliveryProgress.FAILED:
            return f"The registry did not register {domain}: {delivery.comment or 'no reason given'}."
    return None
