"""From the approval to a sales order: one checkout, and after a lost answer a search for what it made."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.errors import (
    CartChanged,
    NotSent,
    OutcomeUnknown,
    RegistrarError,
    RegistrarRefused,
    RegistrarUnavailable,
)
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.policy import Policy
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, Outcome, SalesOrder, Sighting
from ordering.model.seal import SealForm, differences, form_of, renewal_differences, seal
from ordering.ports.registrar import MoneyCall, Prepared, Registrar
from ordering.process.intent import Condition, Intents, IntentStopped
from ordering.process.renewals import as_offered_now
from ordering.process.transitions import Logbook, is_for_a_person

S, K = CartState, EventKind
_MOST_TRIES = 5


class Checkout:
    """The steps approved -> checking_out -> checked_out. `settle` is how long an unanswered checkout is observed."""

    def __init__(
        self, book: Logbook, registrar: Registrar, policy: Policy, intents: Intents, settle: timedelta
    ) -> None:
        self._book = book
        self._intents = intents
        self._registrar = registrar
        self._policy = policy
        self._settle = settle

    def check_out(self, cart: Cart) -> None:
        """Order what was approved, unless OVH's fresh quote is not what was sealed."""
        number = (cart.attempt.number if cart.attempt else 0) + 1
        try:
            prepared = self._registrar.prepare(cart.lines, reference=f"Domain Desk #{cart.id} attempt {number}")
        except RegistrarRefused as refusal:
            note = f"{refusal} Nothing was ordered."
            self._book.needs_attention(cart, K.CHECKOUT_REFUSED, note, data=refusal.data, attempt=None)
            return
        if not self._still_sealed(cart, prepared):
            return
        with ExitStack() as held:
            try:
                standing = self._intents.read(cart)
                earlier = self._ordered_before(cart)
                if earlier is None and not self._renewals_hold(cart, prepared):
                    return
                ahead = self._registrar.clock_ahead()
                call = None if earlier else held.enter_context(self._ready(prepared))
                attempt = Attempt(number, prepared.registrar_cart, self._book.now() + ahead)
                begun = self._begin_attempt(cart, attempt, prepared.quote, standing)
            except IntentStopped:
                held.close()  # its permit may be the only one
                self._registrar.discard(prepared.registrar_cart)
                return
            except (RegistrarError, CartChanged):  # OVH or Slack does not answer, or somebody stopped it
                held.close()
                self._registrar.discard(prepared.registrar_cart)  # the next try builds another one
                raise
            if call is not None:
                self._send(begun, call)
            elif earlier is not None:
                self._registrar.discard(prepared.registrar_cart)
                note = "OVH had an order for exactly these names already: it is this cart's."
                self._ordered(begun, earlier, found="before_checkout", note=note)

    def _ready(self, prepared: Prepared) -> AbstractContextManager[MoneyCall[SalesOrder]]:
        waive_retraction = self._policy.waive_retraction
        return self._registrar.ready_to_check_out(prepared.registrar_cart, waive_retraction=waive_retraction)

    def _send(self, begun: Cart, call: MoneyCall[SalesOrder]) -> None:
        not_after = begun.since + self._settle / 2  # what leaves later could come after everybody stopped looking
        try:
            order = call.send(signed_at=_attempt_of(begun).started_at, not_after=not_after)
        except NotSent as held_up:
            self._not_sent(begun, held_up)
        except RegistrarRefused as refusal:
            self._refused(begun, refusal)
        except RegistrarUnavailable as busy:
            self._turned_away(begun, busy)
        except OutcomeUnknown:
            self._book.come_back(begun, self._book.pace.quickest)
        else:
            self._ordered(begun, order)

    def _ordered_before(self, cart: Cart) -> SalesOrder | None:
        """An order of this cart that the memory does not know: it may have lost its newest changes, to a crash say."""
        with self._book.store.read() as carts:
            lost = carts.standing().lost
        since = cart.since if lost is None else lost.looks_back(cart.since, now=self._book.now())
        return self._registrar.order_since(since, cart.lines, known=self._book.known_orders)

    def _still_sealed(self, cart: Cart, prepared: Prepared) -> bool:
        if cart.seal is None or cart.quote is None:
            raise AssertionError(f"cart #{cart.id} is approved without a seal")
        if self._form_of_seal(cart, prepared) and prepared.quote.total.is_within(cart.seal.total):
            return True
        self._decide_again(cart, prepared, cart.lines, differences(cart.quote, prepared.quote))
        return False

    def _renewals_hold(self, cart: Cart, prepared: Prepared) -> bool:
        """Look every name up again and compare its renewal price with the approved one.

        Raises `RegistrarUnavailable` where OVH does not answer for a name. A name that is not free needs a person.
        An approval of before renewals were sealed does not cover them.
        """
        if self._form_of_seal(cart, prepared) is SealForm.WITHOUT_RENEWALS:
            return True
        try:
            lines = as_offered_now(cart.lines, self._registrar)
        except RegistrarRefused as refusal:
            self._registrar.discard(prepared.registrar_cart)
            self._book.needs_attention(cart, K.CHECKOUT_REFUSED, str(refusal), data=refusal.data, attempt=None)
            return False
        changed = renewal_differences(cart.lines, lines)
        if changed:
            self._decide_again(cart, prepared, lines, changed)
        return not changed

    def _form_of_seal(self, cart: Cart, prepared: Prepared) -> SealForm | None:
        if cart.seal is None:
            return None
        return form_of(cart.seal, cart.lines, prepared.quote, waive_retraction=self._policy.waive_retraction)

    def _decide_again(self, cart: Cart, prepared: Prepared, lines: tuple[Line, ...], changed: Sequence[str]) -> None:
        """Void the approval, and show the approvers what changed."""
        self._registrar.discard(prepared.registrar_cart)
        note = "\n".join(["OVH's terms changed, so nothing was ordered. Please decide again.", *changed])
        fresh = seal(lines, prepared.quote, waive_retraction=self._policy.waive_retraction)
        submitted = cart.to(
            S.SUBMITTED, at=self._book.now(), lines=lines, quote=prepared.quote, seal=fresh, approved_by=(), note=note
        )
        data: Data = {
            "approved": {"total": amount(cart.seal.total) if cart.seal else None, "renewals": _renewals(cart.lines)},
            "ovh": {"total": amount(prepared.quote.total), "renewals": _renewals(lines)},
        }
        self._book.save(submitted, K.TERMS_CHANGED, data=data)

    def _begin_attempt(self, cart: Cart, attempt: Attempt, quote: Quote, standing: Sequence[Condition]) -> Cart:
        note = None
        if cart.seal is not None and quote.total < cart.seal.total:
            note = f"OVH asks {quote.total} with tax now, less than the {cart.seal.total} that was approved."
        begun = cart.to(S.CHECKING_OUT, at=self._book.now(), attempt=attempt, quote=quote, note=note)
        # Should this process die now, the next one looks: but not while the call may still be on the wire.
        now = self._book.now()
        data: Data = {
            "attempt": attempt.number,
            "ovh": {"cart": attempt.registrar_cart, "total": amount(quote.total)},
        }
        event = happened(begun, now, K.CHECKOUT_STARTED, data=data, note=begun.note)
        return self._intents.commit(begun, event, standing=standing, at=now, due_at=now + self._settle / 4)

    def _refused(self, cart: Cart, refusal: RegistrarRefused) -> None:
        """Keep OVH's no, and believe it once no order shows: a call that was repeated on the way is refused, too."""
        attempt = replace(_attempt_of(cart), refusal=str(refusal))
        with self._book.store.begin() as carts:
            due_at = self._book.now() + self._book.pace.quickest
            refused = carts.save(replace(cart, attempt=attempt), due_at=due_at)
        self.look_for_order(refused)

    def _not_sent(self, cart: Cart, held_up: NotSent) -> None:
        """No byte of the call left, so there is nothing to look for."""
        self._registrar.discard(_attempt_of(cart).registrar_cart)
        self._step_back(cart, f"{held_up.sentence} Nothing was ordered", held_up.data)

    def _turned_away(self, cart: Cart, busy: RegistrarUnavailable) -> None:
        """OVH did not take the call; but one that was repeated on the way may have been taken the first time."""
        attempt = _attempt_of(cart)
        is_open = self._find_order(cart).outcome is Outcome.ABSENT
        if is_open and self._registrar.discard(attempt.registrar_cart):
            self._step_back(cart, f"{busy.sentence} Nothing was ordered", busy.data)
        else:
            self._book.come_back(cart, self._book.pace.quickest)

    def look_for_order(self, cart: Cart) -> None:
        """After a lost answer: adopt the order that was made, or step back once it is proven that none was."""
        waited, attempt = self._book.now() - cart.since, _attempt_of(cart)
        try:
            sighting = self._find_order(cart)
        except (RegistrarRefused, RegistrarUnavailable) as error:
            if not is_for_a_person(error, waited, self._settle):
                raise
            note = f"OVH does not tell whether it made the order: {error.sentence} The desk keeps looking."
            data: Data = {"attempt": attempt.number, **error.data}
            self._book.needs_attention(cart, K.ORDER_UNKNOWN, note, data=data, follow=True)
            return
        if sighting.order is not None:
            note = "OVH's answer was lost; the order was found there."
            self._ordered(cart, sighting.order, found="after_lost_answer", note=note)
        elif attempt.withdrawn_at is not None and not sighting.candidates:
            self._nothing_was_ordered(cart, attempt, attempt.withdrawn_at)
        elif sighting.outcome is Outcome.ABSENT and (attempt.refusal or waited >= self._settle):
            self._withdraw(cart, attempt)
        elif waited < self._settle:
            self._book.come_back(cart, self._book.pace.after(waited))
        else:
            said = attempt.refusal or "OVH did not say whether it made the order."
            note = f"{said} {sighting.seen} The desk keeps looking."
            self._book.needs_attention(cart, K.ORDER_UNKNOWN, note, data=_seen(attempt, sighting), follow=True)

    def look_again(self, cart: Cart) -> None:
        """A person was asked what became of it; the order may still show."""
        sighting = self._find_order(cart)
        if sighting.order is not None:
            self._ordered(cart, sighting.order, found="later", note="The order was found at OVH after all.")
        else:
            self._book.come_back(cart, self._book.pace.after(self._book.now() - cart.since))

    def _withdraw(self, cart: Cart, attempt: Attempt) -> None:
        """Give the old cart back, as a checkout that is still on its way would find it; then look once more."""
        if not self._registrar.discard(attempt.registrar_cart):
            self._book.come_back(cart, self._book.pace.quickest)
            return
        with self._book.store.begin() as carts:
            now = self._book.now()
            withdrawn = replace(cart, attempt=replace(attempt, withdrawn_at=now))
            saved = carts.save(withdrawn, due_at=now + self._book.pace.quickest)
        self.look_for_order(saved)  # it may have come through just before the cart went

    def _nothing_was_ordered(self, cart: Cart, attempt: Attempt, withdrawn_at: datetime) -> None:
        """What OVH said no to is for a person; else it is ordered anew, once an order would long have shown."""
        waited = self._book.now() - withdrawn_at
        if attempt.refusal is not None:
            note = f"{attempt.refusal} Nothing was ordered."
            data: Data = {"attempt": attempt.number, "call_was_refused": True}
            self._book.needs_attention(cart, K.CHECKOUT_REFUSED, note, data=data, attempt=None)
        elif waited < self._settle:
            self._book.come_back(cart, self._book.pace.after(waited))
        else:
            self._step_back(cart, "OVH's answer was lost and no order was made there", {"error": "outcome_unknown"})

    def _find_order(self, cart: Cart) -> Sighting:
        if cart.seal is None:
            raise AssertionError(f"cart #{cart.id} was ordered without a seal")
        return self._registrar.find_order(_attempt_of(cart), cart.lines, cart.seal.total, known=self._book.known_orders)

    def _ordered(self, cart: Cart, order: SalesOrder, *, found: str | None = None, note: str | None = None) -> None:
        """Keep the order. `found` says when it was seen, where no answer of OVH's named it."""
        if not cart.covers(order.total):
            self._book.too_dear(cart, order)
            return
        # How it can be paid is read with its expiry in the next step: until then neither is known.
        made = replace(order, expires_at=None)
        ordered = cart.to(S.CHECKED_OUT, at=self._book.now(), order=made, note=note)
        data: Data = {"order": order.id, "found": found, "ovh": {"total": amount(order.total)}}
        self._book.save(ordered, K.ORDER_FOUND if found else K.ORDER_CREATED, data=data, due_in=timedelta())

    def _step_back(self, cart: Cart, why: str, reason: Data) -> None:
        """Check out again, later each time. After the last attempt a person decides."""
        tries = cart.attempt.number if cart.attempt else 1
        data: Data = {"attempt": tries, **reason}
        if tries >= _MOST_TRIES:
            note = f"{why}, for the {tries}th time."
            self._book.needs_attention(cart, K.CHECKOUT_ATTEMPTS_EXHAUSTED, note, data=data, attempt=None)
            return
        back = cart.to(S.APPROVED, at=self._book.now(), note=f"{why}; trying again.")
        self._book.save(back, K.CHECKOUT_RESCHEDULED, data=data, due_in=self._book.pace.quickest * 2**tries)


def _seen(attempt: Attempt, sighting: Sighting) -> Data:
    """Return what was seen of an attempt without an answer, as data."""
    return {
        "attempt": attempt.number,
        "call_was_refused": attempt.refusal is not None,
        "ovh": {"orders": sighting.candidates, "cart_closed": sighting.closed},
    }


def _renewals(lines: Sequence[Line]) -> Data:
    """Return the renewal prices by name, as data; null where none is shown."""
    return {line.domain.ascii: amount(line.renewal) if line.renewal else None for line in lines}


def _attempt_of(cart: Cart) -> Attempt:
    if cart.attempt is None:
        raise AssertionError(f"cart #{cart.id} has no attempt to look for")
    return cart.attempt
