"""Fulfilment, which the worker carries out: check out, pay, follow the order until the names work.

Every irreversible call is between two commits: the intent before it, the result after it. After a lost answer the next
step reconciles and never repeats, so a restart runs the same code as the normal path.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TypeVar

from ordering.model.cart import DECIDED, Cart, CartState
from ordering.model.cart_phases import Ordered, Paying, Requested, Tried
from ordering.model.errors import OnHold, OrderingError, RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from ordering.model.ids import CartId
from ordering.model.policy import Policy
from ordering.ports.registrar import Registrar
from ordering.ports.rights import ById, Rights
from ordering.ports.store import Store, TaskType
from ordering.process.adoption import Adoptions, owner_is_shown
from ordering.process.age import Age
from ordering.process.checkout import Checkout
from ordering.process.delivery import Deliveries
from ordering.process.floors import Floors
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.intent import Condition, Intents
from ordering.process.money_markers import MoneyMarkers, attempt_is_announced
from ordering.process.order_search import OrderSearch
from ordering.process.payment import Payments
from ordering.process.polling import PollSchedule
from ordering.process.recovery import RecoverMode, allowed_or_on_hold
from ordering.process.standing import Limits, Standing
from ordering.process.transitions import Logbook
from ordering.process.trial import not_in_trial, wait_for_end_of_trial

S = CartState
P = TypeVar("P", bound=Requested)


class Fulfilment:
    """Advances carts one step at a time.

    `settle` is how long an unanswered money call is observed; `floors` is how long silence proves nothing of a payment,
    or of a checkout whose cart was deleted. `rights` reads people's current rights before their decision is carried
    out; without it everyone is a member.
    """

    def __init__(
        self,
        *,
        store: Store,
        registrar: Registrar,
        policy: Policy,
        clock: Callable[[], datetime],
        settle: timedelta = timedelta(seconds=60),
        poll_schedule: PollSchedule | None = None,
        floors: Floors | None = None,
        rights: Rights | None = None,
    ) -> None:
        self._book = Logbook(store, clock, poll_schedule or PollSchedule())
        self._policy = policy
        self._age = Age(registrar, policy, clock)
        self._standing = Standing(policy, rights or ById(), clock)
        self._recover_mode = RecoverMode(store, clock)
        floors = floors or Floors()
        conditions: list[Condition] = [not_in_trial(policy), allowed_or_on_hold, self._age, Limits(policy, clock)]
        conditions += [owner_is_shown, attempt_is_announced]
        intents = Intents(store, conditions, reading=[self._standing.read])
        markers = self._markers = MoneyMarkers(store, registrar, self._recover_mode)
        self.foreign_orders = ForeignOrders(store, registrar, clock)
        self._search = OrderSearch(self._book, registrar, settle=settle, floors=floors)
        self._checkout = Checkout(
            self._book, registrar, policy, intents, self._search, self.foreign_orders, markers, settle=settle
        )
        self._adoptions = Adoptions(self._book, registrar, self.foreign_orders, floor=floors.ended)
        self._deliveries = Deliveries(self._book, registrar)
        self._payments = Payments(self._book, registrar, intents, markers, settle, floors)
        self._steps = {
            S.APPROVED: _of(Requested, self._checkout.check_out),
            S.CHECKING_OUT: _of(Tried, self._search.look_for_order),
            S.CHECKED_OUT: _of(Ordered, self._watch_order),
            S.PAYING: _of(Paying, self._pay_or_watch),
            S.PAID: _of(Ordered, self._deliveries.watch),
            S.DELIVERED: _of(Ordered, self._deliveries.look_for_invoice),
            S.NEEDS_ATTENTION: self._look_again,
        }

    def due(self, task_type: TaskType | None = None) -> list[CartId]:
        """Return the carts that have work due now, for one task type or for any."""
        with self._book.store.read() as carts:
            return carts.due(self._book.now(), task_type)

    def next_due(self, task_type: TaskType | None = None, *, without: Collection[CartId] = ()) -> datetime | None:
        with self._book.store.read() as carts:
            return carts.next_due(task_type, without=without)

    def advance(self, cart_id: CartId, task_type: TaskType | None = None) -> None:
        """Do the next step of a cart, or reschedule it if OVH does not answer.

        It begins with a write: a database that accepts none fails here, before OVH is called.
        """
        self._markers.record_unsent()
        cart = self._book.begin_step(cart_id)
        if not _is_for(task_type, cart):
            return  # a person or another process was quicker: the cart came from a list that is a moment old
        self._step(cart)
        if cart.state in DECIDED:
            # The person who decided is waiting for the button, so this is not left to a step of the polling kind.
            ordered = self._book.cart(cart_id)
            if ordered.state is S.CHECKED_OUT and not Ordered.of(ordered).order.was_read:
                self._step(ordered)

    def _step(self, cart: Cart) -> None:
        step = self._steps.get(cart.state)
        if step is None or cart.has_nothing_to_come:
            self._book.nothing_to_do(cart)
            return
        if _would_send(cart) and self._recover_mode.is_on:
            self._book.come_back(cart, self._book.poll_schedule.slowest)  # the end of recover mode wakes it
            return
        try:
            if not self._is_void(cart):
                if _would_send(cart):
                    wait_for_end_of_trial(self._policy, cart)
                with self._recover_mode.noticing():
                    step(cart)
        except OnHold:
            self._book.come_back(cart, self._book.poll_schedule.slowest)
            raise
        except RateLimitTimeout:
            self._book.come_back(cart, self._book.wait_for(cart))  # nothing is wrong: other calls went first
            raise
        except (RegistrarUnavailable, RegistrarRefused) as error:
            # A read got no answer or was refused: nothing was done, so the same step can be retried later.
            self._book.try_later(cart, error)
            raise
        if cart.blocked is not None:
            self._book.unblock(cart)

    def _is_void(self, cart: Cart) -> bool:
        """Return whether the decision lapsed, and save that before any call to OVH, which may be down for days.

        Raises `RightsUnread` if Slack does not return the rights: no cart is built at OVH in that case.
        """
        if cart.state is not S.APPROVED and not cart.payment_is_unsent:
            return False
        with self._book.store.read() as carts:
            lapsed = self._age.lapsed(carts, cart)
        if lapsed is not None:
            due_in = timedelta() if lapsed.cart.state is S.CHECKED_OUT else None
            self._book.save(lapsed.cart, lapsed.kind, data=lapsed.data, due_in=due_in)
            return True
        self._standing.read(cart)
        return False

    def postpone(self, cart_id: CartId, reference: str, task_type: TaskType | None = None) -> None:
        """Reschedule a cart late after an unexpected failure of its step, and show people the failure."""
        cart = self._book.cart(cart_id)
        if not _is_for(task_type, cart):
            return  # it advanced in the meantime, without that step
        error = OrderingError(code="internal_error", reference=reference)
        self._book.try_later(cart, error, wait=self._book.poll_schedule.slowest)

    def _watch_order(self, cart: Ordered) -> None:
        if not self._adoptions.holds(cart):
            self._payments.watch_order(cart)

    def _pay_or_watch(self, cart: Paying) -> None:
        self._payments.pay_or_watch(cart, is_hindered=self._adoptions.has_second)

    def _look_again(self, cart: Cart) -> None:
        """Poll OVH for a cart that needs a person: OVH may still resolve it."""
        if cart.order is None:
            self._search.look_again(Tried.of(cart))
        elif cart.order_is_missing:
            self._payments.look_for_missing(Ordered.of(cart))
        elif cart.payment_is_undecided:
            self._payments.look_again(Paying.of(cart))
        else:
            self._deliveries.watch(Ordered.of(cart))


def _of(phase: type[P], step: Callable[[P], None]) -> Callable[[Cart], None]:
    """Return a step that takes its cart in this phase."""
    return lambda cart: step(phase.of(cart))


def _would_send(cart: Cart) -> bool:
    """Return whether the next step of this cart orders or pays."""
    return cart.state is S.APPROVED or (
        cart.state is S.PAYING and cart.payment is not None and cart.payment.sent_at is None
    )


def _is_for(task_type: TaskType | None, cart: Cart) -> bool:
    return task_type is None or (task_type is TaskType.ADVANCE) == (cart.state in DECIDED)
