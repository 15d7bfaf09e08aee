"""The laws: they must hold after each commit, after each call that buys or pays, and at the end of each run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ordering.model.cart import Cart, CartState
from ordering.model.sales_order import Payment
from prove.explorer.commit_laws import CommitLaws
from prove.explorer.database_loss_laws import DatabaseLossLaws
from prove.explorer.graph import ENDS
from prove.explorer.law_names import (
    A_BUG,
    BESIDE,
    FOR_NO_REASON,
    LOST,
    NOT_APPROVED,
    NOT_INTENDED,
    NOT_OURS,
    PAID_AND_CANCELLED,
    RESTLESS,
    STOPPED,
    STUCK,
    TOO_DEAR,
    TOO_OLD,
    TWO_ORDERS,
    TWO_PAYMENTS,
    LawBroken,
)
from prove.explorer.ledger import OvhOrder, moment
from prove.explorer.team import POLICY

if TYPE_CHECKING:
    from ordering.model.recovery import Recovery
    from prove.explorer.processes import Process
    from prove.explorer.snapshot import Snapshot
    from prove.explorer.world import World

_LONG_SHOWN = 60.0  # seconds: the bot must have seen what OVH shows for this long before it asks a user
_WATCHED_FOR = timedelta(hours=23)  # after an adoption, with a margin for clocks
_PUT_BACK = 1260.0  # seconds by which the two clocks that end a decision can be put back, with a margin
# Paths of reads, by their beginning, whose failure is a reason.
_TRANSACTIONS = ("me/payment/transaction",)
_OF_ORDERS = ("me/order", "order/cart", "auth/time")
_OF_PAYMENTS = ("me/order", "me/payment", "auth/time")
S = CartState
_BUYING = {S.CHECKING_OUT, S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED}


class Laws:
    """The laws of one run, with its commits so far."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sealed: dict[str, Cart] = {}  # by OVH's cart: the record when it could first be checked out
        self._intents: dict[int, Cart] = {}  # by order: the newest cart that was to pay it
        self._before: CartState | None = None
        self._of_commits = CommitLaws(world)
        self._database_loss = DatabaseLossLaws(world)
        self._decided: dict[datetime, float] = {}  # payments by the time of their request, in seconds of the world
        self._was_unsent: datetime | None = None  # the payment without an intent at the last commit
        self._stopped: dict[int, Cart] = {}  # by the number of the stop's event: each cart before it was stopped

    @property
    def cart(self) -> Cart:
        return self._world.store.kept.carts[1]

    @property
    def is_ended(self) -> bool:
        return self.cart.state in ENDS

    def committed(self) -> None:
        cart = self.cart
        self._of_commits.check(cart)
        self._database_loss.check(cart)
        if cart.is_trial and cart.state in _BUYING:
            raise LawBroken(NOT_APPROVED, f"a request of the trial is {cart.state}")
        if cart.state is S.CHECKING_OUT and cart.attempt is not None:
            self._sealed[cart.attempt.registrar_cart] = cart
        if cart.state is S.PAYING and cart.payment and cart.payment.asked_at not in self._decided:
            self._decided[cart.payment.asked_at] = self._world.now
        if cart.state is S.PAYING and cart.order is not None and cart.payment and cart.payment.sent_at:
            if self._was_unsent == cart.payment.asked_at:
                self._must_be_young(cart.payment)
            if cart.payment.asked_at in self._of_commits.started:
                self._intents[cart.order.id] = cart
        if cart.state is S.NEEDS_ATTENTION and self._before is not S.NEEDS_ATTENTION:
            self._must_have_reason(cart)
        self._before = cart.state
        self._was_unsent = cart.payment.asked_at if cart.payment and cart.payment_is_unsent else None

    def _must_be_young(self, payment: Payment) -> None:
        """Check that an intent comes within the life of its decision, by the world's clock.

        Two clocks may have been put back.
        """
        decided = self._decided.get(payment.asked_at)
        if decided is not None and self._world.now - decided > POLICY.payment_life.total_seconds() + _PUT_BACK:
            raise LawBroken(TOO_OLD, f"{self._world.now - decided:.0f} s after the click")

    def went_back(self) -> None:
        """Handle the loss of the newest commits."""
        self._forget_lost_stops()
        self._before = self.cart.state
        self._of_commits.went_back(self.cart)
        self._database_loss.went_back()

    def stopped(self, decided: Cart, event: int) -> None:
        """Record that a user stopped an approved order or a payment, and the bot confirmed it by `event`."""
        self._stopped[event] = decided

    def _forget_lost_stops(self) -> None:
        """Drop the stops whose commit is lost; users are notified of lost decisions at the end of recover mode."""
        on_record = len(self._world.store.kept.events)
        self._stopped = {number: cart for number, cart in self._stopped.items() if number <= on_record}

    def order_begins(self, ovh_cart: str, step_began_at: float) -> None:
        """Check an order that OVH is about to make by a call of the bot, whose job began at `step_began_at`."""
        sealed, cart = self._sealed.get(ovh_cart), self._world.ledger.carts.get(ovh_cart)
        if cart is None:
            return  # OVH will refuse it
        if sealed is None or sealed.seal is None or not set(sealed.approved_by) - {sealed.requester}:
            raise LawBroken(NOT_APPROVED, f"{ovh_cart} was checked out without an approval on record")
        if any(cart.state is S.APPROVED for cart in self._stopped.values()):
            raise LawBroken(STOPPED, f"{ovh_cart} was checked out")
        # It looks at the account's orders once more after the dry run.
        looked_at = max(step_began_at, self._world.routes.dry_run_at.get(ovh_cart, 0.0))
        self._must_be_alone(sealed, looked_at)
        total = self._world.routes.dry_run_totals.get(ovh_cart, 0)
        if total > sealed.seal.total.minor:
            raise LawBroken(NOT_APPROVED, f"{ovh_cart} costs {total} cents, approved {sealed.seal.total}")
        if {line.domain.ascii for line in sealed.lines} != set(cart.names):
            raise LawBroken(NOT_APPROVED, f"{ovh_cart} holds {cart.names}")
        routes = self._world.routes
        renewals = {line.renewal.minor for line in sealed.lines if line.renewal is not None}
        if routes.renewal_since <= step_began_at and any(routes.renewal > known for known in renewals):
            raise LawBroken(NOT_APPROVED, f"{ovh_cart} renews for {routes.renewal} cents")

    def _must_be_alone(self, sealed: Cart, looked_at: float) -> None:
        """Check against foreign orders: the job can see those that OVH listed when it looked."""
        for order in self._others_show(sealed, looked_at):
            raise LawBroken(BESIDE, f"order {order.id} at {order.made_at:.0f} s")

    def _others_show(self, cart: Cart, now: float) -> list[OvhOrder]:
        """Return the foreign orders of a name of the request that OVH lists, that are not over, and nobody allowed."""
        return [order for order in self._listed_beside(cart, now) if order.is_alive(now)]

    def _listed_beside(self, cart: Cart, now: float) -> list[OvhOrder]:
        names = {line.domain.ascii for line in cart.lines}
        others = self._world.ledger.foreign
        ours = [order for order in others if not names.isdisjoint(order.names) and order.id not in cart.foreign_allowed]
        return [order for order in ours if order.shows(now)]

    def payment_taken(self, order: OvhOrder, step_began_at: float) -> None:
        """Check a payment that OVH accepted by a call of the bot, whose job began at `step_began_at`."""
        intent = self._intents.get(order.id)
        if order.foreign:
            raise LawBroken(NOT_OURS, f"order {order.id}")
        if intent is None or intent.seal is None or intent.payment is None:
            raise LawBroken(NOT_INTENDED, f"order {order.id}")
        # The call contains no amount, so OVH can change it after the job has compared it; no rule can prevent that.
        if order.total > intent.seal.total.minor and order.changed_at <= step_began_at:
            raise LawBroken(TOO_DEAR, f"order {order.id}: {order.total} cents, approved {intent.seal.total}")
        self._must_be_only(intent, step_began_at)
        if any(cart.payment and cart.payment.asked_at == intent.payment.asked_at for cart in self._stopped.values()):
            raise LawBroken(STOPPED, f"order {order.id} was paid")
        now = self._world.now
        *earlier, mine = order.payments
        # A payment that a user began on OVH's page counts if OVH showed it before the job began: in the order, or as a
        # transaction, unless a user said that it is another order's.
        # Transactions that OVH refuses to show to this very job do not hold up a first payment.
        explained = bool(intent.order and intent.order.explained)
        explained = explained or self._world.has_failed_to_read(_TRANSACTIONS, step_began_at)
        seen = [
            p
            for p in earlier
            if not p.page or p.shows(step_began_at) or (p.is_seen(step_began_at, mine.method) and not explained)
        ]
        beside = [p for p in seen if p.took() or p.is_pending(now)]
        if beside:
            times = ", ".join(f"{p.method} at {p.begun_at:.0f} s" for p in (*beside, mine))
            raise LawBroken(TWO_PAYMENTS, f"order {order.id}: {times}")

    def _must_be_only(self, intent: Cart, looked_at: float) -> None:
        """Check that an order of the last day that was adopted is not paid next to a second one that OVH shows."""
        adopted_at = intent.order.adopted_at if intent.order else None
        if adopted_at is None or moment(looked_at) - adopted_at > _WATCHED_FOR:
            return
        for other in self._others_show(intent, looked_at):
            if other.lines(looked_at) and other.guise != "hides":
                raise LawBroken(BESIDE, f"order {other.id} next to one that was adopted, and is paid")

    def of_the_ledger(self) -> None:
        now, ours = self._world.now, self._world.ledger.ours
        alive = [order for order in ours if order.is_alive(now)]
        if len(alive) > 1:
            raise LawBroken(TWO_ORDERS, f"orders {', '.join(f'{o.id} at {o.made_at:.0f} s' for o in alive)}")
        paid = [order for order in ours if any(not payment.page for payment in order.taken())]
        if len(paid) > 1:
            raise LawBroken(TWO_PAYMENTS, f"orders {', '.join(str(order.id) for order in paid)}")

    def a_step_failed(self, error: Exception) -> None:
        raise LawBroken(A_BUG, f"{type(error).__name__}: {error}") from error

    def too_many_steps(self) -> None:
        raise LawBroken(RESTLESS, f"{self._world.steps} steps in {self._world.now:.0f} s")

    def refused(self, error: Exception) -> None:
        """Check an error that ends a job or a click."""
        self._database_loss.refused(error)

    def noticed(self, *, is_lost: bool) -> None:
        self._database_loss.noticed(is_lost=is_lost)

    def recover_mode_began(self, mode: Recovery, *, is_new: bool) -> None:
        self._database_loss.began(mode, is_new=is_new)

    def process_started(self) -> None:
        self._database_loss.process_started()

    def recover_mode_ended(self, before: Snapshot) -> None:
        self._database_loss.ended(before)

    def step_ended(self, process: Process) -> None:
        """Check a job that ended, or failed for OVH's sake: the end of its money call is on record."""
        self._of_commits.step_ended(process)

    def at_the_end(self, *, is_over: bool) -> None:
        cart = self.cart
        if not is_over and cart.state not in {S.NEEDS_ATTENTION, S.CHECKED_OUT}:
            raise LawBroken(STUCK, f"{cart.state} after {self._world.now:.0f} s")
        # After lost commits users may close a request whose order only OVH knows: recover mode lists it to operators.
        known = cart.order.id if cart.order else None
        ours = [order for order in self._world.ledger.ours if not self._world.lost_commits or order.id == known]
        taken = [order.id for order in ours if order.taken()]
        if cart.state is S.CANCELLED and taken:
            raise LawBroken(PAID_AND_CANCELLED, f"order {taken[0]}")
        hidden = cart.state is S.CANCELLED and cart.order is not None and cart.order.owner_hidden
        is_alone = not self._world.ledger.foreign
        order = self._world.ledger.orders[cart.order.id] if hidden and is_alone and cart.order else None
        if order is not None and order.cancelled_at is None and not order.changed_at:  # nobody pays a dearer one
            raise LawBroken(STUCK, f"order {order.id} was never payable")
        if not self._world.lost_commits:
            self._must_have_all_decisions(cart)

    def _must_have_all_decisions(self, cart: Cart) -> None:
        with self._world.store.read() as carts:
            on_record = [(event.by, event.state) for event in carts.events(cart.id)]
        for decision in self._world.people.accepted:
            if decision not in on_record:
                raise LawBroken(LOST, f"{decision[0]}: {decision[1]}")
            on_record.remove(decision)

    def _must_have_reason(self, cart: Cart) -> None:
        """Check a question to a user: OVH must not have shown the answer for a while, unless a read of it failed."""
        before = self._world.now - _LONG_SHOWN
        since = min(before, self._world.step_began_at)
        path = f"/order/cart/{cart.attempt.registrar_cart}/checkout" if cart.attempt else ""
        is_alone = not self._world.losses and not self._world.ledger.foreign
        about_order = cart.is_undecided and not self._world.has_failed_to_read(_OF_ORDERS, since)
        if about_order and is_alone and path not in self._world.written:
            raise LawBroken(FOR_NO_REASON, "no checkout was sent")
        if about_order:
            own = [order for order in self._world.ledger.ours if not self._is_forgotten(order, cart)]
            visible = [order for order in own if order.is_whole(before) and self._shows_closed(order, before)]
            # A price other than the approved one is a reason. So is a foreign order of the same names, even if it is
            # over: it may be the attempt's, and the one that lives another user's.
            is_ours = len(visible) == 1 and cart.quote is not None and visible[0].total == cart.quote.total.minor
            if is_ours and not self._listed_beside(cart, self._world.now):
                raise LawBroken(FOR_NO_REASON, f"order {visible[0].id} shows for {_LONG_SHOWN:.0f} s and more")
        could_read = not self._world.has_failed_to_read(_OF_PAYMENTS, since)
        if cart.payment_is_undecided and cart.order is not None and could_read:
            order = self._world.ledger.orders[cart.order.id]
            if order.paid_at(before) is not None:
                raise LawBroken(FOR_NO_REASON, f"order {order.id} shows as paid for {_LONG_SHOWN:.0f} s and more")

    def _is_forgotten(self, order: OvhOrder, cart: Cart) -> bool:
        """Return whether an earlier attempt, which the database lost, made the order: it may be any order, then."""
        started_at = cart.attempt.started_at if cart.attempt and self._world.lost_commits else None
        return started_at is not None and moment(order.made_at) < started_at - timedelta(seconds=1)

    def _shows_closed(self, order: OvhOrder, at: float) -> bool:
        cart = self._world.ledger.carts.get(order.cart)
        return cart is not None and cart.closed_at is not None and cart.shows_closed_at <= at
