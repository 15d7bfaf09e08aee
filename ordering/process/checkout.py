"""The checkout: turns an approval into one sales order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.cart_phases import Requested, Tried
from ordering.model.errors import (
    CartGone,
    NotSent,
    OrderingError,
    OutcomeUnknown,
    RegistrarError,
    RegistrarRefused,
    RegistrarUnavailable,
)
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.money_call import RecordedCall, orders
from ordering.model.policy import Policy
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt, SalesOrder
from ordering.model.seal import Difference, SealForm, differences, form_of, renewal_differences, seal
from ordering.ports.carts import Prepared, RegistrarCarts
from ordering.ports.clock import RegistrarClock
from ordering.ports.money_call import MoneyCall
from ordering.ports.names import Names
from ordering.ports.store import Transaction
from ordering.process.floors import is_over
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.intent import Condition, Intents, IntentStopped
from ordering.process.money_markers import MoneyMarkers, UnknownMarkers, is_unlisted, leave_while_unlisted
from ordering.process.order_search import OrderSearch, step_back
from ordering.process.renewals import as_offered_now
from ordering.process.transitions import Logbook

S, K = CartState, EventKind


class CheckoutPort(Names, RegistrarCarts, RegistrarClock, Protocol):
    """The part of the registrar port that a checkout uses."""


class Checkout:
    """The step approved -> checking_out -> checked_out. `settle` is how long an unanswered checkout is observed."""

    def __init__(
        self,
        book: Logbook,
        registrar: CheckoutPort,
        policy: Policy,
        intents: Intents,
        search: OrderSearch,
        foreign: ForeignOrders,
        markers: MoneyMarkers,
        *,
        settle: timedelta,
    ) -> None:
        self._book = book
        self._intents = intents
        self._registrar = registrar
        self._policy = policy
        self._search = search
        self._foreign = foreign
        self._markers = markers
        self._settle = settle

    def check_out(self, cart: Requested) -> None:
        """Order the approved cart.

        Nothing is ordered if OVH's new quote does not match the seal, or if the account already has an order for one of
        these names. Raises `RegistrarRefused` if the API key may not order: the step comes again until it may.
        """
        if cart.is_trial:
            self._rehearse(cart)
            return
        if self._was_interrupted(cart):
            return
        try:
            waiting = self._markers.list_again(_subject(cart), cart.id, now=self._time_as_known())
        except UnknownMarkers as proof:
            self._stopped(cart, proof)
            return
        prepared = None
        try:
            prepared = self._prepared(cart)
        finally:
            if prepared is None and waiting is not None:
                self._markers.unsent(waiting, partial(self._take_back, waiting))
        if prepared is not None:
            self._order(cart, self._in_cart_of(waiting, prepared), waiting)

    def _rehearse(self, cart: Requested) -> None:
        """Do all that comes before an order, then end the request: this is what would be ordered now."""
        prepared = self._prepared(cart)
        if prepared is None:
            return
        self._registrar.discard(prepared.registrar_cart)
        ended = replace(cart, quote=prepared.quote).cancel(at=self._book.now())
        self._book.save(ended, K.TRIAL_ENDED, data={"total": amount(prepared.quote.total)})

    def _time_as_known(self) -> datetime:
        return self._book.now() + (self._registrar.known_clock_ahead() or timedelta())

    def _in_cart_of(self, waiting: RecordedCall | None, prepared: Prepared) -> Prepared:
        """Use the cart of the attempt that waited, which is on record; the new one told its terms of today."""
        if waiting is None or waiting.registrar_cart is None:
            return prepared
        self._registrar.discard(prepared.registrar_cart)
        return replace(prepared, registrar_cart=waiting.registrar_cart)

    def _prepared(self, cart: Requested) -> Prepared | None:
        """Build a cart at OVH that may be ordered. None if the request is for people, or comes again."""
        if self._is_hindered(cart):  # check before OVH builds a cart for nothing
            return None
        if not cart.is_trial:  # a key without the right is enough for it
            self._registrar.require_right_to_check_out()  # a refused call would be searched for
        try:
            prepared = self._registrar.prepare(cart.lines)
        except CartGone:
            waited = self._book.now() - cart.since
            if waited >= self._settle:
                raise  # it still happens after `settle`, so it is no accident: people should see it
            self._book.come_back(cart, self._book.poll_schedule.after(waited))
            return None
        except RegistrarRefused as refusal:
            self._book.needs_attention(cart.without_attempt(), K.CHECKOUT_REFUSED, data=refusal.data)
            return None
        if not self._still_sealed(cart, prepared):
            return None
        return prepared if self._is_free(cart, prepared) and self._renewals_hold(cart, prepared) else None

    def _is_free(self, cart: Requested, prepared: Prepared) -> bool:
        """Check again for an order made elsewhere: one may have appeared while the cart was built."""
        try:
            hindered = self._is_hindered(cart)
        except RegistrarError:
            self._registrar.discard(prepared.registrar_cart)
            raise
        if hindered:
            self._registrar.discard(prepared.registrar_cart)
        return not hindered

    def _order(self, cart: Requested, prepared: Prepared, waiting: RecordedCall | None) -> None:
        """Mark the attempt unless it is `waiting`, prepare the call, commit the intent, and only then send."""
        number = (cart.attempt.number if cart.attempt else 0) + 1
        recorded = waiting
        with ExitStack() as held:
            try:
                standing = self._intents.read(cart)
                ahead = self._registrar.clock_ahead()
                recorded = waiting or self._announce(cart, prepared, number, self._book.now() + ahead)
                call = held.enter_context(self._ready(prepared))
                attempt = Attempt(number, prepared.registrar_cart, self._book.now() + ahead)
                begun = self._commit_intent(cart, attempt, prepared.quote, standing)
            except Exception as error:  # also if the cart changed, or the database accepts no write
                held.close()  # release its permit, which may be the only one
                if recorded is not None:
                    self._markers.unsent(recorded, partial(self._take_back, recorded))
                waits = recorded is None and is_unlisted(error)
                if not waits and isinstance(error, OrderingError | IntentStopped | UnknownMarkers):
                    self._registrar.discard(prepared.registrar_cart)  # the next attempt builds another one
                # After a database error the intent may be on record: an open cart proves that nothing was ordered.
                if not isinstance(error, IntentStopped | UnknownMarkers):
                    raise
                self._stopped(cart, error)
                return
            self._send(begun, call)

    def _stopped(self, cart: Requested, error: IntentStopped | UnknownMarkers) -> None:
        """Nothing was sent: ask a person if the database went back."""
        if isinstance(error, UnknownMarkers):
            data: Data = {"markers": error.markers}
            stopped = cart.without_attempt()
            self._book.needs_attention(stopped, K.ATTEMPT_NOT_ON_RECORD, data=data, first=self._markers.hold)

    def _announce(self, cart: Cart, prepared: Prepared, number: int, started_at: datetime) -> RecordedCall:
        attempt = RecordedCall(_subject(cart), cart.id, number, started_at, registrar_cart=prepared.registrar_cart)
        return self._markers.announce(attempt, take_back=partial(self._take_back, attempt))

    def _take_back(self, call: RecordedCall, carts: Transaction) -> None:
        """Order again if a request counts this very attempt as sent: nobody else checks out the cart that it built.

        It may be another request of the same names: see `MoneyMarkers.left_over`.
        """
        if call.registrar_cart is None:
            return
        cart = carts.cart_with_attempt(call.registrar_cart)
        if cart is not None and (cart.state is S.CHECKING_OUT or cart.is_undecided):
            step_back(self._book, carts, Tried.of(cart), {"error": "held_up"})

    def _is_hindered(self, cart: Requested) -> bool:
        """Return whether an order made elsewhere shares a name; if so, ask a person."""
        hindrance = self._foreign.hindrance(cart)
        if hindrance is None:
            return False
        self._book.needs_attention(
            cart.without_attempt(),
            K.FOREIGN_ORDER_FOUND,
            data=hindrance.data,
            foreign_order=hindrance.order.number,
        )
        return True

    def _was_interrupted(self, cart: Requested) -> bool:
        """Search for the order of an earlier attempt that has neither an intent nor an end on record.

        It may have been sent: the commit of its intent may be lost, as after a restore. A recent attempt may be another
        process's. Raises `CartChanged` if that process ended it in the meantime.
        """
        call = self._markers.left_over(_subject(cart))
        if call is None or call.registrar_cart is None:
            return False
        leave_while_unlisted(cart, call, self._registrar, self._settle)
        if not is_over(self._registrar, call.started_at, self._settle):
            self._book.come_back(cart, self._book.poll_schedule.quickest)
            return True
        now, attempt = self._book.now(), Attempt(call.attempt, call.registrar_cart, call.started_at)
        looking = cart.begin_checkout(attempt, at=now, quote=cart.quote)
        looking = looking.saying(K.CHECKOUT_INTERRUPTED, {"attempt": call.attempt})
        event = happened(looking, now, K.CHECKOUT_INTERRUPTED, data={"attempt": call.attempt})
        with self._book.store.begin() as carts:
            carts.decide_alone()
            carts.save(looking, event, due_at=now)
            carts.mark_intended(call)  # refuses if its process has recorded in the meantime that it sent nothing
        return True

    def _ready(self, prepared: Prepared) -> AbstractContextManager[MoneyCall[SalesOrder]]:
        waive_retraction = self._policy.waive_retraction
        return self._registrar.ready_to_check_out(prepared.registrar_cart, waive_retraction=waive_retraction)

    def _send(self, begun: Tried, call: MoneyCall[SalesOrder]) -> None:
        not_after = begun.since + self._settle / 2  # a later call could arrive after the search has ended
        try:
            order = call.send(signed_at=begun.attempt.started_at, not_after=not_after)
        except RegistrarRefused as refusal:
            self._search.refused(begun, refusal)
        except NotSent as unsent:
            self._search.nothing_left(begun, unsent)
        except RegistrarUnavailable:
            self._search.rejected_by_ovh(begun)
        except OutcomeUnknown:
            self._book.come_back(begun, self._book.poll_schedule.quickest)
        else:
            self._search.found(begun, order)

    def _still_sealed(self, cart: Requested, prepared: Prepared) -> bool:
        if self._form_of_seal(cart, prepared) and prepared.quote.total.is_within(cart.seal.total):
            return True
        self._decide_again(cart, prepared, cart.lines, differences(cart.quote, prepared.quote))
        return False

    def _renewals_hold(self, cart: Requested, prepared: Prepared) -> bool:
        """Look every name up again and compare its renewal price with the approved one.

        Raises `RegistrarUnavailable` if OVH does not answer for a name. A name that is not free needs a person. An
        approval from before renewals were sealed does not cover them.
        """
        if self._form_of_seal(cart, prepared) is SealForm.WITHOUT_RENEWALS:
            return True
        try:
            lines = as_offered_now(cart.lines, self._registrar)
        except RegistrarRefused as refusal:
            self._registrar.discard(prepared.registrar_cart)
            self._book.needs_attention(cart.without_attempt(), K.CHECKOUT_REFUSED, data=refusal.data)
            return False
        except RegistrarError:
            self._registrar.discard(prepared.registrar_cart)
            raise
        changed = renewal_differences(cart.lines, lines)
        if changed:
            self._decide_again(cart, prepared, lines, changed)
        return not changed

    def _form_of_seal(self, cart: Requested, prepared: Prepared) -> SealForm | None:
        return form_of(cart.seal, cart.lines, prepared.quote, waive_retraction=self._policy.waive_retraction)

    def _decide_again(
        self, cart: Requested, prepared: Prepared, lines: tuple[Line, ...], changed: Sequence[Difference]
    ) -> None:
        """Void the approval, and show the approvers what changed."""
        self._registrar.discard(prepared.registrar_cart)
        waived = self._policy.waive_retraction
        fresh = seal(lines, prepared.quote, waive_retraction=waived, trial=cart.is_trial)
        submitted = cart.submit_again(at=self._book.now(), lines=lines, quote=prepared.quote, seal=fresh)
        data: Data = {
            "changes": list(changed),
            "approved": {"total": amount(cart.seal.total), "renewals": _renewals(cart.lines)},
            "ovh": {"total": amount(prepared.quote.total), "renewals": _renewals(lines)},
        }
        self._book.save(submitted, K.TERMS_CHANGED, data=data)

    def _commit_intent(self, cart: Requested, attempt: Attempt, quote: Quote, standing: Sequence[Condition]) -> Tried:
        now = self._book.now()
        data: Data = {
            "attempt": attempt.number,
            "approved": amount(cart.seal.total),
            "ovh": {"cart": attempt.registrar_cart, "total": amount(quote.total)},
        }
        begun = cart.begin_checkout(attempt, at=now, quote=quote).saying(K.CHECKOUT_STARTED, data)
        event = happened(begun, now, K.CHECKOUT_STARTED, data=data)
        # If this process dies now, the next one searches for the order, but not while the call may still be in flight.
        return self._intents.commit(begun, event, standing=standing, at=now, due_at=now + self._settle / 4)


def _subject(cart: Cart) -> str:
    return orders(line.domain.ascii for line in cart.lines)


def _renewals(lines: Sequence[Line]) -> Data:
    """Return the renewal prices by name, as data; null if none is shown."""
    return {line.domain.ascii: amount(line.renewal) if line.renewal else None for line in lines}
