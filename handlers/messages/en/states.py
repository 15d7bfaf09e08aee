"""What people read about a cart's state: one row for each state, in the three forms that sentences need."""

from __future__ import annotations

from dataclasses import dataclass

from ordering.model.cart import CartState


@dataclass(frozen=True, slots=True)
class _Words:
    """A state after “Cart #12: ”, after “Cart #12 ”, and as what happened when it began."""

    label: str
    clause: str
    began: str


_WORDS = {
    CartState.OPEN: _Words("open", "is still open", "opened"),
    CartState.SUBMITTED: _Words("waiting for approval", "is waiting for approval", "approval requested"),
    CartState.RETURNED: _Words("changes requested", "is waiting for changes by its requester", "changes requested"),
    CartState.APPROVED: _Words("approved", "is approved", "approved"),
    CartState.CHECKING_OUT: _Words("being ordered", "is being ordered", "ordering"),
    CartState.CHECKED_OUT: _Words("ordered, waiting for payment", "is ordered and waiting for payment", "ordered"),
    CartState.PAYING: _Words("being paid", "is being paid", "paying"),
    CartState.PAID: _Words("paid", "is paid", "paid"),
    CartState.DELIVERED: _Words("registered", "is registered", "registered"),
    CartState.REJECTED: _Words("rejected", "was rejected", "rejected"),
    CartState.CANCELLED: _Words("not bought", "is closed", "closed"),
    CartState.NEEDS_ATTENTION: _Words("needs attention", "is waiting for someone to look at it", "needs attention"),
}
_CLAUSES = {state.value: words.clause for state, words in _WORDS.items()}


def state(of: CartState) -> str:
    """Return how far a cart is, for the end of “Cart #12: …”."""
    return _WORDS[of].label


def began(of: CartState) -> str:
    """Return what happened when a cart got this state, such as ``approval requested``."""
    return _WORDS[of].began


def is_now(of: str) -> str:
    """Return what a cart in this state does, to follow its number: ``is being paid``.

    A record of a later version may name a state that this one does not know.
    """
    return _CLAUSES.get(of, "has moved on")
