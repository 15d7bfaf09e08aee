"""From the approval to a sales order: one checkout of what was approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.errors import (
    DraftGone,
    NotSent,
    OrderingError,
    OutcomeUnknown,
    RegistrarError,
    RegistrarRefused,
    RegistrarUnavailable,
)
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.money_call import CallState, MoneyCall, orders
from ordering.model.policy import Policy
from ordering.model.quote import Quote
from ordering.model.sales_order import Attempt
from ordering.model.seal import differences, seal
from ordering.ports.registrar import Prepared, Registrar
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.intent import Intents, IntentStopped
from ordering.process.money_markers import MemoryWentBack, MoneyMarkers
from ordering.process.order_search import OrderSearch
from ordering.process.transitions import Logbook

S, K = CartState, EventKind
_INTERRUPTED = "I was interrupted while I was about to order. I'm making sure that no order was made."
_NOT_ON_RECORD = (
    "OVH shows an earlier try to order these names that isn't on record here: the database may have been restored. "
    "Nothing was ordered now. Look at OVH's orders: if none has these names, an approver can order anyway."
)


class Checkout:
    """The step approved -> checking_out -> checked_out. `settle` is how long an unanswered checkout is observed."""

    def __init__(
        self,
        book: Logbook,
        registrar: Registrar,
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

    def check_out(self, cart: Cart) -> None:
        """Order what was approved, unless OVH's fresh quote is not what was sealed or the account has these names."""
        if self._was_interrupted(cart) or self._is_hindered(cart):  # before OVH builds a cart for nothing
            return
        try:
            prepared = self._registrar.prepare(cart.lines)
        except DraftGone:
            self._book.come_back(cart, self._book.pace.quickest)
            return
        except RegistrarRefused as refusal:
            note = f"{refusal} Nothing was ordered."
            self._book.needs_attention(cart, K.CHECKOUT_REFUSED, note, data=refusal.data, attempt=None)
            return
        if not self._still_sealed(cart, prepared):
            return
        try:
            begun = None if self._is_hindered(cart) else self._begin(cart, prepared)
        except IntentStopped:
            self._registrar.discard(prepared.registrar_cart)
        except MemoryWentBack as proof:
            self._registrar.discard(prepared.registrar_cart)
            data: Data = {"markers": proof.markers}
            self._book.needs_attention(cart, K.ATTEMPT_NOT_ON_RECORD, _NOT_ON_RECORD, data=data, attempt=None)
        except RegistrarError:
            self._registrar.discard(prepared.registrar_cart)  # the next try builds another one
            raise
        else:
            if begun is None:
                self._registrar.discard(prepared.registrar_cart)
            else:
                self._send(begun, prepared.registrar_cart)

    def _is_hindered(self, cart: Cart) -> bool:
        """Return whether an order that was made elsewhere shares a name; a person is asked then."""
        hindrance = self._foreign.hindrance(cart)
        if hindrance is None:
            return False
        self._book.needs_attention(
            cart,
            K.FOREIGN_ORDER_FOUND,
            hindrance.note,
            data=hindrance.data,
            attempt=None,
            foreign_order=hindrance.order.number,
        )
        return True

    def _begin(self, cart: Cart, prepared: Prepared) -> Cart:
        number = (cart.attempt.number if cart.attempt else 0) + 1
        attempt = Attempt(number, prepared.registrar_cart, self._registrar.time())
        call = self._markers.announce(
            MoneyCall(_subject(cart), cart.id, number, attempt.started_at, registrar_cart=prepared.registrar_cart)
        )
        try:
            return self._commit_intent(cart, attempt, prepared.quote)
        except (IntentStopped, OrderingError):
            self._markers.unsent(call)
            raise

    def _was_interrupted(self, cart: Cart) -> bool:
        """Look for what an earlier attempt ordered that has neither an intent nor an end on record: it may have left.

        The commit of its intent may be lost, as after a restore.
        """
        call = self._markers.left_over(cart, _subject(cart))
        if call is None or call.registrar_cart is None:
            return False
        now, attempt = self._book.now(), Attempt(call.attempt, call.registrar_cart, call.started_at)
        looking = cart.to(S.CHECKING_OUT, at=now, attempt=attempt, note=_INTERRUPTED)
        event = happened(looking, now, K.CHECKOUT_INTERRUPTED, data={"attempt": call.attempt}, note=_INTERRUPTED)
        with self._book.store.begin() as carts:
            carts.update_call(replace(call, state=CallState.INTENDED))
            carts.save(looking, event, due_at=now)
        return True

    def _send(self, begun: Cart, registrar_cart: str) -> None:
        not_after = begun.since + self._settle / 2  # a later call could arrive after the search has ended
        try:
            order = self._registrar.check_out(
                registrar_cart, waive_retraction=self._policy.waive_retraction, not_after=not_after
            )
        except RegistrarRefused as refusal:
            self._search.refused(begun, refusal)
        except NotSent as unsent:
            self._search.nothing_left(begun, unsent)
        except RegistrarUnavailable:
            self._search.turned_away(begun)
        except OutcomeUnknown:
            self._book.come_back(begun, self._book.pace.quickest)
        else:
            self._search.found(begun, order)

    def _still_sealed(self, cart: Cart, prepared: Prepared) -> bool:
        if cart.seal is None or cart.quote is None:
            raise AssertionError(f"cart #{cart.id} is approved without a seal")
        quote = prepared.quote
        fresh = seal(cart.lines, quote, waive_retraction=self._policy.waive_retraction)
        if cart.seal.holds_for(fresh):
            return True
        self._registrar.discard(prepared.registrar_cart)
        changed = ["OVH's terms changed, so nothing was ordered. Please decide again.", *differences(cart.quote, quote)]
        note = "\n".join(changed)
        asked = cart.to(S.SUBMITTED, at=self._book.now(), quote=quote, seal=fresh, approved_by=(), note=note)
        data: Data = {"approved": amount(cart.seal.total), "ovh": {"total": amount(quote.total)}}
        self._book.save(asked, K.TERMS_CHANGED, data=data)
        return False

    def _commit_intent(self, cart: Cart, attempt: Attempt, quote: Quote) -> Cart:
        note = None
        if cart.seal is not None and quote.total < cart.seal.total:
            note = f"OVH asks {quote.total} with tax now, less than the {cart.seal.total} that was approved."
        now = self._book.now()
        begun = cart.to(S.CHECKING_OUT, at=now, attempt=attempt, quote=quote, note=note)
        data: Data = {
            "attempt": attempt.number,
            "ovh": {"cart": attempt.registrar_cart, "total": amount(quote.total)},
        }
        event = happened(begun, now, K.CHECKOUT_STARTED, data=data, note=note)
        # If this process dies now, the next one looks for the order, but not while the call may still be on the wire.
        return self._intents.commit(begun, event, at=now, due_at=now + self._settle / 4)


def _subject(cart: Cart) -> str:
    return orders(line.domain.ascii for line in cart.lines)
