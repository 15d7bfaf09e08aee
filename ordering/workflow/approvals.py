"""Approvals and rejections, and stopping a decision before it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered, Requested
from ordering.model.errors import CardOutdated, CartChanged, NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, Fact, amount
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy, Right
from ordering.model.recovery import Stamp
from ordering.model.text import is_visible
from ordering.ports.clock import RegistrarClock
from ordering.ports.store import Reading, Transaction
from ordering.process.age import time_at_ovh
from ordering.process.standing import refuse_against_naming, refuse_beyond_limits
from ordering.workflow.decisions import Decisions

S = CartState
_WAS_STOPPED = (Fact(EventKind.ORDER_STOPPED), Fact(EventKind.PAYMENT_STOPPED))


class Approvals:
    """Decides on a request for approval, and stops what was decided."""

    def __init__(
        self, decisions: Decisions, registrar: RegistrarClock, policy: Policy, clock: Callable[[], datetime]
    ) -> None:
        self._decisions = decisions
        self._registrar = registrar
        self._policy = policy
        self._rules: Data = {"policy": policy.digest}  # stands in each approval
        self._clock = clock

    def approve(
        self,
        cart_id: CartId,
        *,
        approver: Person,
        mark: str,
        earlier: Collection[Person] = (),
        stamp: Stamp | None = None,
        clicked_at: datetime | None = None,
    ) -> Cart:
        """Approve exactly what the card showed; `mark` is the request mark on the button that was clicked.

        `earlier` are the people who approved before, as Slack describes them now. At the last approval each of them
        must still have the right: an approval of a person who lost it no longer counts. `clicked_at` is by the
        database's clock and starts the approval's life; without it, now. Raises `NotPossible` if the click is older
        than an approval's life, or if Slack does not return the rights, `CartChanged` if another user approved in the
        meantime. Approving the same again returns the cart as it is.
        """
        now = self._clock()
        with self._decisions.begin(cart_id, stamp) as carts:
            cart = carts.cart(cart_id)
            if _is_approved_by(cart, approver, mark):
                return cart
            asked = self._must_wait_for_approval(cart, approver)
            _must_be_this_round(cart, mark)
            refuse_against_naming(self._policy, cart)
            refuse_beyond_limits(self._policy, carts, cart, asked.quote.total, now)
            waited = self._waited(carts, cart, clicked_at)
            needed = self._policy.approvals_needed(asked.seal.total)
            given = cart.approved_by
            if len(given) + 1 >= needed:
                given = self._still_valid(cart, earlier)
            approvals = (*given, approver.id)
            if len(approvals) < needed:
                return self._approve_in_part(carts, cart, approvals, needed=needed, now=now)
            approved = asked.approve(
                at=now,
                approved_by=approvals,
                approved_at=carts.clock() - waited,
                approved_at_ovh=time_at_ovh(self._registrar, now - waited),
            )
            data: Data = {"approvals": len(approvals), "needed": needed, "total": amount(asked.seal.total)}
            event = happened(approved, now, EventKind.APPROVED, data={**data, **self._rules}, by=approver.id)
            return carts.save(approved, event, due_at=now)

    def _waited(self, carts: Reading, cart: Cart, clicked_at: datetime | None) -> timedelta:
        """Return how long the click waited for its turn; raises `NotPossible` if that is more than it may live."""
        waited = max(carts.clock() - clicked_at, timedelta()) if clicked_at is not None else timedelta()
        if waited > self._policy.approval_life:
            hours = round(self._policy.approval_life / timedelta(hours=1))
            raise NotPossible(code="click_too_old", cart=cart.id, hours=hours)
        return waited

    def _approve_in_part(
        self, carts: Transaction, cart: Cart, approvals: tuple[str, ...], *, needed: int, now: datetime
    ) -> Cart:
        """Store these approvals, which are not enough yet, and note on the card which ones are void."""
        lost = len(cart.approved_by) + 1 - len(approvals)
        data: Data = {"approvals": len(approvals), "needed": needed, "void": lost}
        half = replace(cart, approved_by=approvals)
        if lost:
            half = half.saying(EventKind.PARTLY_APPROVED, {**data, "before": _said_before(cart)})
        event = happened(half, now, EventKind.PARTLY_APPROVED, data={**data, **self._rules}, by=approvals[-1])
        return carts.save(half, event)

    def _still_valid(self, cart: Cart, earlier: Collection[Person]) -> tuple[str, ...]:
        """Return the ids of those earlier approvers who still have the right."""
        known = {person.id: person for person in earlier}
        if not known.keys() >= set(cart.approved_by):
            raise CartChanged(cart.id)  # another user approved after `earlier` was read
        rights = {user: self._policy.right_to_approve(cart, known[user]) for user in cart.approved_by}
        if Right.UNREADABLE in rights.values():
            raise NotPossible(code="earlier_approvers_not_read", cart=cart.id)
        return tuple(user for user, right in rights.items() if right is Right.HELD)

    def approved_so_far(self, cart_id: CartId, *, stamp: Stamp | None = None) -> tuple[str, ...]:
        """Return the users who approved before; raises like `approve` if the card is from before a restore."""
        with self._decisions.begin(cart_id, stamp) as carts:
            return carts.cart(cart_id).approved_by

    def may_reject(self, cart_id: CartId, *, approver: Person, stamp: Stamp | None = None) -> Cart:
        """Raise if this person may not reject this cart. Called before they write a reason."""
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            return cart

    def reject(self, cart_id: CartId, *, approver: Person, reason: str, stamp: Stamp | None = None) -> Cart:
        """Reject a request, with a reason; its names can be copied to the open cart.

        Repeating it changes nothing. Works in recover mode, too.
        """
        if not is_visible(reason):
            raise NotPossible(code="reason_missing")
        now = self._clock()
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            if cart.state is S.REJECTED and cart.rejected_by == approver.id:
                return cart
            asked = self._must_wait_for_approval(cart, approver)
            rejected = asked.reject(at=now, rejected_by=approver.id, reason=reason.strip())
            event = happened(rejected, now, EventKind.REJECTED, by=approver.id)
            return carts.save(rejected, event)

    def may_return(self, cart_id: CartId, *, approver: Person, mark: str, stamp: Stamp | None = None) -> Cart:
        """Raise if this person may not ask for changes to this request. Called before they write a reason."""
        cart = self.may_reject(cart_id, approver=approver, stamp=stamp)
        _must_be_this_round(cart, mark)
        return cart

    def ask_for_changes(
        self, cart_id: CartId, *, approver: Person, reason: str, mark: str, stamp: Stamp | None = None
    ) -> Cart:
        """Return a request to its requester, with a reason; no earlier approval of it counts any more.

        `mark` is the request mark on the button that was clicked. Repeating it changes nothing. Works in recover mode,
        too.
        """
        if not is_visible(reason):
            raise NotPossible(code="reason_missing")
        now = self._clock()
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            if _was_returned_by(cart, approver):
                return cart
            asked = self._must_wait_for_approval(cart, approver)
            _must_be_this_round(cart, mark)
            data: Data = {"by": approver.id, "reason": reason.strip(), "total": amount(asked.quote.total)}
            returned = asked.send_back(at=now).saying(EventKind.CHANGES_REQUESTED, data)
            event = happened(returned, now, EventKind.CHANGES_REQUESTED, data=data, by=approver.id)
            return carts.save(returned, event)

    def stop(self, cart_id: CartId, *, by: Person, stamp: Stamp | None = None) -> Cart:
        """Stop an approved cart, or a payment, before its intent is committed; stopping again changes nothing.

        Raises `NotPossible` if it is too late, with the cart's state.
        """
        now = self._clock()
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            self._policy.may_stop(cart, by)
            if cart.fact in _WAS_STOPPED:
                return cart
            if cart.state is S.APPROVED:
                stopped = cart.cancel(at=now, fact=_WAS_STOPPED[0])
                event = happened(stopped, now, EventKind.ORDER_STOPPED, by=by.id)
                return carts.save(stopped, event, due_at=None)
            if cart.payment_is_unsent:
                unpaid = Ordered.of(cart).unpaid(at=now, fact=_WAS_STOPPED[1])
                event = happened(unpaid, now, EventKind.PAYMENT_STOPPED, by=by.id)
                return carts.save(unpaid, event, due_at=now)
            raise NotPossible(code="too_late_to_stop", cart=cart_id, state=cart.state.value)

    def _must_wait_for_approval(self, cart: Cart, approver: Person) -> Requested:
        """Return the undecided request; raises if there is none, or if this person may not decide about it."""
        self._policy.must_decide(approver)
        if cart.state is not S.SUBMITTED:
            raise NotPossible(code="already_decided", cart=cart.id, state=cart.state.value)
        self._policy.may_approve(cart, approver)
        return Requested.of(cart)


def _is_approved_by(cart: Cart, approver: Person, mark: str) -> bool:
    """Return whether this person approved exactly this already, so repeating it is no error."""
    return approver.id in cart.approved_by and cart.seal is not None and mark.partition("-")[0] == cart.seal.short


def _must_be_this_round(cart: Cart, mark: str) -> None:
    """Raise `CardOutdated` unless the button is on the card of this round of asking."""
    if mark != cart.request_mark:
        raise CardOutdated(cart.id)


def _was_returned_by(cart: Cart, approver: Person) -> bool:
    return cart.state is S.RETURNED and cart.fact is not None and cart.fact.data.get("by") == approver.id


def _said_before(cart: Cart) -> Data | None:
    """Return what the card says already, as data; for a row of an earlier version, which has a sentence, its text."""
    if cart.note is not None:
        return {"text": cart.note}
    return {"kind": cart.fact.kind.value, "data": cart.fact.data} if cart.fact else None
