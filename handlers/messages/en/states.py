"""What people read about a cart's state: one row for each state, with all forms that sentences need.

A new state has no words until it has a row here and one in `status._BELOW`, which says what the team reads below.
"""

from __future__ import annotations

from dataclasses import dataclass

from ordering.model.cart import Cart, CartState
from ordering.model.facts import EventKind

# The dots: 🟡 a person decides or pays, 🔵 the bot or OVH works, 🟠 a person has to fix something, 🟢 done,
# 🔴 rejected, ⚪ ended without being bought, 🛒 still a cart. A dot never speaks alone: words follow it.
_WORKS, _TO_FIX = "🔵", "🟠"


@dataclass(frozen=True, slots=True)
class _Words:
    """A state's dot and title, then its form after “Cart #12: ”, after “Cart #12 ”, and as what began with it."""

    dot: str
    title: str
    label: str
    clause: str
    began: str


S, K = CartState, EventKind
WORDS = {
    S.OPEN: _Words("🛒", "Not requested yet", "open", "is still open", "started the cart"),
    S.SUBMITTED: _Words(
        "🟡", "Waiting for approval", "waiting for approval", "is waiting for approval", "Approval is needed again"
    ),
    S.RETURNED: _Words(
        "🟠", "Changes requested", "changes requested", "is waiting for changes by its requester", "Changes requested"
    ),
    S.APPROVED: _Words("🔵", "Ordering at OVH", "approved", "is approved", "Approved"),
    S.CHECKING_OUT: _Words("🔵", "Ordering at OVH", "being ordered", "is being ordered", "Ordering at OVH"),
    S.CHECKED_OUT: _Words(
        "🟡", "Waiting for payment", "ordered, waiting for payment", "is ordered and waiting for payment", "Ordered"
    ),
    S.PAYING: _Words("🔵", "Paying", "being paid", "is being paid", "Paying"),
    S.PAID: _Words("🔵", "Registering", "paid", "is paid", "Payment received"),
    S.DELIVERED: _Words("🟢", "Registered", "registered", "is registered", "Registered"),
    S.REJECTED: _Words("🔴", "Rejected", "rejected", "was rejected", "Rejected"),
    S.CANCELLED: _Words("⚪", "Closed", "not bought", "is closed", "Closed"),
    S.NEEDS_ATTENTION: _Words(
        "🟠", "Needs attention", "needs attention", "is waiting for someone to look at it", "Needs attention"
    ),
}
# How a request ended that was not bought, by the fact on record.
_ENDS = {
    K.REQUEST_WITHDRAWN: "Withdrawn",
    K.ORDER_STOPPED: "Stopped",
    K.ORDER_CANCELLED: "Cancelled at OVH",
    K.TRIAL_ENDED: "Trial ended",
}
_REFUSED_PAYMENT = "Payment refused"
_CHECKING_ORDER = "Checking the order"
_CHECKING_TRIAL = "Checking what OVH would order"


def title(cart: Cart) -> tuple[str, str]:
    """Return a cart's dot and its state in words, such as ``Waiting for approval``."""
    words = WORDS[cart.state]
    kind = cart.fact.kind if cart.fact else None
    if cart.state is S.CANCELLED and kind in _ENDS:
        return words.dot, _ENDS[kind]
    if cart.state is S.CHECKED_OUT and kind is K.PAYMENT_REFUSED:
        return _TO_FIX, _REFUSED_PAYMENT
    if cart.state is S.CHECKED_OUT and cart.order is not None and cart.order.owner_hidden:
        return _WORKS, _CHECKING_ORDER
    if cart.is_trial and cart.state in {S.APPROVED, S.CHECKING_OUT}:
        return words.dot, _CHECKING_TRIAL
    return words.dot, words.title


def state(of: CartState) -> str:
    """Return how far a cart is, for the end of “Cart #12: …”."""
    return WORDS[of].label


def began(of: CartState) -> str:
    """Return what happened when a cart got this state, such as ``Ordered``, if nothing more is known."""
    return WORDS[of].began


def is_now(of: str) -> str:
    """Return what a cart in this state does, to follow its number: ``is being paid``.

    A record of a later version may name a state that this one does not know.
    """
    return WORDS[CartState(of)].clause if of in set(CartState) else "has moved on"
