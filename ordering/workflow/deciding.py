"""An approver says yes or no."""

from __future__ import annotations

from dataclasses import replace

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CardOutdated, NotPossible
from ordering.model.events import happened
from ordering.model.policy import Person
from ordering.model.text import is_visible
from ordering.workflow.use_cases import UseCases, seal_and_quote

S = CartState


class Deciding(UseCases):
    """Answering a request for approval."""

    def approve(self, cart_id: int, *, approver: Person, shown: str) -> Cart:
        """Say yes to exactly what the card showed; `shown` is the short seal on the button that was clicked."""
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            sealed, quote = seal_and_quote(cart)
            if shown != sealed.short:
                raise CardOutdated(cart_id)
            if approver.id in cart.approved_by:
                raise NotPossible(f"You approved cart #{cart_id} already. It waits for one more approver.")
            self._refuse_beyond_limits(carts, cart, quote.total, now)
            approvals = (*cart.approved_by, approver.id)
            needed = self.policy.approvals_needed(sealed.total)
            if len(approvals) < needed:
                half = replace(cart, approved_by=approvals)
                note = f"approved, {len(approvals)} of {needed}"
                return carts.save(half, happened(half, now, by=approver.id, note=note))
            approved = cart.to(S.APPROVED, at=now, approved_by=approvals)
            return carts.save(approved, happened(approved, now, by=approver.id), due_at=now)

    def may_reject(self, cart_id: int, *, approver: Person) -> Cart:
        """Raise where this person may not reject this cart: before they write a reason."""
        cart = self.cart(cart_id)
        self._must_wait_for_approval(cart, approver)
        return cart

    def reject(self, cart_id: int, *, approver: Person, reason: str) -> Cart:
        """Say no, with a reason; the names can be copied to the open cart."""
        if not is_visible(reason):
            raise NotPossible("Say in a few words why: the requester will want to know.")
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            rejected = cart.to(S.REJECTED, at=now, rejected_by=approver.id, reason=reason.strip())
            return carts.save(rejected, happened(rejected, now, by=approver.id, note=rejected.reason))

    def _must_wait_for_approval(self, cart: Cart, approver: Person) -> None:
        self.policy.must_decide(approver)
        if cart.state is not S.SUBMITTED:
            raise NotPossible(_already_decided(cart))
        self.policy.may_approve(cart, approver)


def _already_decided(cart: Cart) -> str:
    if cart.state is S.REJECTED:
        return f"Cart #{cart.id} was rejected already: nothing to decide any more."
    if cart.state is S.CANCELLED:
        return f"Cart #{cart.id} was cancelled: nothing to decide any more."
    return f"Cart #{cart.id} is {cart.state.in_words} already: nothing to decide any more."
