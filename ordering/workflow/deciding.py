"""An approver says yes or no."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CardOutdated, CartChanged, NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, amount
from ordering.model.policy import Person, Right
from ordering.model.text import is_visible
from ordering.ports.store import Transaction
from ordering.workflow.use_cases import UseCases, seal_and_quote

S = CartState
_APPROVAL_VOID = "An earlier approval no longer counts: that approver lost the right to approve."


class Deciding(UseCases):
    """Answering a request for approval."""

    def approve(self, cart_id: int, *, approver: Person, shown: str, earlier: Collection[Person] = ()) -> Cart:
        """Approve exactly what the card showed; `shown` is the short seal on the button that was clicked.

        `earlier` are those who approved before, as Slack describes them now. At the last approval each of them must
        still have the right: an approval of a person who lost it no longer counts. Raises `NotPossible` where Slack
        does not tell, `CartChanged` where somebody else approved in the meantime.
        """
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            sealed, quote = seal_and_quote(cart)
            if shown != sealed.short:
                raise CardOutdated(cart_id)
            if approver.id in cart.approved_by:
                raise NotPossible(
                    f"You approved cart #{cart_id} already. It waits for one more approver.",
                    code="already_approved_by_you",
                    cart=cart_id,
                )
            self._refuse_beyond_limits(carts, cart, quote.total, now)
            needed = self.policy.approvals_needed(sealed.total)
            given = cart.approved_by
            if len(given) + 1 >= needed:
                given = self._still_valid(cart, earlier)
            approvals = (*given, approver.id)
            if len(approvals) < needed:
                return self._approve_in_part(carts, cart, approvals, needed=needed, now=now)
            approved = cart.to(S.APPROVED, at=now, approved_by=approvals)
            data: Data = {"approvals": len(approvals), "needed": needed, "total": amount(sealed.total)}
            event = happened(approved, now, EventKind.APPROVED, data=data, by=approver.id)
            return carts.save(approved, event, due_at=now)

    def _approve_in_part(
        self, carts: Transaction, cart: Cart, approvals: tuple[str, ...], *, needed: int, now: datetime
    ) -> Cart:
        """Keep the newest of these approvals, which are not enough yet, and say on the card which ones are void."""
        lost = len(cart.approved_by) + 1 - len(approvals)
        half = replace(cart, approved_by=approvals)
        note = f"approved, {len(approvals)} of {needed}"
        if lost:
            half = replace(half, note="\n".join(filter(None, [cart.note, _APPROVAL_VOID])))
            note = f"{note}. {_APPROVAL_VOID}"
        data: Data = {"approvals": len(approvals), "needed": needed, "void": lost}
        event = happened(half, now, EventKind.PARTLY_APPROVED, data=data, by=approvals[-1], note=note)
        return carts.save(half, event)

    def _still_valid(self, cart: Cart, earlier: Collection[Person]) -> tuple[str, ...]:
        """Return the ids of those earlier approvers who still have the right."""
        known = {person.id: person for person in earlier}
        if not known.keys() >= set(cart.approved_by):
            raise CartChanged(cart.id)  # somebody approved after `earlier` was read
        rights = {user: self.policy.right_to_approve(cart, known[user]) for user in cart.approved_by}
        if Right.UNREADABLE in rights.values():
            raise NotPossible(
                f"Slack did not tell me whether everyone who approved cart #{cart.id} may still do so, so nothing was "
                "changed. Try again in a minute.",
                code="earlier_approvers_not_read",
                cart=cart.id,
            )
        return tuple(user for user, right in rights.items() if right is Right.HELD)

    def may_reject(self, cart_id: int, *, approver: Person) -> Cart:
        """Raise where this person may not reject this cart: before they write a reason."""
        cart = self.cart(cart_id)
        self._must_wait_for_approval(cart, approver)
        return cart

    def reject(self, cart_id: int, *, approver: Person, reason: str) -> Cart:
        """Say no, with a reason; the names can be copied to the open cart."""
        if not is_visible(reason):
            raise NotPossible("Say in a few words why: the requester will want to know.", code="reason_missing")
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            rejected = cart.to(S.REJECTED, at=now, rejected_by=approver.id, reason=reason.strip())
            event = happened(rejected, now, EventKind.REJECTED, by=approver.id, note=rejected.reason)
            return carts.save(rejected, event)

    def _must_wait_for_approval(self, cart: Cart, approver: Person) -> None:
        self.policy.must_decide(approver)
        if cart.state is not S.SUBMITTED:
            raise NotPossible(_already_decided(cart), code="already_decided", cart=cart.id, state=cart.state.value)
        self.policy.may_approve(cart, approver)


def _already_decided(cart: Cart) -> str:
    if cart.state is S.REJECTED:
        return f"Cart #{cart.id} was rejected already: nothing to decide any more."
    if cart.state is S.CANCELLED:
        return f"Cart #{cart.id} was cancelled: nothing to decide any more."
    return f"Cart #{cart.id} is {cart.state.in_words} already: nothing to decide any more."
